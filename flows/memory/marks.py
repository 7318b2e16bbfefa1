"""What site memory takes of the pages of a shard: marks by day, few enough to be held for a whole source."""

from __future__ import annotations

import heapq
from datetime import date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaners.rules.site_memory import LONGEST, PAGE_LINES, Marks
from flows.store.present import present
from flows.tables.days import day_of
from flows.tables.shard_tables import DamagedTables
from flows.urls.uri import address_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.tables.shard_tables import ShardTables

DAY_PAGES = 300
"""Pages that a day may give, those with the least hash of their address: so a window has seven days or more, which the
guards of days need, and a day of a million pages costs no more memory than others."""

_ADDRESS_BYTES = 8  # decides which pages a day gives, and so what clean/memory/ holds


class Captured(NamedTuple):
    """One capture as memory takes it: address hashed, time, digest of the payload, marks."""

    address: bytes
    at: datetime
    digest: str
    marks: Marks


Extract = dict[date, list[Captured]]
T = TypeVar("T", bound=tuple[Any, ...])


def extract(tables: ShardTables) -> Extract:
    """What memory takes of the pages of a shard, by day: at most `DAY_PAGES` a day, each address once.

    Reads five columns, a row group at a time. Raises DamagedTables where the files cannot be read.
    """
    try:
        captures: dict[date, list[tuple[bytes, datetime, str, int]]] = {}
        with_lines = set[int]()
        with pq.ParquetFile(present(tables.ledger), page_checksum_verification=True) as ledger:
            groups = range(ledger.num_row_groups)
            for group in groups:
                with_lines.update(_body(ledger, group, "offset")["offset"].unique().to_pylist())
            with pq.ParquetFile(present(tables.documents), page_checksum_verification=True) as documents:
                for row in documents.read(columns=["url", "fetched_at", "digest", "offset"]).to_pylist():
                    if row["offset"] in with_lines:
                        address = address_hash(row["url"], _ADDRESS_BYTES)
                        captured = (address, row["fetched_at"], row["digest"], row["offset"])
                        captures.setdefault(day_of(row["fetched_at"]), []).append(captured)
            wanted = {captured[3] for found in captures.values() for captured in sample(found)}
            texts: dict[int, list[str]] = {}
            for group in groups:
                table = _body(ledger, group, "offset", "text")
                table = table.filter(pc.is_in(table["offset"], pa.array(sorted(wanted), pa.int64())))
                for offset, text in zip(table["offset"].to_pylist(), table["text"].to_pylist(), strict=True):
                    lines = texts.setdefault(offset, [])
                    if len(lines) < PAGE_LINES:
                        lines.append(text[: LONGEST + 1])
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise DamagedTables(f"{tables.ledger} cannot be read ({error})") from error
    return {
        day: [Captured(*captured[:3], Marks.of(texts[captured[3]])) for captured in sample(found)]
        for day, found in captures.items()
    }


def _body(ledger: pq.ParquetFile, group: int, *columns: str) -> pa.Table:
    """The columns of a row group, of the lines that came to the cleaners."""
    table = ledger.read_row_group(group, columns=[*columns, "verdict"])
    return table.filter(pc.not_equal(table["verdict"], "left out"))


def sample(captures: Iterable[T]) -> list[T]:
    """At most `DAY_PAGES` of a day's captures, the first of each address, whatever the order in which they come."""
    first: dict[bytes, T] = {}
    for captured in captures:
        other = first.get(captured[0])
        if other is None or captured[1:3] < other[1:3]:
            first[captured[0]] = captured
    return heapq.nsmallest(DAY_PAGES, first.values(), key=itemgetter(0))


def size(extract: Extract) -> int:
    """How many hashes an extract holds."""
    marks = (captured.marks for found in extract.values() for captured in found)
    return sum(len(each.lines) + len(each.prefixes) for each in marks)
