"""How far a source is from its gold: by cleaning the gold's pages now, or by what its tables hold of them."""

from __future__ import annotations

import atexit
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.common.fork_server import ChildDied, ForkServer, Stopped
from flows.gold.gold_set import clean_gold, read_gold
from flows.gold.scoring import Score, number, score, summary
from flows.store.present import present
from flows.tables.earlier_rows import as_today
from flows.tables.rows import paragraphs_of
from flows.tables.shard_tables import UNREADABLE, ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cleaners.corrections import Corrections
    from flows.tables.rows import DocumentRow

__all__ = ["GoldTask", "kept_scores", "said", "scores", "work"]

SECONDS = 60.0
SHOWN = ("precision", "recall", "noise_left", "text_lost", "title", "authors", "published")
"""The figures of a line of a report."""
_COLUMNS = ["url", "title", "authors", "published", "text", "paragraphs", "fetched_at"]


@dataclass(frozen=True, slots=True)
class GoldTask:
    """The gold in `folder`, cleaned as pages of a source of this language and these corrections."""

    folder: Path
    language: str | None
    corrections: Corrections


def scores(task: GoldTask) -> dict[str, Score]:
    """The score of each page by its id, cleaned now in a process of its own. Raises SitoError."""
    try:
        found: dict[str, Score] = _server().last_of(task, SECONDS)
    except (ChildDied, Stopped) as death:
        raise SitoError(f"the gold in {task.folder} could not be scored: a page {death}") from death
    return found


@cache
def _server() -> ForkServer:
    server = ForkServer("flows.gold.figures:work", "flows.pipeline.warm_up:html")
    atexit.register(server.close)
    return server


def work(task: GoldTask, say: Callable[[str], None]) -> dict[str, Score]:
    """What the process does; says the id of each page when it is done."""
    found: dict[str, Score] = {}
    for page, gold in read_gold(task.folder):
        found[page.stem] = score(gold, clean_gold(page, gold, task.language, task.corrections))
        say(page.stem)
    return found


def kept_scores(folder: Path, data: Path, source: str) -> dict[str, Score]:
    """The score of each page of the gold that the tables hold, by its last capture."""
    gold = {each["url"]: (page.stem, each) for page, each in read_gold(folder)}
    if not gold:
        return {}
    rows: dict[str, dict[str, Any]] = {}
    for shard in ShardTables.shards(data, source):
        with suppress(*UNREADABLE):
            path, wanted = ShardTables.of(data, source, shard).documents, ("url", "in", list(gold))
            for row in pq.read_table(present(path), columns=_COLUMNS, filters=[wanted], partitioning=None).to_pylist():
                before = rows.get(row["url"])
                if before is None or before["fetched_at"] <= row["fetched_at"]:
                    rows[row["url"]] = row
    return {gold[url][0]: score(gold[url][1], _document(row)) for url, row in rows.items()}


def _document(row: DocumentRow) -> DocumentRow:
    """A documents row with its paragraphs as `sito clean` prints them."""
    return row | {"paragraphs": [asdict(paragraph) for paragraph in paragraphs_of(row | as_today(row))]}


def said(before: Mapping[str, Score], after: Mapping[str, Score]) -> str:
    """What became of the gold in a run, in a sentence; empty where there is none."""
    if not after:
        return ""
    was, now = summary(before.values()), summary(after.values())
    parts = []
    for name in SHOWN:
        value, earlier = now[name], was[name] if before else None
        if value is not None:
            shown = number(value)
            parts.append(f"{name} {shown}" if earlier is None else f"{name} {number(earlier)} → {shown}")
    return f"gold ({len(after)} pages): {', '.join(parts)}"
