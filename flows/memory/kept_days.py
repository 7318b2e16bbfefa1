"""The marks of whole days, kept in the manifest: a run that begins a new day reads the day before, and none again."""

from __future__ import annotations

from array import array
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from cleaners.rules.site_memory import Marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from sqlite3 import Connection

    from flows.manifest.manifest import Manifest

__all__ = ["KeptDays", "MarkedPage"]


class MarkedPage(NamedTuple):
    """A page that a day gives: its address, hashed, and its marks."""

    address: bytes
    marks: Marks


class KeptDays:
    """Days by name, a digest of all that the marks of the day depend on."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def read(self, day: date, name: str) -> list[MarkedPage] | None:
        """The pages of a day; None where those of this name are not there or cannot be read."""
        query = "SELECT pages FROM marked WHERE day = ? AND name = ?"
        for (packed,) in self._manifest.rows(query, day.isoformat(), name):
            with suppress(pa.ArrowInvalid, OSError, KeyError, TypeError):
                return _unpacked(packed)
        return None

    def keep(self, day: date, name: str, pages: Iterable[MarkedPage]) -> None:
        """Keep the pages of a day in place of what was kept of it; the caller holds the source's lock."""
        packed = _packed(list(pages))

        def work(connection: Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO marked VALUES (?, ?, ?)", (day.isoformat(), name, packed))

        self._manifest.write(work)

    def remove_others(self, names: Mapping[date, str]) -> None:
        """Keep no days but these, by these names; the caller holds the source's lock."""
        kept = self._manifest.rows("SELECT day, name FROM marked")
        wanted = {(day.isoformat(), name) for day, name in names.items()}
        others = [(day,) for day, name in kept if (day, name) not in wanted]
        if others:
            self._manifest.write(lambda connection: _delete(connection, others))


def _delete(connection: Connection, days: list[tuple[str]]) -> None:
    connection.executemany("DELETE FROM marked WHERE day = ?", days)


def _packed(pages: list[MarkedPage]) -> bytes:
    hashes = pa.list_(pa.uint64())
    table = pa.table(
        {
            "address": pa.array([page.address for page in pages], pa.binary()),
            "lines": pa.array([page.marks.lines.tolist() for page in pages], hashes),
            "prefixes": pa.array([page.marks.prefixes.tolist() for page in pages], hashes),
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="none", use_dictionary=False, write_page_checksum=True)
    return bytes(sink.getvalue())


def _unpacked(packed: bytes) -> list[MarkedPage]:
    table = pq.read_table(pa.BufferReader(packed), page_checksum_verification=True)
    lines, prefixes = (_arrays(table[name].combine_chunks()) for name in ("lines", "prefixes"))
    addresses = table["address"].to_pylist()
    return [MarkedPage(*page) for page in zip(addresses, map(Marks, lines, prefixes), strict=True)]


def _arrays(lists: pa.ListArray) -> Iterable[array[int]]:
    values, ends = array("Q", lists.values.to_numpy().tobytes()), lists.offsets.to_pylist()
    return [values[first:end] for first, end in pairwise(ends)]
