"""The raw archive of one source: `raw/<source>/` with its lock, its shards and their indexes."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.archive.cdxj import INDEX_SUFFIX, SHARD_SUFFIX, make_index
from flows.archive.checked import Checked
from flows.archive.gzip_members import member_ends
from flows.archive.indexing import PART_SUFFIX, mend_index, sync_folder
from flows.archive.remembered_shards import RememberedShards
from flows.archive.rewrites import load_rewrites, remove_shard, visible
from flows.archive.shard_writer import ShardWriter, make_folder, place
from flows.common.errors import SitoError
from flows.manifest.file_states import file_states
from flows.manifest.manifest import Manifest
from flows.store.held import held
from flows.store.present import is_present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flows.archive.captured_index import CapturedIndex
    from flows.archive.cdxj import CdxjEntry

SHARD_BYTES = 64 * 2**20

_FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)


class Archive:
    """The shards of one source under `data`/raw. Nothing is created on the disk before `lock`."""

    def __init__(self, data: Path, source: str, shard_bytes: int = SHARD_BYTES) -> None:
        self.folder = data / "raw" / source
        self._data, self._source = data, source
        self._shard_bytes = shard_bytes
        self.manifest = Manifest(data, source)
        self._remembered = RememberedShards(self.folder, self.manifest)
        self._as_found: dict[str, str] | None = None  # `_states`, as long as nothing of it has changed under the lock
        self.gone: set[str] = set()
        """Addresses of captures that `recover` and `mend` found to be lost; some may be held elsewhere."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other run out of this source. Raises SitoError if one is in, or raw/ is not writable.

        The lock ends with the process that holds it. A file system without such locks is refused: a lock file that
        merely exists would lock everybody out for ever once a run on another machine was killed. In a store, its lease
        is taken too; the folder is brought up to date, and what changed is published in the end.
        """
        with held(self._data, self._source), self._lock_file():
            yield

    @contextmanager
    def _lock_file(self) -> Iterator[None]:
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
            self._as_found = None
            lock.release()

    def recover(self) -> list[str]:
        """Repair what a killed run left, under the lock.

        Half-written shards are completed up to their last whole record, half-written indexes are removed, and those
        that are missing, not complete or of another shard are rebuilt; nothing else is touched. Shards that are as the
        manifest knows them are not opened. What is there in the end is not looked at again until this object writes
        something: who changes shards otherwise makes another one. Returns a sentence for each repair, and for each
        shard that is known to be damaged; SitoError if writing fails.
        """
        done: list[str] = []
        making = load_rewrites(self.folder).making
        try:
            if making is not None and remove_shard(self.folder / making):
                done.append(f"{self.folder / making}: its making out of other shards was not finished, removed")
            parts = [self.folder / name for name in self._listed() if name.endswith(PART_SUFFIX)]
            for part in parts:
                if part.name.endswith(INDEX_SUFFIX + PART_SUFFIX):
                    part.unlink()
                    done.append(f"{part}: half-written, removed")
            done += [self._salvage(part) for part in parts if part.name.endswith(SHARD_SUFFIX + PART_SUFFIX)]
            states = self._states()
            others = self._remembered.not_known_whole(states)
            for name in others:
                done += self._mend(self.folder / name)
            self._as_found = None if others else states
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

        Only what is on this machine: a store keeps its objects whole itself, and `sito check` reads them.
        The index of one that changed is rebuilt from what is good. Returns the shards, and a sentence for each that was
        damaged. Raises SitoError if something cannot be written.
        """
        checked = Checked(self.folder)
        names = self.names()
        said: list[str] = []
        read = [self.folder / name for name in checked.due([name for name in names if is_present(self.folder / name)])]
        try:
            for shard in read:
                found = self._mend(shard, thorough=True)
                checked.mark(shard.name, whole=not found)
                said += found
            checked.save(names)
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
        if said is not None:
            self._as_found = None
        return [] if said is None else [said]

    def captured(self) -> CapturedIndex:
        """The captures in the shards, as the manifest knows them, and the rest from the shards' indexes.

        Raises SitoError for an index that cannot be read. Without a manifest, half a dozen seconds and 220 MB for a
        million pages.
        """
        return self._remembered.captured(self._states())

    def remember(self) -> CapturedIndex:
        """Bring the manifest up to what the shards hold, under the lock; otherwise like `captured`."""
        states = self._states()
        self._remembered.keep(states)
        return self._remembered.captured(states)

    def is_manifest_right(self, entries: Mapping[Path, Iterable[CdxjEntry]]) -> bool:
        """Whether the manifest says of the shards what these, read from the shards themselves, say; under the lock."""
        return self._remembered.is_right(self._states(), entries)

    def _states(self) -> dict[str, str]:
        """Of each shard, the states of its file and of its index, by which the manifest knows it; oldest first."""
        if self._as_found is not None:
            return self._as_found
        found: dict[str, str] = {}

        def there() -> set[str]:
            found.clear()
            found.update(file_states(self.folder, (SHARD_SUFFIX, INDEX_SUFFIX)))
            return {name for name in found if name.endswith(SHARD_SUFFIX)}

        names = visible(self.folder, there)
        return {name: f"{found[name]} {found.get(name.removesuffix(SHARD_SUFFIX) + INDEX_SUFFIX)}" for name in names}

    def writer(self, captured: CapturedIndex) -> ShardWriter:
        """A context manager that writes new shards and adds them to `captured`: one for each thread."""
        self._as_found = None
        return ShardWriter(self.folder, self._source, captured, self._shard_bytes)

    def shards(self) -> list[Path]:
        """The complete shards, oldest first, without those that were rewritten into others.

        Raises SitoError where it cannot be read which ones were.
        """
        return [self.folder / name for name in self.names()]

    def names(self) -> list[str]:
        """Their file names: a third of the time, where there are thousands."""
        if self._as_found is not None:
            return list(self._as_found)
        return visible(self.folder, lambda: {name for name in self._listed() if name.endswith(SHARD_SUFFIX)})

    def _listed(self) -> list[str]:
        try:
            return sorted(os.listdir(self.folder))  # noqa: PTH208 - a path for each would take four times as long
        except FileNotFoundError:
            return []

    def sizes(self) -> dict[str, int]:
        """Their sizes in bytes, by name, oldest first."""
        return {name: int(state.partition(".")[0]) for name, state in self._states().items()}


def _unwritable(folder: Path, error: OSError) -> SitoError:
    reason = error.strerror or error
    remedy = "free some space" if error.errno in _FULL else "fix its permissions"
    return SitoError(f"{folder}: cannot be written: {reason}; {remedy}, or choose another folder with --data")
