"""The documents of a shard as entries of the index, a job for itself: it can be done wherever the data folder is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from cleaners.metadata.agencies import agency_named
from flows.store.present import present
from flows.stories.day import Entry
from flows.stories.days import day_of_document
from flows.stories.words import to_words
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from pathlib import Path

    from flows.tables.rows import DocumentRow

_BATCH = 256
_COLUMNS = ("url", "status", "published", "fetched_at", "site_name", "text", "shard", "offset")


@dataclass(frozen=True, slots=True)
class ShardJob:
    """A shard whose tables are whole, in the folder `data`."""

    data: Path
    source: str
    shard: str

    def __str__(self) -> str:
        return f"read {self.source}/{self.shard}"

    def run(self) -> list[tuple[int, Entry]]:
        """The rows with text, each with its day."""
        return _entries(self.data, self.source, self.shard)


def _entries(data: Path, source: str, shard: str) -> list[tuple[int, Entry]]:
    entries = []
    with pq.ParquetFile(present(ShardTables.of(data, source, shard).documents)) as file:
        for batch in file.iter_batches(_BATCH, columns=list(_COLUMNS)):
            for row in batch.to_pylist():
                if row["status"] == "kept":
                    entries.append(_entry(source, shard, row))
    return entries


def _entry(source: str, shard: str, row: DocumentRow) -> tuple[int, Entry]:
    day = day_of_document(row["published"], row["fetched_at"])
    agency = agency_named(row.get("site_name") or "")
    # An agency's own page before others of the day; then by time, where one is stated.
    time = (row["published"] or "")[10:]
    rank = ("0" if agency else "1", time or "~")
    captured = row["fetched_at"].astimezone(UTC).isoformat()
    entry = Entry(source, row["url"], row["shard"], row["offset"], rank, captured, to_words(row["text"]))
    return day.toordinal(), entry
