"""A long table in order of shard and offset in which a few rows are replaced, without a copy of all others."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["merged_parts", "merged_rows"]


def merged_parts(
    parts: Iterable[pa.Table], without: Callable[[pa.Table], pa.ChunkedArray], new: pa.Table
) -> Iterator[pa.Table]:
    """A table that comes in parts merged with a new one, both in that order; `without` says which rows are left out."""
    keys = list(zip(new["shard"].to_pylist(), new["offset"].to_pylist(), strict=True))
    done = 0
    for part in parts:
        last = part["shard"][-1].as_py(), part["offset"][-1].as_py()
        end = bisect_left(keys, last, lo=done)
        yield merged_rows(part, pc.indices_nonzero(without(part)).to_pylist(), new.slice(done, end - done))
        done = end
    yield new.slice(done)


def merged_rows(before: pa.Table, without: Sequence[int], new: pa.Table) -> pa.Table:
    """Both tables, each in that order, as one: without these rows of the first. What lies between is not copied."""
    shards, offsets = before["shard"], before["offset"]
    rows = range(before.num_rows)

    def key(row: int) -> tuple[str, int]:
        return shards[row].as_py(), offsets[row].as_py()

    none = new.num_rows  # a cut is where a row of the new table goes in, or where one of the first is left out
    cuts, row = [(row, none) for row in without], 0
    for number, own in enumerate(zip(new["shard"].to_pylist(), new["offset"].to_pylist(), strict=True)):
        if row < len(rows) and key(row) < own:
            row = bisect_left(rows, own, lo=row, key=key)
        cuts.append((row, number))
    parts: list[tuple[pa.Table, int, int]] = []

    def add(table: pa.Table, start: int, end: int) -> None:
        if parts and parts[-1][0] is table and parts[-1][2] == start:
            start = parts.pop()[1]
        if start < end:
            parts.append((table, start, end))

    begin = 0
    for row, number in sorted(cuts):
        add(before, begin, row)
        begin = row + (number == none)
        if number < none:
            add(new, number, number + 1)
    add(before, begin, len(rows))
    return pa.concat_tables([table.slice(start, end - start) for table, start, end in parts] or [new])
