"""About how many bytes each row takes: the same for the same rows, whether they were just made or read from a table.

Row groups are cut by it, so that a shard's tables do not depend on which of their rows were copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["row_sizes"]


def row_sizes(rows: pa.RecordBatch) -> NDArray[np.int64]:
    """Bytes of each row: of texts their UTF-8, of anything else 8."""
    total = np.zeros(rows.num_rows, np.int64)
    for column in rows.columns:
        total += _sizes(column)
    return total


def _sizes(values: Any) -> NDArray[np.int64]:
    if not len(values):  # it may have no buffers
        return np.zeros(0, np.int64)
    if pa.types.is_string(values.type):
        offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
        lengths = np.diff(offsets).astype(np.int64)
        return 8 + (np.where(values.is_valid(), lengths, 0) if values.null_count else lengths)
    if pa.types.is_struct(values.type):
        return sum((_sizes(part) for part in values.flatten()), np.zeros(len(values), np.int64))
    if pa.types.is_list(values.type):
        offsets = np.asarray(values.offsets, np.int64)
        inside = _sizes(values.values.slice(offsets[0], offsets[-1] - offsets[0]))
        ends = np.concatenate([[0], np.cumsum(inside)])[offsets - offsets[0]]
        return np.asarray(8 + np.diff(ends), np.int64)
    return np.full(len(values), 8, np.int64)
