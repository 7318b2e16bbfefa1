"""One writer a form: JSON Lines, CSV, plain text, Parquet. The same records give the same bytes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from flows.export.records import Record

__all__ = [
    "CsvWriter",
    "DatasetWriter",
    "JsonlWriter",
    "ParquetWriter",
    "TextFolderWriter",
    "TextWriter",
    "Writer",
    "in_shape",
]

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_GROUP_CHARACTERS = 8 * 2**20
"""Text in a row group of Parquet, which is what is held in memory."""
_FILE_CHARACTERS = 256 * 2**20
"""Text in a file of a dataset folder: some 150 MB of Parquet."""
_ROW_CHARACTERS = 500
"""About what a row takes beside its text."""


class Writer(Protocol):
    """Takes records one after another."""

    def write(self, record: Record) -> None:
        """Add one."""

    def close(self) -> None:
        """Write what is left, and close."""


def _open(path: Path, name: str) -> Any:
    """The file for writing bytes, compressed as the ending of its final name says; no time gets into it."""
    compression = next((how for ending, how in _COMPRESSIONS.items() if name.endswith(ending)), None)
    file = pa.OSFile(str(path), "wb")
    return pa.BufferedOutputStream(pa.CompressedOutputStream(file, compression) if compression else file, 2**20)


def in_shape(record: Record) -> Record:
    """The record as datatrove and NeMo Curator read it: id, text, url, date, language, and the rest as metadata."""
    first = {name: record[name] for name in ("id", "text", "url")}
    first |= {"date": record["published"] or f"{record['fetched_at']:%Y-%m-%d}", "language": record["language"]}
    return first | {"metadata": {name: value for name, value in record.items() if name not in first}}


class JsonlWriter:
    """A record a line, in UTF-8. Separators of Unicode at which many readers split lines are escaped."""

    def __init__(self, path: Path, name: str, columns: pa.Schema, *, datatrove: bool = False) -> None:
        self._file = _open(path, name)
        self._names = None if datatrove else columns.names

    def write(self, record: Record) -> None:
        """Add one."""
        shape = in_shape(record) if self._names is None else {name: record[name] for name in self._names}
        line = json.dumps(shape, ensure_ascii=False, default=_moment)
        for separator in ("\x85", "\u2028", "\u2029"):
            line = line.replace(separator, f"\\u{ord(separator):04x}")
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        """Write what is left, and close."""
        self._file.close()


class CsvWriter:
    """RFC 4180 in UTF-8 with a heading; lists as JSON, nothing for null. NUL, which no reader takes, is U+FFFD."""

    def __init__(self, path: Path, name: str, columns: pa.Schema) -> None:
        self._file = _open(path, name)
        self._names = columns.names
        self._line = io.StringIO(newline="")
        self._csv = csv.writer(self._line)
        self._put(self._names)

    def write(self, record: Record) -> None:
        """Add one."""
        self._put([_cell(record[name]) for name in self._names])

    def _put(self, cells: list[str]) -> None:
        self._csv.writerow(cells)
        self._file.write(self._line.getvalue().encode())
        self._line.seek(0)
        self._line.truncate()

    def close(self) -> None:
        """Write what is left, and close."""
        self._file.close()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.replace("\0", "\ufffd")
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case list():
            return json.dumps(value, ensure_ascii=False).replace("\0", "\ufffd")
        case _:
            return _moment(value)


def _moment(value: Any) -> str:
    said: str = value.isoformat()
    return said.replace("+00:00", "Z")


class TextWriter:
    """All texts in one file, a paragraph a line, with an empty line after each document."""

    def __init__(self, path: Path, name: str, columns: pa.Schema) -> None:
        self._file = _open(path, name)

    def write(self, record: Record) -> None:
        """Add one."""
        self._file.write(record["text"].encode() + b"\n\n")

    def close(self) -> None:
        """Write what is left, and close."""
        self._file.close()


class TextFolderWriter:
    """A file for each document, at the place that its id names."""

    def __init__(self, folder: Path, name: str, columns: pa.Schema) -> None:
        self._folder = folder

    def write(self, record: Record) -> None:
        """Add one."""
        path = self._folder / f"{record['id']}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(record["text"].encode() + b"\n")

    def close(self) -> None:
        """Nothing is left."""


class ParquetWriter:
    """zstd, with the descriptions of the columns in the schema."""

    def __init__(self, path: Path, name: str, columns: pa.Schema) -> None:
        self._columns = columns
        self._rows: list[Record] = []
        self._size = 0
        self._file = pq.ParquetWriter(path, columns, compression="zstd", write_page_checksum=True)

    def write(self, record: Record) -> None:
        """Add one."""
        self._rows.append({name: record[name] for name in self._columns.names})
        self._size += len(record["text"]) + _ROW_CHARACTERS
        if self._size >= _GROUP_CHARACTERS:
            self._put()

    def _put(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._rows, self._columns))
        self._rows, self._size = [], 0

    def close(self) -> None:
        """Write what is left, and close."""
        if self._rows:
            self._put()
        self._file.close()


class DatasetWriter:
    """`data/NAME-00000.parquet` and on, in the folder of a Hugging Face dataset, of some 150 MB each."""

    def __init__(self, folder: Path, name: str, columns: pa.Schema) -> None:
        self._folder, self._name, self._columns = folder / "data", name, columns
        self._folder.mkdir(exist_ok=True)
        self._files = 0
        self._size = 0
        self._writer = self._next()

    def _next(self) -> ParquetWriter:
        path = self._folder / f"{self._name}-{self._files:05d}.parquet"
        self._files += 1
        self._size = 0
        return ParquetWriter(path, path.name, self._columns)

    def write(self, record: Record) -> None:
        """Add one."""
        if self._size >= _FILE_CHARACTERS:
            self._writer.close()
            self._writer = self._next()
        self._writer.write(record)
        self._size += len(record["text"]) + _ROW_CHARACTERS

    def close(self) -> None:
        """Write what is left, and close."""
        self._writer.close()
