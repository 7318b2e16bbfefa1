"""Writes the two tables of a shard: beside their places first, then by rename, the ledger before the documents."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.common.file_digest import file_digest
from flows.tables.days import Days
from flows.tables.row_sizes import row_sizes
from flows.tables.schema import DOCUMENTS, LEDGER
from flows.tables.shard_tables import COMMIT_MARKER, DAYS, FORM, OWN_MARKER
from flows.tables.sums import write_sums

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from flows.tables.rows import DocumentRow, LedgerRow
    from flows.tables.shard_tables import ShardTables

SizedRows = tuple[pa.RecordBatch, "NDArray[np.int64]"]
"""Rows, and the bytes of each."""
_GROUP_BYTES = 8 * 2**20
"""A row group is written when its rows hold so many bytes: a worker never holds more than a few of them."""


_LEVEL = 3
"""Of zstd: a tenth less than at 1, pyarrow's own, for .25 ms a page; 6 would save a twentieth more for 1.1 ms."""
_LONG = {"text", "original", "remains", "evidence"}


def _is_looked_for(column: pa.Field) -> bool:
    """Whether a reader may skip row groups by the least and the most of a column: of texts these are whole texts."""
    return not pa.types.is_nested(column.type) and column.name not in _LONG


class PageRowsError(ValueError):
    """The rows of a page that no table can hold; the page is to blame, and nothing of it was added."""


class TablesWriter:
    """Writes both files under temporary names and renames them at the end of a `with` block that raised nothing.

    Raises SitoError where the folder cannot be written; the earlier tables then stay as they are.
    """

    def __init__(self, tables: ShardTables, form: str | None = None, seal: str | None = None) -> None:
        """`form` is that of the rows; with the `seal` of the ledger that is in place, that one stays."""
        self._tables = tables
        self._form = form
        self._documents = _Table(tables.documents, DOCUMENTS)
        self._seal = seal
        self._ledger = _Table(tables.ledger, LEDGER)
        self._days = Days()

    def add(self, document: DocumentRow, ledger: list[LedgerRow]) -> None:
        """Add the rows of one page. Raises PageRowsError, before anything is added, where they fit no table."""
        try:
            lines, own = _batch(ledger, LEDGER), _batch([document], DOCUMENTS)
        except (pa.ArrowException, ValueError, TypeError, OverflowError, MemoryError) as error:
            raise PageRowsError(f"its rows fit no table: {error}") from error
        self._days.add(document, ledger)
        self._ledger.add(lines, row_sizes(lines))
        self._documents.add(own, row_sizes(own))

    def copy(self, own: SizedRows, lines: SizedRows | None) -> None:
        """Add the rows of one page as they were read from tables; their days are told by `set_days`."""
        self._documents.add(*own)
        if lines is not None:
            self._ledger.add(*lines)

    def set_days(self, days: Days) -> None:
        """Say what the days of all pages are, where not all were added as rows."""
        self._days = days

    def mix(self) -> None:
        """Say that some rows are of an earlier form: no later run will take all for those that it would make."""
        self._form = None

    def __enter__(self) -> Self:
        try:
            if self._seal is None:
                self._ledger.open()
            self._documents.open()
        except OSError as error:
            self._remove()
            raise self._unwritable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._write()
        except OSError as failure:
            raise self._unwritable(failure) from failure
        finally:
            self._remove()
        if isinstance(error, OSError):
            raise self._unwritable(error) from error

    def _write(self) -> None:
        seal = self._seal or self._ledger.close({})
        metadata = {DAYS: self._days.to_json()} | ({FORM: self._form} if self._form else {})
        self._documents.close(metadata, seal)
        if self._seal is None:
            self._ledger.put_in_place()
        self._documents.put_in_place()
        if marker := self._tables.marker():
            write_sums(self._tables.documents, self._tables.ledger, marker)

    def _remove(self) -> None:
        self._ledger.remove()
        self._documents.remove()

    def _unwritable(self, error: OSError) -> SitoError:
        return SitoError(
            f"{self._tables.documents.parents[2]}: cannot be written ({error.strerror or error}); "
            "free space or fix the permissions, then run again: nothing is lost"
        )


def _batch(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    for field in schema:  # else only the writing of the row group would notice
        if not field.nullable and batch.column(field.name).null_count:
            raise ValueError(f"column {field.name} holds nulls")
    return batch


class _Table:
    """One of the two files while it is written."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._batches: list[pa.RecordBatch] = []
        self._size = 0  # of their rows in bytes
        self._path = path
        # A process that outlives its killed parent for a moment must not rename what the next run writes.
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._schema = schema
        self._file: BinaryIO | None = None
        self._writer: Any = None

    def open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._part.open("wb")
        self._writer = pq.ParquetWriter(
            self._file,
            self._schema,
            compression="zstd",
            compression_level=_LEVEL,
            write_page_checksum=True,
            write_statistics=[field.name for field in self._schema if _is_looked_for(field)],
        )

    def add(self, rows: pa.RecordBatch, sizes: NDArray[np.int64]) -> None:
        """Add the rows of a page, with the bytes of each; row groups end between pages, but in one that is too long."""
        begin, ends = 0, np.cumsum(sizes)
        while begin < len(ends):
            before = int(ends[begin - 1]) if begin else 0
            end = min(int(np.searchsorted(ends, before + _GROUP_BYTES)) + 1, len(ends))
            self._batches.append(rows.slice(begin, end - begin))
            self._size += int(ends[end - 1]) - before
            if self._size >= _GROUP_BYTES:
                self._write_group()
            begin = end

    def _write_group(self) -> None:
        whole = pa.Table.from_batches(self._batches, self._schema).combine_chunks().to_batches()
        self._writer.write_batch(whole[0] if whole else pa.RecordBatch.from_pylist([], schema=self._schema))
        self._batches, self._size = [], 0

    def close(self, metadata: dict[bytes, str], seal: str | None = None) -> str:
        """Write the rest, and the footer with the seal of the ledger; of the ledger itself it is given back."""
        assert self._file is not None  # noqa: S101 - open() came first
        self._write_group()
        self._file.flush()
        own = file_digest(self._part)
        marks = {COMMIT_MARKER: own} if seal is None else {COMMIT_MARKER: seal, OWN_MARKER: own}
        self._writer.add_key_value_metadata({name.decode(): value for name, value in (marks | metadata).items()})
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return own

    def put_in_place(self) -> None:
        self._part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self) -> None:
        if self._writer is not None and self._writer.is_open:
            with contextlib.suppress(OSError):  # a full disk raises again when the rest is flushed
                self._writer.close()
            self._writer.is_open = False  # else it tries once more when it is collected
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)
