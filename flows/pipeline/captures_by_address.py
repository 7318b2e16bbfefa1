"""The captures of a source that are of one address each: what has to be known to say which are superseded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.archive.cdxj import read_entries
from flows.store.present import present
from flows.tables.shard_tables import UNREADABLE, ShardTables
from flows.urls.uri import address_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from flows.archive.cdxj import CdxjEntry

__all__ = ["ByAddress", "PlacedCapture", "captures_by_address", "last_with_text", "sized"]


@dataclass(frozen=True, slots=True)
class PlacedCapture:
    """A capture: the number of its shard, what the index says of it, and the bytes that it takes with its request."""

    shard: int
    entry: CdxjEntry
    bytes: int


@dataclass(slots=True)
class ByAddress:
    """The shards of a source, and the captures of each address that has several, in their order."""

    shards: list[Path]
    by_address: dict[bytes, list[PlacedCapture]] = field(default_factory=dict)


def captures_by_address(shards: list[Path]) -> ByAddress:
    """Read the indexes, twice, so that only addresses with several captures are in memory.

    Raises SitoError for one that cannot be read.
    """
    once: set[bytes] = set()
    several: set[bytes] = set()
    for shard in shards:
        for entry in read_entries(shard):
            key = address_hash(entry.url)
            (several if key in once else once).add(key)
    del once
    held = ByAddress(shards)
    for number, shard in enumerate(shards):
        for entry, length in sized(shard):
            key = address_hash(entry.url)
            if key in several:
                held.by_address.setdefault(key, []).append(PlacedCapture(number, entry, length))
    return held


def sized(shard: Path) -> Iterator[tuple[CdxjEntry, int]]:
    """The captures of a shard in order, with the bytes that each takes there with the records that go with it."""
    entries = read_entries(shard)
    ends = [*(entry.offset for entry in entries[1:]), shard.stat().st_size]
    for entry, end in zip(entries, ends[: len(entries)], strict=True):
        yield entry, end - entry.offset


def last_with_text(held: ByAddress, data: Path, source: str) -> dict[bytes, tuple[int, int]]:
    """Of each address with several captures the last that has text: the number of its shard, and its offset.

    As the versions table says it; a shard whose tables cannot be read says nothing.
    """
    found: dict[bytes, tuple[datetime, int, int]] = {}
    for number, shard in enumerate(held.shards):
        with suppress(*UNREADABLE):
            path = ShardTables.of(data, source, shard.name).documents
            columns = ["url", "offset", "fetched_at", "status"]
            for row in pq.read_table(present(path), columns=columns, partitioning=None).to_pylist():
                key = address_hash(row["url"])
                if row["status"] == "kept" and key in held.by_address:
                    mine = (row["fetched_at"], number, row["offset"])
                    found[key] = max(found.get(key, mine), mine)
    return {key: (number, offset) for key, (_, number, offset) in found.items()}
