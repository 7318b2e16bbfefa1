"""The runs of a source, and what changed from one to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError
from flows.report.alarms import HISTORY
from flows.report.run_record import load_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from flows.common.page_types import Status
    from flows.look.index import Index
    from flows.report.run_record import RunRecord

__all__ = ["Compared", "compared", "find_run", "languages_of", "rules_of", "runs_of", "struck_by_category"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure in a run and in the run before; None: not measured."""

    name: str
    now: float | None
    before: float | None
    is_share: bool = False

    @property
    def change(self) -> float | None:
        """By how much it grew; shares in points."""
        return None if self.now is None or self.before is None else self.now - self.before


def runs_of(data: Path, source: str) -> list[RunRecord]:
    """The records of the source's last runs, oldest first."""
    return load_runs(data, source, HISTORY)


def find_run(runs: Sequence[RunRecord], name: str) -> tuple[RunRecord, RunRecord | None]:
    """The run of this name, and the run of its kind before it that had work. Raises SitoError where there is none."""
    for n in range(len(runs) - 1, -1, -1):
        if runs[n].run == name:
            earlier = (run for run in reversed(runs[:n]) if run.kind == runs[n].kind and run.handled)
            return runs[n], next(earlier, None)
    raise SitoError(f"there is no record of a run '{name}'")


def compared(run: RunRecord, before: RunRecord | None) -> list[Compared]:
    """The figures of a run beside those of the run before."""
    figures: list[tuple[str, Callable[[RunRecord], float | None]]] = [
        ("pages", lambda of: of.pages),
        *((status, partial(_outcome, status)) for status in run.outcomes),
        ("words kept", lambda of: of.words_kept),
        ("words dropped", lambda of: of.words_dropped),
        ("median length", lambda of: of.median_words),
    ]
    rows = [Compared(name, value(run), value(before) if before else None) for name, value in figures]
    share = Compared("share kept", run.kept_share, before.kept_share if before else None, is_share=True)
    return [*(row for row in rows if row.now or row.before), share]


def _outcome(status: Status, of: RunRecord) -> float:
    return of.outcomes[status]


def rules_of(index: Index, run: RunRecord, before: RunRecord | None) -> list[dict[str, Any]]:
    """The rules that struck in a run's shards with their pages and words, and their words in the run before.

    Those whose share of all words grew or shrank most come first.
    """
    now, then = _struck(index, run), _struck(index, before) if before else {}
    words = max(run.words_kept + run.words_dropped, 1)
    words_then = max(before.words_kept + before.words_dropped, 1) if before else 1
    none: dict[str, Any] = {"pages": 0, "times": 0, "words": 0}
    rows = []
    for key in {**now, **then}:
        row, old = now.get(key, none), then.get(key, none)
        grown = row["words"] / words - (old["words"] / words_then if before else 0)
        rows.append({"category": key[0], "rule": key[1], **row, "before": old["words"], "grown": grown})
    return sorted(rows, key=lambda row: (-abs(row["grown"]), row["rule"]))


def struck_by_category(index: Index, source: str, runs: Iterable[RunRecord]) -> dict[str, Mapping[str, float]]:
    """For each run the words that fell in its shards, by category."""
    return _by_run(index, "SELECT origin, category AS name, sum(words) AS n FROM struck WHERE source = ?", source, runs)


def languages_of(index: Index, source: str, runs: Iterable[RunRecord]) -> dict[str, Mapping[str, float]]:
    """For each run the pages in its shards, by language."""
    return _by_run(index, "SELECT origin, language AS name, count(*) AS n FROM pages WHERE source = ?", source, runs)


def _by_run(index: Index, question: str, source: str, runs: Iterable[RunRecord]) -> dict[str, Mapping[str, float]]:
    of_shard: dict[str, Counter[str]] = {}
    for row in index.rows(f"{question} GROUP BY origin, name ORDER BY origin, name", source):
        of_shard.setdefault(row["origin"], Counter())[row["name"]] += row["n"]
    shards = {run.run: index.origins(source, run.shards) for run in runs}
    return {run: sum((of_shard.get(shard, Counter()) for shard in names), Counter()) for run, names in shards.items()}


def _struck(index: Index, run: RunRecord) -> dict[tuple[str, str], dict[str, Any]]:
    if not run.shards:
        return {}
    rows = index.rows(
        """SELECT category, rule, count(*) AS pages, sum(times) AS times, sum(words) AS words
        FROM struck WHERE source = ? AND origin IN ? GROUP BY ALL""",
        run.source,
        index.origins(run.source, run.shards),
    )
    return {(row.pop("category"), row.pop("rule")): row for row in rows}
