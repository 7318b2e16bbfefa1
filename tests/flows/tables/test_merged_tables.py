"""Rows that are copied into the tables of another shard, and tables that cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from flows.archive.cdxj import read_entries
from flows.tables.merged_tables import MovedRows, merge_tables, why_not_copied
from flows.tables.shard_tables import ShardTables
from flows.tables.sums import sums_path
from support.captures import NOON, file
from support.newspaper import SOURCE
from support.quick_tables import keep_with_tables, tables_of, write_tables

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
MADE = "20991231T000000Z-000000-r1.warc.gz"


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    runs = [
        [file(f"file:///{n}-{each}.html", b"one\ntwo %d" % n, NOON + n * DAY) for each in range(3)] for n in range(2)
    ]
    return keep_with_tables(tmp_path, *runs).shards()


def pages(shard: Path) -> dict[int, str]:
    return {entry.offset: entry.digest for entry in read_entries(shard)}


def test_tables_are_merged_with_their_days_and_their_form(tmp_path: Path, shards: list[Path]) -> None:
    made = ShardTables.of(tmp_path, SOURCE, MADE)
    old = [tables_of(tmp_path, shard) for shard in shards]
    offsets = [{offset: n + 7 * place for n, offset in enumerate(pages(shard))} for place, shard in enumerate(shards)]
    merge_tables(made, MADE, SOURCE, [MovedRows(*each) for each in zip(old, offsets, strict=True)])
    assert made.readable()
    assert made.form() == "form"
    summaries = [tables.summarize() for tables in (*old, made)]
    assert all(summaries)
    first, second, both = (summary.days.by_day for summary in summaries if summary)
    assert both == first | second
    assert [row["id"] for row, _ in made.pages()][3] == f"{SOURCE}/{MADE.removesuffix('.warc.gz')}/7"
    assert [[line["text"] for line in lines] for _, lines in made.pages()][3] == ["one", "two 1"]


def test_of_pages_that_go_neither_rows_nor_days_stay(tmp_path: Path, shards: list[Path]) -> None:
    made = ShardTables.of(tmp_path, SOURCE, MADE)
    _, second, third = pages(shards[0])
    merge_tables(made, MADE, SOURCE, [MovedRows(tables_of(tmp_path, shards[0]), {second: 1, third: 2})])
    summary = made.summarize()
    assert summary
    assert [day.pages for day in summary.days.by_day.values()] == [2]
    assert [row["url"] for row, _ in made.pages()] == ["file:///0-1.html", "file:///0-2.html"]
    nothing = ShardTables.of(tmp_path, SOURCE, MADE.replace("-r1", "-r2"))
    merge_tables(nothing, MADE, SOURCE, [MovedRows(tables_of(tmp_path, shards[0]), {})])
    assert nothing.readable()
    assert list(nothing.pages()) == []


def test_rows_of_two_forms_have_none(tmp_path: Path, shards: list[Path]) -> None:
    write_tables(tmp_path, shards[1], "other")
    made = ShardTables.of(tmp_path, SOURCE, MADE)
    parts = [
        MovedRows(tables_of(tmp_path, shard), {offset: n for n, offset in enumerate(pages(shard))}) for shard in shards
    ]
    merge_tables(made, MADE, SOURCE, parts)
    assert made.form() is None


def test_tables_that_cannot_be_copied(tmp_path: Path, shards: list[Path]) -> None:
    tables = tables_of(tmp_path, shards[0])
    assert why_not_copied(tables, pages(shards[0])) is None
    assert "not of it" in str(why_not_copied(tables, pages(shards[1])))
    rows = pq.read_table(tables.documents, partitioning=None)
    footer = pq.read_metadata(tables.documents).metadata
    with pq.ParquetWriter(tables.documents, rows.drop_columns(["agency"]).schema) as writer:
        writer.write_table(rows.drop_columns(["agency"]))
        writer.add_key_value_metadata({key: value for key, value in footer.items() if key.startswith(b"sito.")})
    assert "whole" in str(why_not_copied(tables, pages(shards[0]))), "by its digest"
    sums_path(tables.ledger).unlink()
    assert "another release" in str(why_not_copied(tables, pages(shards[0])))
    tables.ledger.unlink()
    assert "whole" in str(why_not_copied(tables, pages(shards[0])))
