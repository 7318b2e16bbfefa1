"""Tables of a shard without cleaning: a row for each page, its body as the text, a line of the ledger for each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.archive.shard_reader import read_shard
from flows.archive.source_archive import Archive
from flows.tables.rows import failed_row, page_row
from flows.tables.schema import LEDGER
from flows.tables.shard_tables import ShardTables
from flows.tables.tables_writer import TablesWriter
from flows.tables.versions import write_versions
from support.captures import keep
from support.newspaper import SOURCE, documents, ledger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flows.archive.shard_reader import StoredPage
    from flows.common.page_types import Capture

__all__ = ["LOCATION", "keep_with_tables", "rows_of", "tables_of", "write_tables"]

LOCATION = ("id", "shard", "offset")
"""The columns that say where a page lies."""


def keep_with_tables(data: Path, *runs: Iterable[Capture]) -> Archive:
    """Archive the captures of each run in a shard of its own, with tables."""
    for captures in runs:
        archive, _, _ = keep(data, captures)
        write_tables(data, archive.shards()[-1])
    write_versions(data, SOURCE)
    return archive


def tables_of(data: Path, shard: Path) -> ShardTables:
    return ShardTables.of(data, SOURCE, shard.name)


def write_tables(data: Path, shard: Path, form: str | None = "form") -> None:
    """An empty body is a page without text."""
    with TablesWriter(tables_of(data, shard), form) as writer:
        for stored in read_shard(shard):
            writer.add(*_rows(stored, shard.name))


def _rows(stored: StoredPage, shard: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    text = stored.body.decode("utf-8", "replace")
    row = failed_row(page_row(stored, "page", SOURCE, shard, "0.0"), "")
    row |= {"text": text, "status": "kept" if text else "empty", "reason": None}
    page = {"url": stored.url, "shard": shard, "offset": stored.offset}
    nothing: dict[str, Any] = {
        name: [] if str(LEDGER.field(name).type).startswith("list") else "" for name in LEDGER.names
    }
    nothing |= dict.fromkeys(("original", "category", "rule", "evidence"))
    lines = [
        nothing | page | {"place": place, "tag": "p", "text": line, "kept": line, "verdict": "kept", "link_share": 0.0}
        for place, line in enumerate(text.splitlines())
    ]
    return row, lines


def rows_of(data: Path, *, located: bool = False) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The rows of all pages of the source with those of the ledger, in order, as readers see them."""
    found = []
    for name in ShardTables.shards(data, SOURCE):
        tables = ShardTables.of(data, SOURCE, name)
        lines = ledger(tables)
        for row in documents(tables):
            own = [line for line in lines if line["offset"] == row["offset"]]
            found.append((row, own) if located else (_bare(row), [_bare(line) for line in own]))
    return found


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in LOCATION}
