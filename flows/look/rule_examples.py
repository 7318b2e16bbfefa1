"""What a rule struck lately, or a stage left out, with the passages as they stood on their pages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.look.queries import last_pages, rule_pages
from flows.store.present import present
from flows.tables.shard_tables import UNREADABLE, ShardTables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.look.index import Index

__all__ = ["STAGES", "Example", "rule_examples"]

_A_PAGE = 3
_LONGEST = 300
"""Characters of a line around what was struck."""


Passage = tuple[str, str, str, str]

STAGES = {
    "body.not_chosen": "Text that reading found to be no part of the article.",
    "body.menu": "Runs of links and of short labels.",
    "body.hidden": "Text that the page does not show.",
    "body.comments": "Comments of readers, and the forms for them.",
    "body.teasers": "Teasers of other articles.",
    "body.other_article": "Other articles that stand on the page whole.",
}
"""What each stage of reading leaves out of the body."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page on which the rule struck, with a few of its lines: what stood before, what is struck, what after it."""

    page: dict[str, Any]
    passages: tuple[Passage, ...]


def rule_examples(index: Index, data: Path, rule: str) -> list[Example]:
    """The last pages in which the rule struck, newest first; each passage has its evidence at the end.

    `rule` may be a stage of reading, such as `body.menu`: then those of the last captured pages from which it left
    something out. No index has these, as every page has some.
    """
    is_stage = rule in STAGES
    pages = last_pages(index) if is_stage else rule_pages(index, rule)
    read = _left_out if is_stage else _struck
    found: dict[tuple[str, str, int], list[Passage]] = {}
    for (source, shard), rows in groupby(sorted(pages, key=_shard), key=_shard):
        with suppress(*UNREADABLE):
            for record, passage in read(ShardTables.of(data, source, shard), [r["record"] for r in rows], rule):
                found.setdefault((source, shard, record), []).append(passage)
    shown = (Example(page, tuple(found.get((*_shard(page), page["record"]), ())[:_A_PAGE])) for page in pages)
    return [each for each in shown if each.passages or not is_stage]


def _shard(page: dict[str, Any]) -> tuple[str, str]:
    return page["source"], page["shard"]


def _rows(tables: ShardTables, records: list[int], wanted: Any, *columns: str) -> list[dict[str, Any]]:
    wanted &= pc.field("offset").isin(pa.array(records, pa.int64()))
    rows: list[dict[str, Any]] = pq.read_table(
        present(tables.ledger), columns=["offset", "text", *columns], filters=wanted, partitioning=None
    ).to_pylist()
    return rows


def _struck(tables: ShardTables, records: list[int], rule: str) -> Iterator[tuple[int, Passage]]:
    for row in _rows(tables, records, pc.field("verdict").isin(["cut", "dropped"]), "cuts"):
        text = row["text"]
        for cut in row["cuts"]:
            if cut["rule"] == rule:
                start, end = cut["start"], cut["end"]
                before, struck, after = text[max(0, start - _LONGEST) : start], text[start:end], text[end:]
                yield row["offset"], (before, struck[:_LONGEST], after[:_LONGEST], cut["evidence"] or "")


def _left_out(tables: ShardTables, records: list[int], rule: str) -> Iterator[tuple[int, Passage]]:
    wanted = (pc.field("verdict") == "left out") & (pc.field("rule") == rule)
    for row in _rows(tables, records, wanted, "evidence"):
        yield row["offset"], ("", row["text"][:_LONGEST], "", row["evidence"] or "")
