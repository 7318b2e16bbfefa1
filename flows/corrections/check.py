"""What is wrong with the corrections of a source, and which of them would be right for every source."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.parquet as pq

from cleaners.rules.reference import rules
from flows.common.nearest import did_you_mean
from flows.config.corrections import corrections_path, load_entries, to_value
from flows.corrections.pages import trial_pages
from flows.corrections.trial import Trial, try_corrections
from flows.store.present import present
from flows.tables.shard_tables import UNREADABLE, ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from flows.config.corrections import Entry
    from flows.config.kinds import Source
    from flows.corrections.trial import Tried

__all__ = ["Finding", "check_corrections", "findings"]

LAST = 100
"""Pages of a source that its corrections are tried on."""
SHARDS = 3
"""The last shards of every other source, in which lines like those that go are looked for."""

Kind = Literal["unmatched", "needless", "contradicts", "unknown", "for every source"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be looked at: the correction by its name, and a sentence on it."""

    kind: Kind
    name: str
    said: str


def check_corrections(
    sources: Mapping[str, Source],
    sources_file: Path,
    data: Path,
    name: str,
    run: Callable[[Trial], Tried] = try_corrections,
) -> list[Finding]:
    """Try the corrections of a source on its last pages and on those that they came from. Raises SitoError."""
    entries = load_entries(corrections_path(sources_file, name))
    if not entries:
        return []
    value = to_value(entries)
    pages = trial_pages(data, name, LAST, {entry.page for entry in entries})
    source = sources.get(name)
    tried = run(Trial(data, name, source.language if source else None, pages, value, value))
    others = {other: load_entries(corrections_path(sources_file, other)) for other in sources if other != name}
    return [*findings(entries, tried), *_for_every_source(entries, others, data)]


def findings(entries: Sequence[Entry], tried: Tried) -> list[Finding]:
    """What the trial says of the entries."""
    found: list[Finding] = []
    known = {rule.id for rule in rules()}
    for entry in entries:
        each = entry.correction
        hit = tried.hits.get(each.name)
        what = f"{entry.action} {entry.by} {entry.value!r:.80}"
        topic = each.by == "rule" and each.value.endswith(".*") and any(map(each.names_rule, known))
        if each.by == "rule" and not topic and each.value not in known:
            meant = did_you_mean(each.value, known)
            found.append(Finding("unknown", each.name, f"{what}: there is no such rule; {meant or 'see `sito rules`'}"))
        elif hit is None:
            found.append(
                Finding("unmatched", each.name, f"{what}: means nothing on {tried.pages} pages, nor on {entry.page}")
            )
        elif entry.page not in hit.urls and not each.on and each.by != "address":
            found.append(Finding("unmatched", each.name, f"{what}: means nothing on {entry.page}, which it came from"))
        elif not hit.acted:
            found.append(Finding("needless", each.name, f"{what}: no rule strikes what it keeps, on {hit.pages} pages"))
    by_name = {entry.correction.name: entry for entry in entries}
    for (keep, drop), text in tried.both.items():
        kept, gone = by_name[keep], by_name[drop]
        wins = kept if kept.correction.rank >= gone.correction.rank else gone
        said = f"{keep} keeps ({kept.by}) and {drop} drops ({gone.by}) “{text}”; what counts is {wins.action}"
        found.append(Finding("contradicts", keep, said))
    return [*found, *_against_each_other(entries)]


def _against_each_other(entries: Sequence[Entry]) -> Iterable[Finding]:
    """Entries that need no page to be seen to contradict each other."""
    opposite = {"keep": "drop", "article": "no_article"}
    said: dict[tuple[str, str, str], Entry] = {(entry.action, entry.by, entry.value): entry for entry in entries}
    for (action, by, value), entry in said.items():
        other = said.get((opposite.get(action, action), by, value))
        if other is not None and other is not entry:
            yield Finding(
                "contradicts", entry.correction.name, f"{other.correction.name} says {other.action} of the same"
            )


def _for_every_source(entries: Sequence[Entry], others: Mapping[str, Sequence[Entry]], data: Path) -> Iterable[Finding]:
    """Those that other sources have as well, or whose lines are kept on pages of other sources."""
    said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for source, theirs in others.items():
        for entry in theirs:
            said[entry.action, entry.by, entry.value].add(source)
    lines = [entry for entry in entries if entry.action == "drop" and entry.by in ("text", "prefix", "pattern")]
    kept = _kept_elsewhere([entry for entry in lines if not entry.on], others, data) if lines else {}
    for entry in entries:
        name = entry.correction.name
        if alike := said.get((entry.action, entry.by, entry.value)):
            where = "a rule is wrong" if entry.by == "rule" else "a candidate for cleaners/vocabulary"
            yield Finding("for every source", name, f"{', '.join(sorted(alike))} say the same: {where}")
        elif alike := kept.get(name):
            where = f"{', '.join(sorted(alike))} keep lines like it: a candidate for cleaners/vocabulary"
            yield Finding("for every source", name, f"{entry.by} {entry.value!r:.80}: {where}")


def _kept_elsewhere(entries: Sequence[Entry], others: Iterable[str], data: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    corrections = [entry.correction for entry in entries]
    for source in others:
        for shard in ShardTables.shards(data, source)[-SHARDS:]:
            with suppress(*UNREADABLE):
                ledger = present(ShardTables.of(data, source, shard).ledger)
                kept: Any = [("verdict", "=", "kept")]
                texts = pq.read_table(ledger, columns=["text"], filters=kept, partitioning=None)["text"].unique()
                for text in texts.to_pylist():
                    for each in corrections:
                        if each.says(text):
                            found[each.name].add(source)
    return found
