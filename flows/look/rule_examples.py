"""What a rule struck lately, with the passages as they stood on their pages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.look.queries import rule_pages
from flows.tables.shard_tables import UNREADABLE, ShardTables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.look.index import Index

__all__ = ["Example", "rule_examples"]

_A_PAGE = 3
_LONGEST = 300
"""Characters of a line around what was struck."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page on which the rule struck, with a few of its lines: what stood before, what is struck, what after it."""

    page: dict[str, Any]
    passages: tuple[tuple[str, str, str, str], ...]


def rule_examples(index: Index, data: Path, rule: str) -> list[Example]:
    """The last pages in which the rule struck, newest first; each passage has its evidence at the end."""
    pages = rule_pages(index, rule)
    found: dict[tuple[str, str, int], list[tuple[str, str, str, str]]] = {}
    for (source, shard), rows in groupby(sorted(pages, key=_shard), key=_shard):
        with suppress(*UNREADABLE):
            for record, passage in _passages(ShardTables.of(data, source, shard), [r["record"] for r in rows], rule):
                found.setdefault((source, shard, record), []).append(passage)
    return [Example(page, tuple(found.get((*_shard(page), page["record"]), ())[:_A_PAGE])) for page in pages]


def _shard(page: dict[str, Any]) -> tuple[str, str]:
    return page["source"], page["shard"]


def _passages(tables: ShardTables, records: list[int], rule: str) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    wanted = pc.field("offset").isin(pa.array(records, pa.int64())) & pc.field("verdict").isin(["cut", "dropped"])
    columns = ["offset", "text", "cuts"]
    for row in pq.read_table(tables.ledger, columns=columns, filters=wanted, partitioning=None).to_pylist():
        text = row["text"]
        for cut in row["cuts"]:
            if cut["rule"] == rule:
                start, end = cut["start"], cut["end"]
                before, struck, after = text[max(0, start - _LONGEST) : start], text[start:end], text[end:]
                yield row["offset"], (before, struck[:_LONGEST], after[:_LONGEST], cut["evidence"] or "")
