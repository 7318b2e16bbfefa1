"""The Parquet twins of one shard: where they lie, how they are put in place, and how they are read.

The ledger is put in place first and the documents last, and both carry the same seal over what was written. So a pair
whose seals agree is whole, whatever a kill left behind; any other is cleaned again from its shard.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.memory.days import Days
from flows.tables.rows import DOCUMENTS, LEDGER, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

_GROUP_CHARACTERS = 4 * 2**20
"""A row group is written when the pages in it hold so many characters: a worker never holds more than a few of them."""

_SEAL = b"sito.seal"
_DAYS = b"sito.days"
_ASIDE = ".before"


class DamagedTables(SitoError):  # noqa: N818 - a state of the files
    """Twins that cannot be read to their end."""


@dataclass(frozen=True, slots=True)
class ShardSummary:
    """What whole twins say of their pages without being read: versions of the cleaners, and the pages by day."""

    versions: set[str]
    days: Days


@dataclass(frozen=True, slots=True)
class ShardTables:
    """The two files of one shard."""

    documents: Path
    ledger: Path

    @classmethod
    def of(cls, data: Path, source: str, shard: str) -> ShardTables:
        """The twins of the shard with this file name."""
        name = shard.removesuffix(".warc.gz") + ".parquet"
        clean = data / "clean"
        return cls(clean / "documents" / f"source={source}" / name, clean / "ledger" / f"source={source}" / name)

    def aside(self) -> ShardTables:
        """Where both stand while the shard is cleaned again, to be compared with in the end."""
        return ShardTables(*(path.with_name(f".{path.name}{_ASIDE}") for path in (self.documents, self.ledger)))

    def set_aside(self) -> None:
        """Keep both, under a second name, where they are whole."""
        if self.versions() is not None:
            for path, second in ((self.documents, self.aside().documents), (self.ledger, self.aside().ledger)):
                second.unlink(missing_ok=True)
                try:
                    second.hardlink_to(path)
                except OSError:  # a file system without links
                    shutil.copyfile(path, second)

    def versions(self) -> set[str] | None:
        """The versions of the cleaners that judged the pages; None unless both files are there and of one writing."""
        look = self.look()
        return None if look is None else look.versions

    def look(self) -> ShardSummary | None:
        """What the two files say of themselves; None unless both are there and of one writing."""
        try:
            with _open(self.documents) as documents, _open(self.ledger) as ledger:
                told, sealed = (file.metadata.metadata or {} for file in (documents, ledger))
                if told.get(_SEAL) is None or told[_SEAL] != sealed.get(_SEAL):
                    return None
                versions = set(_column(documents, "cleaners"))
                if _DAYS in told:
                    return ShardSummary(versions, Days.from_json(told[_DAYS].decode()))
            days = Days()  # an earlier release did not tell
            for page in self.pages():
                days.add(*page)
            return ShardSummary(versions, days)
        except (OSError, ValueError, KeyError, DamagedTables):  # ArrowInvalid is a ValueError
            return None

    def may_hold(self, wanted: Callable[[datetime], bool]) -> bool:
        """Whether a page with a wanted time of capture is in the shard; without whole twins nobody knows, so yes."""
        if self.versions() is None:
            return True
        try:
            with _open(self.documents) as documents:
                return any(map(wanted, _column(documents, "fetched_at")))
        except (OSError, pa.ArrowInvalid, KeyError):
            return True

    @staticmethod
    def shards(data: Path, source: str) -> list[str]:
        """The names of the shards that have documents, sorted."""
        found = (data / "clean" / "documents" / f"source={source}").glob("[!.]*.parquet")
        return sorted(path.name.removesuffix(".parquet") + ".warc.gz" for path in found)

    def pages(self) -> Iterator[tuple[Row, list[Row]]]:
        """Every documents row with its ledger rows, in the order of the shard, a few row groups in memory.

        Raises DamagedTwins, after the pages before the damage, where a file cannot be read to its end, or comes from a
        release whose columns cannot be read as today's.
        """
        try:
            with _open(self.documents) as documents, _open(self.ledger) as ledger:
                lines = _rows(ledger, LEDGER)
                line = next(lines, None)
                for row in _rows(documents, DOCUMENTS):
                    own: list[Row] = []
                    while line is not None and line["offset"] == row["offset"]:
                        own.append(line)
                        line = next(lines, None)
                    yield row, own
        except (OSError, pa.ArrowInvalid) as error:
            raise DamagedTables(
                f"{self.documents}, or its ledger, cannot be read ({error}); reprocessing from raw makes both anew"
            ) from error


def _open(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, page_checksum_verification=True)


def _column(file: pq.ParquetFile, name: str) -> list[Any]:
    values: list[Any] = file.read(columns=[name])[name].to_pylist()
    return values


def _rows(file: pq.ParquetFile, schema: pa.Schema) -> Iterator[Row]:
    """The rows with today's columns: what twins of an earlier release lack is null or an empty list, if it may be."""
    stored = file.schema_arrow
    empty: Row = {field.name: [] if pa.types.is_list(field.type) else None for field in schema}
    for field in schema:
        if field.name not in stored.names and empty[field.name] is None and not field.nullable:
            raise pa.ArrowInvalid(f"it has no column {field.name}")
        if field.name in stored.names and stored.field(field.name).type != field.type:
            raise pa.ArrowInvalid(f"its column {field.name} is {stored.field(field.name).type}")
    for group in range(file.num_row_groups):
        for row in file.read_row_group(group).to_pylist():
            yield {name: row.get(name, nothing) for name, nothing in empty.items()}


def sweep(data: Path, source: str) -> list[str]:
    """Remove half-written twins of a source, under its lock, and those set aside; gives the names of the former."""
    for aside in (data / "clean").glob(f"*/source={source}/.*{_ASIDE}"):
        aside.unlink(missing_ok=True)
    parts = sorted((data / "clean").glob(f"*/source={source}/.*.part"))
    for part in parts:
        part.unlink(missing_ok=True)
    return [part.name for part in parts]


class TablesWriter:
    """Writes both files beside their places and puts them there at the end of a `with` block that raised nothing.

    Raises SitoError where the folder cannot be written; what stood there before then still stands.
    """

    def __init__(self, twins: ShardTables) -> None:
        self._twins = twins
        self._seal = hashlib.blake2b(digest_size=16)
        self._documents = _Table(twins.documents, DOCUMENTS)
        self._ledger = _Table(twins.ledger, LEDGER)
        self._days = Days()
        self._characters = 0

    def add(self, document: Row, ledger: list[Row]) -> None:
        """One page, whole."""
        self._days.add(document, ledger)
        self._documents.rows.append(document)
        self._ledger.rows += ledger
        self._characters += 1000 + len(document["text"]) + sum(200 + len(line["text"]) for line in ledger)
        if self._characters >= _GROUP_CHARACTERS:
            self._write_groups()

    def _write_groups(self) -> None:
        for table in (self._ledger, self._documents):
            self._seal.update(table.write_group())
        self._characters = 0

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
                seal = self._seal.hexdigest()
                self._ledger.close({_SEAL: seal})
                self._documents.close({_SEAL: seal, _DAYS: self._days.to_json()})
                self._ledger.place()
                self._documents.place()
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
            f"{self._twins.documents.parents[2]}: cannot be written ({error.strerror or error}); "
            "free space or mend the permissions, then run again: nothing is lost"
        )


class _Table:
    """One file on its way into place."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.rows: list[Row] = []
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
        batch = pa.RecordBatch.from_pylist(self.rows, schema=self._schema)
        self._writer.write_batch(batch)
        self.rows = []
        return batch.serialize()

    def close(self, told: dict[bytes, str]) -> None:
        self._writer.add_key_value_metadata({name.decode(): what for name, what in told.items()})
        self._writer.close()
        assert self._file is not None  # noqa: S101 - open() came first
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def place(self) -> None:
        self._part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self) -> None:
        if self._writer is not None and self._writer.is_open:
            with contextlib.suppress(OSError):  # a full disk says so again when the rest is flushed
                self._writer.close()
            self._writer.is_open = False  # else it tries once more when it is collected
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)
