"""The raw archive of one source: `raw/<source>/` with its lock, its shards and their indexes."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.archive.captured_index import CapturedIndex
from flows.archive.cdxj import INDEX_SUFFIX, SHARD_SUFFIX, make_index, read_entries
from flows.archive.checked import Checked
from flows.archive.gzip_members import member_ends
from flows.archive.indexing import PART_SUFFIX, mend_index, sync_folder
from flows.archive.pruned_versions import read_pruned
from flows.archive.rewrites import is_rewritten, load_rewrites, remove_shard, visible
from flows.archive.shard_writer import ShardWriter, make_folder, place
from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHARD_BYTES = 64 * 2**20

_FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)


class Archive:
    """The shards of one source under `data`/raw. Nothing is created on the disk before `lock`."""

    def __init__(self, data: Path, source: str, shard_bytes: int = SHARD_BYTES) -> None:
        self.folder = data / "raw" / source
        self._source = source
        self._shard_bytes = shard_bytes
        self.gone: set[str] = set()
        """Addresses of captures that `recover` and `mend` found to be lost; some may be held elsewhere."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other run out of this source. Raises SitoError if one is in, or raw/ is not writable.

        The lock ends with the process that holds it. A file system without such locks is refused: a lock file that
        merely exists would lock everybody out for ever once a run on another machine was killed.
        """
        lock = FileLock(self.folder / ".lock", timeout=0, thread_local=False, fallback_to_soft=False)
        try:
            make_folder(self.folder)
            lock.acquire()
        except Timeout as error:
            raise SitoError(
                f"source {self._source}: another run is using {self.folder}; wait until it has finished, or stop it"
            ) from error
        except OSError as error:
            if error.errno in _NO_LOCKS:
                raise SitoError(
                    f"{self.folder}: cannot be locked against other runs, its file system does not support locks "
                    f"({error.strerror}); choose a folder on another one with --data"
                ) from error
            raise _unwritable(self.folder, error) from error
        try:
            yield
        finally:
            lock.release()

    def recover(self) -> list[str]:
        """Repair what a killed run left, under the lock.

        Half-written shards are completed up to their last whole record, half-written indexes are removed, and those
        that are missing, not complete or of another shard are rebuilt; nothing else is touched. Returns a sentence for
        each repair, and for each shard that is known to be damaged; SitoError if writing fails.
        """
        done: list[str] = []
        making = load_rewrites(self.folder).making
        try:
            if making is not None and remove_shard(self.folder / making):
                done.append(f"{self.folder / making}: its making out of other shards was not finished, removed")
            for part in sorted(self.folder.glob(f"*{INDEX_SUFFIX}{PART_SUFFIX}")):
                part.unlink()
                done.append(f"{part}: half-written, removed")
            done += map(self._salvage, sorted(self.folder.glob(f"*{SHARD_SUFFIX}{PART_SUFFIX}")))
            for shard in self.shards():
                done += self._mend(shard)
            if done:
                sync_folder(self.folder)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        return done

    def _salvage(self, part: Path) -> str:
        shard = part.with_name(part.name.removesuffix(PART_SUFFIX))
        lines, _ = make_index(part, shard.name)
        if not lines:
            part.unlink()
            return f"{part}: half-written, without a complete page, removed"
        with part.open("r+b") as file:
            file.truncate(max(member_ends(file)))
        place(part, shard, damaged_too=True)
        return f"{part}: half-written, recovered with its {len(lines.splitlines()):,} complete captures"

    def check_share(self) -> tuple[list[Path], list[str]]:
        """Read the shards that were never compared with their indexes, and some of the others; under the lock.

        The index of one that changed is rebuilt from what is good. Returns the shards, and a sentence for each that was
        damaged. Raises SitoError if something cannot be written.
        """
        checked = Checked(self.folder)
        shards = self.shards()
        said: list[str] = []
        read = checked.due(shards)
        try:
            for shard in read:
                found = self._mend(shard, thorough=True)
                checked.mark(shard.name, whole=not found)
                said += found
            checked.save(shards)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        return read, said

    def mend(self, shard: Path) -> list[str]:
        """Compare a shard with its index byte by byte, and rebuild the index where they differ; under the lock.

        Returns a sentence for what was found; SitoError if the index cannot be written.
        """
        try:
            return self._mend(shard, thorough=True)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def _mend(self, shard: Path, *, thorough: bool = False) -> list[str]:
        said, gone = mend_index(shard, thorough=thorough)
        self.gone |= gone
        return [] if said is None else [said]

    def captured(self) -> CapturedIndex:
        """The captures in the shards, from their indexes. Raises SitoError for an index that cannot be read.

        Half a dozen seconds and 220 MB for a million pages.
        """
        captured = CapturedIndex()
        for shard in self.shards():
            for entry in read_entries(shard):
                captured.add(*entry[:5], shard.name, entry.offset)
            for version in read_pruned(shard) if is_rewritten(shard.name) else ():
                captured.prune(version.url, version.digest)
        return captured

    def writer(self, captured: CapturedIndex) -> ShardWriter:
        """A context manager that writes new shards and adds them to `captured`: one for each thread."""
        return ShardWriter(self.folder, self._source, captured, self._shard_bytes)

    def shards(self) -> list[Path]:
        """The complete shards, oldest first, without those that were rewritten into others.

        Raises SitoError where it cannot be read which ones were.
        """
        names = visible(self.folder, lambda: {path.name for path in self.folder.glob(f"*{SHARD_SUFFIX}")})
        return [self.folder / name for name in names]


def _unwritable(folder: Path, error: OSError) -> SitoError:
    reason = error.strerror or error
    remedy = "free some space" if error.errno in _FULL else "fix its permissions"
    return SitoError(f"{folder}: cannot be written: {reason}; {remedy}, or choose another folder with --data")
