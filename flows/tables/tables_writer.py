"""Writes the two tables of a shard: beside their places first, then by rename, the ledger before the documents."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.tables.days import Days
from flows.tables.schema import DOCUMENTS, LEDGER
from flows.tables.shard_tables import COMMIT_MARKER, DAYS
from flows.tables.sums import write_sums

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from flows.tables.rows import DocumentRow, LedgerRow
    from flows.tables.shard_tables import ShardTables

_GROUP_BYTES = 8 * 2**20
"""A row group is written when its rows hold so many bytes: a worker never holds more than a few of them."""


class PageRowsError(ValueError):
    """The rows of a page that no table can hold; the page is to blame, and nothing of it was added."""


class TablesWriter:
    """Writes both files under temporary names and renames them at the end of a `with` block that raised nothing.

    Raises SitoError where the folder cannot be written; the earlier tables then stay as they are.
    """

    def __init__(self, tables: ShardTables) -> None:
        self._tables = tables
        self._commit_marker = hashlib.blake2b(digest_size=16)
        self._documents = _Table(tables.documents, DOCUMENTS)
        self._ledger = _Table(tables.ledger, LEDGER)
        self._days = Days()

    def add(self, document: DocumentRow, ledger: list[LedgerRow]) -> None:
        """Add the rows of one page. Raises PageRowsError, before anything is added, where they fit no table."""
        try:
            lines = list(_batches(ledger, LEDGER))
            own = list(_batches([document], DOCUMENTS))
        except (pa.ArrowException, ValueError, TypeError, OverflowError, MemoryError) as error:
            raise PageRowsError(f"its rows fit no table: {error}") from error
        self._days.add(document, ledger)
        self._add(self._ledger, lines)
        self._add(self._documents, own)

    def _add(self, table: _Table, batches: list[tuple[pa.RecordBatch, int]]) -> None:
        for batch, size in batches:
            table.batches.append(batch)
            table.size += size
            if table.size >= _GROUP_BYTES:
                self._commit_marker.update(table.write_group())

    def _write_groups(self) -> None:
        for table in (self._ledger, self._documents):
            self._commit_marker.update(table.write_group())

    def __enter__(self) -> Self:
        try:
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
                self._write_groups()
                marker = self._commit_marker.hexdigest()
                self._ledger.close({COMMIT_MARKER: marker})
                self._documents.close({COMMIT_MARKER: marker, DAYS: self._days.to_json()})
                self._ledger.put_in_place()
                self._documents.put_in_place()
                write_sums(self._tables.documents, self._tables.ledger, marker)
        except OSError as failure:
            raise self._unwritable(failure) from failure
        finally:
            self._remove()
        if isinstance(error, OSError):
            raise self._unwritable(error) from error

    def _remove(self) -> None:
        self._ledger.remove()
        self._documents.remove()

    def _unwritable(self, error: OSError) -> SitoError:
        return SitoError(
            f"{self._tables.documents.parents[2]}: cannot be written ({error.strerror or error}); "
            "free space or fix the permissions, then run again: nothing is lost"
        )


def _batches(rows: list[dict[str, Any]], schema: pa.Schema) -> Iterator[tuple[pa.RecordBatch, int]]:
    """The rows as Arrow batches of at most a row group, or of one row, and the bytes of each."""
    part: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        size += _bytes(row)
        part.append(row)
        if size >= _GROUP_BYTES:
            yield _batch(part, schema), size
            part, size = [], 0
    if part:
        yield _batch(part, schema), size


def _batch(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    for field in schema:  # else only the writing of the row group would notice
        if not field.nullable and batch.column(field.name).null_count:
            raise ValueError(f"column {field.name} holds nulls")
    return batch


def _bytes(value: Any) -> int:
    """About how many bytes a value takes in a table."""
    match value:
        case str():
            return 8 + (len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass")))
        case dict():
            return sum(map(_bytes, value.values()))
        case list() | tuple():
            return 8 + sum(map(_bytes, value))
        case _:
            return 8


class _Table:
    """One of the two files while it is written."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.batches: list[pa.RecordBatch] = []
        self.size = 0  # of their rows in bytes
        self._path = path
        # A process that outlives its killed parent for a moment must not rename what the next run writes.
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._schema = schema
        self._file: BinaryIO | None = None
        self._writer: Any = None

    def open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._part.open("wb")
        self._writer = pq.ParquetWriter(self._file, self._schema, compression="zstd", write_page_checksum=True)

    def write_group(self) -> pa.Buffer:
        whole = pa.Table.from_batches(self.batches, self._schema).combine_chunks().to_batches()
        batch = whole[0] if whole else pa.RecordBatch.from_pylist([], schema=self._schema)
        self._writer.write_batch(batch)
        self.batches, self.size = [], 0
        return batch.serialize()

    def close(self, metadata: dict[bytes, str]) -> None:
        self._writer.add_key_value_metadata({name.decode(): value for name, value in metadata.items()})
        self._writer.close()
        assert self._file is not None  # noqa: S101 - open() came first
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

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
