"""The two Parquet tables of one shard: where they are, whether they are whole, and how they are read.

The ledger is put in place first and the documents last, and both carry the same commit marker: the digest of the
ledger's rows. So two files whose markers agree are whole, whatever a kill left behind; any others are cleaned again
from their shard. Documents that are written again beside the same ledger have a marker of their own beside it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.archive.rewrites import visible
from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.manifest.file_states import file_states
from flows.store.present import present
from flows.tables.days import Days
from flows.tables.earlier_rows import as_today, is_earlier
from flows.tables.schema import DOCUMENTS, LEDGER
from flows.tables.sums import sums_fit, sums_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from flows.tables.rows import PageRows

COMMIT_MARKER = b"sito.seal"
"""Key in the footer of both files; its bytes are those of the first release."""
OWN_MARKER = b"sito.documents"
"""Key in the footer of the documents: the digest of their rows."""
FORM = b"sito.form"
"""Key in the footer of the documents; the value is that of `flows.pipeline.form`, if all rows are of it."""
DAYS = b"sito.days"
"""Key in the footer of the documents; the value is that of `Days.to_json`."""
_SUFFIX = ".parquet"
_BACKUP = ".before"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, MemoryError, pa.ArrowException)
"""What reading a damaged Parquet file raises; its footer has no checksum."""


class DamagedTables(SitoError):  # noqa: N818 - a state of the files
    """Tables that cannot be read to their end; `reason` says why in one line."""

    def __init__(self, said: str, reason: str = "") -> None:
        super().__init__(said)
        self.reason = reason


@dataclass(frozen=True)
class ShardSummary:
    """What whole tables say of their pages.

    The marker that tells these tables from others, versions of the cleaners, digests of corrections, and the text from
    which the pages by day are read when they are asked for.
    """

    marker: str
    versions: frozenset[str]
    corrections: frozenset[str | None]
    days_text: str

    @cached_property
    def days(self) -> Days:
        """The pages by day."""
        return Days.from_json(self.days_text)


@dataclass(frozen=True, slots=True)
class ShardTables:
    """The two files of one shard."""

    documents: Path
    ledger: Path

    @classmethod
    def of(cls, data: Path, source: str, shard: str) -> ShardTables:
        """The tables of the shard with this file name."""
        name = shard.removesuffix(".warc.gz") + _SUFFIX
        clean = data / "clean"
        return cls(clean / "documents" / f"source={source}" / name, clean / "ledger" / f"source={source}" / name)

    def backup(self) -> ShardTables:
        """Where `back_up` keeps both while the shard is cleaned again, to measure the changes in the end."""
        return ShardTables(*(path.with_name(f".{path.name}{_BACKUP}") for path in (self.documents, self.ledger)))

    def back_up(self) -> None:
        """Keep both files under a second name, where they are whole."""
        if self.versions() is not None:
            for path, second in ((self.documents, self.backup().documents), (self.ledger, self.backup().ledger)):
                second.unlink(missing_ok=True)
                try:
                    second.hardlink_to(path)
                except OSError:  # a file system without links
                    shutil.copyfile(path, second)

    def versions(self) -> frozenset[str] | None:
        """The versions of the cleaners that judged the pages; None unless both files are there and match."""
        summary = self.summarize()
        return None if summary is None else summary.versions

    def summarize(self) -> ShardSummary | None:
        """What the two files say of themselves; None unless both are there and match."""
        try:
            with _open(self.documents) as documents, _open(self.ledger) as ledger:
                of_documents, of_ledger = (file.metadata.metadata or {} for file in (documents, ledger))
                seal = of_documents.get(COMMIT_MARKER)
                if seal is None or seal != of_ledger.get(COMMIT_MARKER):
                    return None
                marker = str(seal + of_documents.get(OWN_MARKER, b""), "utf-8")
                versions = frozenset(_column(documents, "cleaners"))
                has_corrections = "corrections" in documents.schema_arrow.names  # earlier releases knew none
                corrections = frozenset(_column(documents, "corrections") if has_corrections else [None])
                if DAYS in of_documents:
                    days = Days.from_json(of_documents[DAYS].decode())  # it must be one
                    return ShardSummary(marker, versions, corrections, days.to_json())
            days = Days()  # an earlier release did not write them
            for page in self.pages():
                days.add(*page)
            return ShardSummary(marker, versions, corrections, days.to_json())
        except (*UNREADABLE, DamagedTables):
            return None

    def marker(self) -> str | None:
        """What both files hold, as a digest; None unless both are there and match."""
        try:
            with _open(self.documents) as documents, _open(self.ledger) as ledger:
                of_documents, of_ledger = (file.metadata.metadata or {} for file in (documents, ledger))
            if (seal := of_documents.get(COMMIT_MARKER)) != of_ledger.get(COMMIT_MARKER) or not seal:
                return None
            return str(seal + of_documents.get(OWN_MARKER, b""), "utf-8")
        except UNREADABLE:
            return None

    def form(self) -> str | None:
        """The form of all rows; None: not known, or not one."""
        try:
            with _open(self.documents) as documents:
                value: Any = (documents.metadata.metadata or {}).get(FORM)
                return str(value, "utf-8") if value else None
        except UNREADABLE:
            return None

    def may_hold(self, wanted: Callable[[datetime], bool]) -> bool:
        """Whether the shard holds a page with a wanted time of capture; True where the tables cannot tell."""
        if self.versions() is None:
            return True
        try:
            with _open(self.documents) as documents:
                return any(map(wanted, _column(documents, "fetched_at")))
        except UNREADABLE:
            return True

    @staticmethod
    def shards(data: Path, source: str) -> list[str]:
        """The names of the shards that have documents, sorted, without those that were rewritten into others.

        Raises SitoError where it cannot be read which ones were.
        """
        return sorted(table_states(data, source, "documents"))

    def remove(self) -> bool:
        """Remove both files and what belongs to them; gives whether any was there. Raises OSError."""
        removed = False
        for path in (self.documents, self.ledger, sums_path(self.ledger)):
            removed |= path.exists()
            path.unlink(missing_ok=True)
        return removed

    def pages(self) -> Iterator[PageRows]:
        """Every documents row with its ledger rows, in the order of the shard, a few row groups in memory.

        Raises DamagedTables, after the pages before the damage, where a file cannot be read to its end or comes from a
        release whose columns cannot be read as today's.
        """
        with self.reading() as (documents, ledger):
            lines = _rows(ledger, LEDGER)
            line = next(lines, None)
            for row in _rows(documents, DOCUMENTS):
                own: list[dict[str, Any]] = []
                while line is not None and line["offset"] == row["offset"]:
                    own.append(line)
                    line = next(lines, None)
                yield row, own
            if line is not None:
                raise pa.ArrowInvalid(f"the ledger has lines of a page at offset {line['offset']}, documents not")

    def page(self, offset: int) -> PageRows | None:
        """The rows of the page at this offset of the shard; None where there is none. Raises DamagedTables."""
        with self.reading() as (documents, ledger):
            row = next(_rows(documents, DOCUMENTS, offset), None)
            return None if row is None else (row, list(_rows(ledger, LEDGER, offset)))

    @contextmanager
    def reading(self) -> Iterator[tuple[pq.ParquetFile, pq.ParquetFile]]:
        """Both files, open; what reading damaged ones raises in the block becomes DamagedTables."""
        try:
            with _open(self.documents) as documents, _open(self.ledger) as ledger:
                yield documents, ledger
        except UNREADABLE as error:
            reason = one_line(str(error), 300)
            said = f"{self.documents}, or its ledger, cannot be read ({reason}); reprocessing from raw rebuilds both"
            raise DamagedTables(said, reason) from error

    def readable(self) -> bool:
        """Whether both are whole, by their digests; without these, by the checksums of their pages. Quick."""
        marker = self.marker()
        if marker is None:
            return False
        try:
            if (fit := sums_fit(self.documents, self.ledger, marker)) is not None:
                return fit
            for path in (self.documents, self.ledger):
                with _open(path) as file:
                    for group in range(file.num_row_groups):
                        file.read_row_group(group)
        except UNREADABLE:
            return False
        return True


def left_backups(data: Path, source: str) -> list[Path]:
    """The backups of a source's tables: without a run that holds its lock, those that a killed one left."""
    return _hidden(data, source, _BACKUP)


def _hidden(data: Path, source: str, suffix: str) -> list[Path]:
    return [
        folder / name
        for folder in sorted((data / "clean").glob(f"*/source={source}"))
        for name in sorted(os.listdir(folder))  # noqa: PTH208 - a path for each file would take four times as long
        if name.startswith(".") and name.endswith(suffix)
    ]


def table_states(data: Path, source: str, table: Literal["documents", "ledger"]) -> dict[str, str]:
    """The state of each shard's file of a table, by the shard's name, as `ShardTables.shards` lists them."""
    found: dict[str, str] = {}

    def there() -> set[str]:
        found.clear()
        states = file_states(data / "clean" / table / f"source={source}", (_SUFFIX,))
        found.update((f"{name.removesuffix(_SUFFIX)}.warc.gz", state) for name, state in states.items())
        return set(found)

    return {shard: found[shard] for shard in visible(data / "raw" / source, there)}


def remove_partial(data: Path, source: str) -> list[str]:
    """Remove half-written tables of a source and all backups, under its lock; gives the names of the half-written."""
    for backup in left_backups(data, source):
        backup.unlink(missing_ok=True)
    parts = _hidden(data, source, ".part")
    for part in parts:
        part.unlink(missing_ok=True)
    return [part.name for part in parts]


def _open(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(present(path), page_checksum_verification=True)


def _column(file: pq.ParquetFile, name: str) -> list[Any]:
    values: list[Any] = file.read(columns=[name])[name].to_pylist()
    return values


def _rows(file: pq.ParquetFile, schema: pa.Schema, offset: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows with today's columns, all or those of the page at `offset`.

    A column that an earlier release did not have is null or an empty list, if allowed.
    """
    stored = file.schema_arrow
    defaults: dict[str, Any] = {field.name: [] if pa.types.is_list(field.type) else None for field in schema}
    for field in schema:
        if field.name not in stored.names and defaults[field.name] is None and not field.nullable:
            raise pa.ArrowInvalid(f"it has no column {field.name}")
        own = stored.field(field.name) if field.name in stored.names else field
        if own.type != field.type and not is_earlier(own):
            raise pa.ArrowInvalid(f"its column {field.name} is {own.type}")
    for group in range(file.num_row_groups):
        rows = file.read_row_group(group)
        if offset is not None:
            rows = rows.filter(pc.equal(rows["offset"], offset))
        for row in rows.to_pylist():
            yield {name: row.get(name, default) for name, default in defaults.items()} | as_today(row)
