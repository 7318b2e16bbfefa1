from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from flows.tables.merged_rows import merged_parts, merged_rows

KEYS = st.sets(st.tuples(st.sampled_from("abcd"), st.integers(0, 9)), max_size=20).map(sorted)


def table(keys: list[tuple[str, int]], of: int) -> pa.Table:
    columns = [[shard for shard, _ in keys], [offset for _, offset in keys], [of] * len(keys)]
    kinds = (pa.string(), pa.int64(), pa.int64())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, ["shard", "offset", "of"])


@given(KEYS, KEYS, st.data())
def test_it_is_what_sorting_would_give(
    before: list[tuple[str, int]], new: list[tuple[str, int]], data: st.DataObject
) -> None:
    without = [row for row, key in enumerate(before) if key in new or data.draw(st.booleans())]
    rest = [key for row, key in enumerate(before) if row not in without]
    wanted = pa.concat_tables([table(rest, 0), table(new, 1)]).sort_by(
        [("shard", "ascending"), ("offset", "ascending")]
    )
    assert merged_rows(table(before, 0), without, table(new, 1)).to_pylist() == wanted.to_pylist()


def test_rows_that_stay_are_not_copied() -> None:
    before = table([("a", number) for number in range(1000)], 0)
    merged = merged_rows(before, [500], table([("a", 2000)], 1))
    assert merged.column("offset").num_chunks == 3
    assert merged["offset"].chunk(0).buffers()[1].address == before["offset"].chunk(0).buffers()[1].address


@given(KEYS, KEYS, st.integers(1, 7))
def test_in_parts_it_is_as_at_once(before: list[tuple[str, int]], new: list[tuple[str, int]], size: int) -> None:
    whole = table(before, 0).append_column("leaves", pa.array([key in new for key in before], pa.bool_()))
    added = table(new, 1).append_column("leaves", pa.array([False] * len(new), pa.bool_()))
    parts = (whole.slice(at, size) for at in range(0, len(before), size))
    merged = pa.concat_tables(merged_parts(parts, lambda part: part["leaves"], added))
    without = pc.indices_nonzero(whole["leaves"]).to_pylist()
    assert merged.to_pylist() == merged_rows(whole, without, added).to_pylist()
