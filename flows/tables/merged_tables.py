"""The tables of a shard that is made of others: their rows, copied, with the place where each page now lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from flows.tables.days import Days, DayStats
from flows.tables.page_batches import page_batches
from flows.tables.rows import document_id
from flows.tables.schema import DOCUMENTS, LEDGER
from flows.tables.shard_tables import DAYS, FORM, DamagedTables
from flows.tables.tables_writer import TablesWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.tables.shard_tables import ShardTables

__all__ = ["MovedRows", "merge_tables", "why_not_copied"]


@dataclass(frozen=True, slots=True)
class MovedRows:
    """The tables of an old shard, and the new offsets of the pages that stay, by the old ones."""

    tables: ShardTables
    offsets: Mapping[int, int]


def why_not_copied(tables: ShardTables, pages: Mapping[int, str]) -> str | None:
    """Why the rows of these tables cannot be copied; None: they can.

    `pages` are those of the shard: offset and digest of each payload.
    """
    if not tables.readable():
        return "its tables are not whole; the next run makes them anew"
    try:
        with tables.reading() as (documents, ledger):
            for file, schema in ((documents, DOCUMENTS), (ledger, LEDGER)):
                if not file.schema_arrow.equals(schema):
                    return "its tables are of another release; `sito reprocess` makes them anew"
            rows = documents.read(columns=["offset", "digest"])
    except DamagedTables as damage:
        return f"its tables cannot be read ({damage.reason})"
    if dict(zip(rows["offset"].to_pylist(), rows["digest"].to_pylist(), strict=True)) != pages:
        return "its tables are not of it; `sito check` says more"
    return None


def merge_tables(made: ShardTables, shard: str, source: str, parts: Sequence[MovedRows]) -> None:
    """Write the tables of `shard` from those of the parts; no row is changed but in where its page lies.

    Raises DamagedTables where one cannot be read, SitoError where clean/ cannot be written.
    """
    days = Days()
    forms: set[str | None] = set()
    with TablesWriter(made, parts[0].tables.form()) as writer:
        for part in parts:
            with part.tables.reading() as (documents, ledger):
                footer = documents.metadata.metadata or {}
                forms.add(footer.get(FORM, b"").decode() or None)
                _merge(days, _days(part, documents.metadata.num_rows, footer.get(DAYS)))
                place = _Place(shard, source, part.offsets)
                for _, own, lines in page_batches(documents, ledger, place.document, place.ledger):
                    writer.copy(own, lines)
        if len(forms) > 1:
            writer.mix()
        writer.set_days(days)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where pages now lie."""

    shard: str
    source: str
    offsets: Mapping[int, int]

    def ledger(self, rows: pa.Table) -> pa.Table:
        """The rows of pages that stay."""
        rows = rows.filter(pc.is_in(rows["offset"], pa.array(list(self.offsets), pa.int64())))
        offsets = [self.offsets[offset] for offset in rows["offset"].to_pylist()]
        rows = _with(rows, "offset", pa.array(offsets, pa.int64()))
        return _with(rows, "shard", pa.array([self.shard] * len(offsets), pa.string()))

    def document(self, rows: pa.Table) -> pa.Table:
        """The same, with their new `id`."""
        rows = self.ledger(rows)
        place = {"shard": self.shard}
        ids = [document_id(self.source, place | {"offset": offset}) for offset in rows["offset"].to_pylist()]
        return _with(rows, "id", pa.array(ids, pa.string()))


def _with(rows: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)


def _days(part: MovedRows, rows: int, known: bytes | None) -> Days:
    """The pages that stay, by day; `known` are those of all the rows, as the tables say it."""
    if known is not None and len(part.offsets) == rows:
        return Days.from_json(known.decode())
    days = Days()
    for row, lines in part.tables.pages():
        if row["offset"] in part.offsets:
            days.add(row, lines)
    return days


def _merge(days: Days, other: Days) -> None:
    for day, of in other.by_day.items():
        mine = days.by_day.setdefault(day, DayStats())
        mine.merge(of)
        mine.memories |= of.memories
