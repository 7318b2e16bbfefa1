"""The pages of a shard's two tables, each with its rows as batches of Arrow: to be copied without being looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from flows.tables.row_sizes import row_sizes
from flows.tables.schema import DOCUMENTS, LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow.parquet as pq

    from flows.tables.tables_writer import SizedRows

    Change = Callable[[pa.Table], pa.Table]
    """What is done to the rows of a row group before they are given."""

__all__ = ["page_batches"]


def page_batches(
    documents: pq.ParquetFile,
    ledger: pq.ParquetFile | None,
    of_documents: Change = lambda rows: rows,
    of_ledger: Change = lambda rows: rows,
) -> Iterator[tuple[int, SizedRows, SizedRows]]:
    """Each page: its offset and its rows of both tables, a row group of each in memory; without a ledger none of that.

    Raises ArrowInvalid, after all pages, where the ledger has rows that belong to no page; and what reading damaged
    files raises.
    """
    lines = _Lines(ledger, of_ledger)
    for group in range(documents.num_row_groups):
        batch = _as(of_documents(documents.read_row_group(group)), DOCUMENTS)
        sizes = row_sizes(batch)
        for place, offset in enumerate(batch["offset"].to_pylist()):
            yield offset, (batch.slice(place, 1), sizes[place : place + 1]), lines.of(offset)
    lines.end()


class _Lines:
    """The ledger's rows page by page, in the order of the documents; without a ledger none."""

    def __init__(self, ledger: pq.ParquetFile | None, change: Change) -> None:
        self._ledger = ledger
        self._change = change
        self._group = 0
        self._rows = _as(LEDGER.empty_table(), LEDGER)
        self._sizes: Any = np.zeros(0, np.int64)
        self._offsets: Any = self._sizes
        self._at = 0

    def of(self, offset: int) -> SizedRows:
        """The rows of one page."""
        parts: list[SizedRows] = []
        while self._more() and self._offsets[self._at] == offset:
            others = np.flatnonzero(self._offsets[self._at :] != offset)
            end = self._at + int(others[0]) if len(others) else len(self._offsets)
            parts.append((self._rows.slice(self._at, end - self._at), self._sizes[self._at : end]))
            self._at = end
        if len(parts) == 1:
            return parts[0]
        rows = _as(pa.Table.from_batches([rows for rows, _ in parts], LEDGER), LEDGER)
        return rows, np.concatenate([np.zeros(0, np.int64), *(sizes for _, sizes in parts)])

    def end(self) -> None:
        """Raise ArrowInvalid where rows are left that belong to no page."""
        if self._more():
            raise pa.ArrowInvalid(f"the ledger has lines of a page at offset {self._offsets[self._at]}, documents not")

    def _more(self) -> bool:
        while self._at == len(self._offsets):
            if self._ledger is None or self._group == self._ledger.num_row_groups:
                return False
            self._rows = _as(self._change(self._ledger.read_row_group(self._group)), LEDGER)
            self._sizes = row_sizes(self._rows)
            self._offsets = np.asarray(self._rows["offset"])
            self._group, self._at = self._group + 1, 0
        return True


def _as(table: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    """The rows as one batch of today's columns."""
    columns = (table[name].combine_chunks() for name in schema.names)
    arrays = [column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
