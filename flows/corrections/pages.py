"""Which pages of a source corrections are tried on: its last ones, and those that the corrections came from."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.parquet as pq

from flows.store.present import present
from flows.tables.shard_tables import UNREADABLE, ShardTables

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

__all__ = ["trial_pages"]


class _Capture(NamedTuple):
    at: datetime
    shard: str
    offset: int
    is_wanted: bool


_COLUMNS = ["url", "canonical_url", "offset", "fetched_at"]


def trial_pages(data: Path, source: str, last: int, also: Collection[str] = ()) -> dict[str, frozenset[int]]:
    """The last captures of the pages captured last, at most `last`, and of those with these addresses, by shard.

    Shards that cannot be read are left out: `sito check` names them.
    """
    newest: dict[str, _Capture] = {}
    wanted = set(also)
    for shard in ShardTables.shards(data, source):
        with suppress(*UNREADABLE):
            path = ShardTables.of(data, source, shard).documents
            for row in pq.read_table(present(path), columns=_COLUMNS, partitioning=None).to_pylist():
                is_wanted = not wanted.isdisjoint((row["url"], row["canonical_url"]))
                found = _Capture(row["fetched_at"], shard, row["offset"], is_wanted)
                newest[row["url"]] = max(newest.get(row["url"], found), found)
    ordered = sorted(newest.values(), reverse=True)
    pages: dict[str, set[int]] = defaultdict(set)
    for capture in (*ordered[:last], *(each for each in ordered[last:] if each.is_wanted)):
        pages[capture.shard].add(capture.offset)
    return {shard: frozenset(offsets) for shard, offsets in sorted(pages.items())}
