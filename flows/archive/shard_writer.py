"""Writes shards: a shard has its final name only when it is complete.

A shard grows under a name that no reader looks at, and every capture is passed to the operating system as soon as it is
written. What a killed run leaves there, the next one keeps (`place`), because a fetched page must not be requested
again. Closing a shard syncs the shard, syncs the index, renames the shard, renames the index and syncs the folder. The
shard comes first: an index without its shard would count pages as captured that are lost, while an index that is
missing is simply rebuilt by the next run.
"""

from __future__ import annotations

import os
import zlib
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Self

from flows.archive.captured_index import CapturedIndex, CapturedPage
from flows.archive.cdxj import SHARD_SUFFIX, index_path, make_index
from flows.archive.index_seal import sealed
from flows.archive.indexing import part_path, reindex, sync_folder, write_synced
from flows.archive.payload import payload_digest
from flows.archive.shard_reader import holds
from flows.common.errors import SitoError
from flows.common.page_types import NOT_MODIFIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from warcio.recordloader import ArcWarcRecord

    from flows.common.page_types import Capture

_Entry = tuple[str, str, datetime, int | None, bool, str, int]
"""The arguments of `CapturedIndex.add`."""


class ShardWriter:
    """Writes the captures of one source into shards, a new one whenever `shard_bytes` are reached.

    For one thread. `shards` names those completed so far; their pages are added to `captured` then, so that no
    other shard refers to a record that may still be lost. If writing fails, SitoError says what and where; the earlier
    shards stay, and the next run recovers the complete records of the open one.
    """

    def __init__(self, folder: Path, source: str, captured: CapturedIndex, shard_bytes: int) -> None:
        self.shards: list[str] = []
        self._folder = folder
        self._source = source
        self._captured = captured
        self._shard_bytes = shard_bytes
        self._open: _OpenShard | None = None

    def add(self, capture: Capture) -> bool:
        """Archive one capture: True for a new payload, False if its address gave the same before (a revisit).

        Raises BadAddressError for an address that cannot be archived, ValueError for a 304 of an address
        without an earlier capture; nothing is written then.
        """
        from flows.archive.warc_records import info, records

        if capture.status == NOT_MODIFIED:
            known = self.captured(capture.url)
            if known is None or self._original(capture.url, known.digest) is None:
                raise ValueError("answered 304, but nothing is archived for this address")
            digest = known.digest
        else:
            digest = payload_digest(capture.body)
        original = self._original(capture.url, digest)
        made = list(records(capture, digest, original))
        with self._refusals():
            if self._open is None:
                self._open = _OpenShard(self._folder)
                self._open.write([info(self._source, self._open.path.name)])
            offset = self._open.end
            self._open.write(made)
        name = self._open.path.name
        self._open.learn((capture.url, digest, capture.at, capture.status, original is not None, name, offset))
        if self._open.end >= self._shard_bytes:
            self._close()
        return original is None

    def captured(self, url: str) -> CapturedPage | None:
        """The latest good capture of an address, the open shard included."""
        return (self._open.captured.get(url) if self._open else None) or self._captured.get(url)

    def _original(self, url: str, digest: str) -> datetime | None:
        """When the payload was first archived for the address, if that record is there: a revisit points at no other.

        Where it is not, the index of its shard is made anew, so that the pages that are gone are captured again.
        """
        if self._open and (found := self._open.captured.original(url, digest)):
            return found.at
        found = self._captured.original(url, digest)
        if found is None:
            return None
        shard = self._folder / found.shard
        if holds(shard, found.offset, digest):
            return found.at
        self._captured.forget(url)
        if shard.exists():
            with self._refusals():
                reindex(shard)
        return None

    def twin(self, url: str, digest: str) -> str | None:
        """Another address with the same payload that differs only in its query, the open shard included."""
        return (self._open.captured.twin(url, digest) if self._open else None) or self._captured.twin(url, digest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Also after an error elsewhere: the records are complete, and their pages need not be fetched again.
        self._close()

    def _close(self) -> None:
        if self._open is not None:
            with self._refusals():
                published = self._open.publish()
            if published:
                self.shards.append(self._open.path.name)
            for entry in self._open.learned:
                self._captured.add(*entry)
            self._open = None

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            shard, self._open = self._open, None
            if shard is not None:
                shard.abandon()
            raise SitoError(
                f"{self._folder}: cannot write a shard: {error.strerror or error}; free some space or "
                "fix the permissions, then run again: every complete record is kept"
            ) from error


class Members:
    """Writes a gzip member for each record; warcio flushes at the end of a record.

    warcio itself compresses at level 9: on news pages that takes twice the time of level 6, for 1 % less space.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._member: zlib._Compress | None = None

    def write(self, data: bytes) -> None:
        """Add to the member."""
        if self._member is None:
            self._member = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        self._file.write(self._member.compress(data))

    def flush(self) -> None:
        """End the member, and pass it to the operating system."""
        if self._member is not None:
            self._file.write(self._member.flush())
            self._member = None
        self._file.flush()


class _OpenShard:
    """A shard that grows under its part name."""

    def __init__(self, folder: Path) -> None:
        from warcio.warcwriter import WARCWriter

        make_folder(folder)
        # Sorts by time; the microseconds serve as a sequence number, as two shards cannot begin in the same one.
        while True:
            self.path = folder / datetime.now(UTC).strftime(f"%Y%m%dT%H%M%SZ-%f{SHARD_SUFFIX}")
            with suppress(FileExistsError):
                self._part = part_path(self.path)
                self._file = self._part.open("xb")
                break
        self._warc = WARCWriter(Members(self._file), gzip=False, warc_version="1.1")
        self.end = 0
        self.captured = CapturedIndex()
        self.learned: list[_Entry] = []

    def write(self, records: Iterable[ArcWarcRecord]) -> None:
        """Append the records of one capture."""
        for record in records:
            self._warc.write_record(record)
        self.end = self._file.tell()

    def learn(self, entry: _Entry) -> None:
        """Remember a capture in this shard."""
        self.captured.add(*entry)
        self.learned.append(entry)

    def publish(self) -> bool:
        """Sync the shard and its index and give them their final names; resumes after an interrupt.

        False: an interrupt came before its first record, and the empty file is gone.
        """
        self._close()
        if not self.end:
            self._part.unlink(missing_ok=True)
            return False
        place(self._part, self.path)
        return True

    def abandon(self) -> None:
        """Leave the shard under its part name, up to its last complete capture."""
        with suppress(OSError):  # closing flushes the buffer, which has just failed
            self._close()

    def _close(self) -> None:
        if not self._file.closed:
            self._file.truncate(self.end)  # an interrupt may have come in the middle of a record
            self._file.close()


def place(part: Path, shard: Path, *, damaged_too: bool = False) -> None:
    """Give the shard at `part` its final name, with its index; resumes an earlier call that was interrupted.

    Raises OSError if writing fails and, unless `damaged_too`, if the shard does not read back as it was written.
    """
    index = index_path(shard)
    if part.exists():
        with part.open("rb") as file:
            os.fsync(file.fileno())
        lines, damage = make_index(part, shard.name)
        if damage and not damaged_too:
            raise OSError(f"what was written reads back damaged {damage}")
        write_synced(part_path(index), sealed(part, lines, damage))
        part.rename(shard)
    if part_path(index).exists():
        part_path(index).rename(index)
    sync_folder(shard.parent)


def make_folder(folder: Path) -> None:
    """Make a folder if it is missing, and wait until the name of every new one is on the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)
