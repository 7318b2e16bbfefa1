"""The raw archive of one source: `raw/<source>/` with its lock, its shards and their indexes."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.archive.captured_index import CapturedIndex
from flows.archive.cdxj import INDEX_SUFFIX, SHARD_SUFFIX, make_index, read_entries, read_seal
from flows.archive.checked import Checked
from flows.archive.gzip_members import member_ends
from flows.archive.held_captures import HeldCaptures
from flows.archive.indexing import PART_SUFFIX, mend_index, sync_folder
from flows.archive.pruned_versions import read_pruned
from flows.archive.rewrites import is_rewritten, load_rewrites, remove_shard, visible
from flows.archive.shard_writer import ShardWriter, make_folder, place
from flows.common.errors import SitoError
from flows.manifest.file_states import file_states
from flows.manifest.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from sqlite3 import Connection

    from flows.archive.cdxj import CdxjEntry
    from flows.archive.held_captures import Entries

SHARD_BYTES = 64 * 2**20

_AT_ONCE = 256  # shards whose captures are held in memory before they are written to the manifest
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)


class Archive:
    """The shards of one source under `data`/raw. Nothing is created on the disk before `lock`."""

    def __init__(self, data: Path, source: str, shard_bytes: int = SHARD_BYTES) -> None:
        self.folder = data / "raw" / source
        self._source = source
        self._shard_bytes = shard_bytes
        self.manifest = Manifest(data, source)
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
            states = self._states()
            known = dict(self.manifest.rows("SELECT name, state FROM shards WHERE whole"))
            for name in sorted(states):
                if known.get(name) != states[name]:
                    done += self._mend(self.folder / name)
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
        names = self.names()
        said: list[str] = []
        read = [self.folder / name for name in checked.due(names)]
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
        return [] if said is None else [said]

    def captured(self) -> CapturedIndex:
        """The captures in the shards, as the manifest knows them, and the rest from the shards' indexes.

        Raises SitoError for an index that cannot be read. Without a manifest, half a dozen seconds and 220 MB for a
        million pages.
        """
        return self._captured(self._states())

    def remember(self) -> CapturedIndex:
        """Bring the manifest up to what the shards hold, under the lock; otherwise like `captured`."""
        states = self._states()
        held, others = self._held(states)
        if others or held is None:
            self.manifest.write(lambda connection: self._keep(connection, held, others, states))
        return self._captured(states)

    def _captured(self, states: dict[str, str]) -> CapturedIndex:
        held, others = self._held(states)
        captured = CapturedIndex(held)
        for name in others:
            self._add(captured, name)
        return captured

    def is_known_right(self, entries: Mapping[Path, Iterable[CdxjEntry]]) -> bool:
        """Whether the manifest says of the shards what these, read from the shards themselves, say; under the lock.

        One that says nothing, or is of other states of the shards, is not wrong: it will be made anew.
        """
        held, _ = self._held(self._states())
        if held is None:
            return True
        captured = CapturedIndex()
        for name in held.shards:
            self._add(captured, name, entries.get(self.folder / name, ()))
        pages, found = len(captured), captured.take_new()
        return (
            pages == held.pages
            and found.captured == dict(self.manifest.rows("SELECT key, entry FROM captured"))
            and found.queries == dict(self.manifest.rows("SELECT key, query FROM queries"))
            and found.pruned == {key for (key,) in self.manifest.rows("SELECT key FROM pruned")}
        )

    def _keep(
        self, connection: Connection, held: HeldCaptures | None, others: list[str], states: dict[str, str]
    ) -> None:
        if held is None:
            for table in ("shards", "captured", "queries", "pruned"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
            held = HeldCaptures(self.manifest, [], 0)
        captured = CapturedIndex(HeldCaptures(self.manifest, held.shards, held.pages))
        for start in range(0, len(others), _AT_ONCE):
            part = others[start : start + _AT_ONCE]
            for name in part:
                self._add(captured, name)
            new = captured.take_new()
            connection.executemany("INSERT OR REPLACE INTO captured VALUES (?, ?)", sorted(new.captured.items()))
            connection.executemany("INSERT OR REPLACE INTO queries VALUES (?, ?)", sorted(new.queries.items()))
            connection.executemany("INSERT OR REPLACE INTO pruned VALUES (?)", [(key,) for key in sorted(new.pruned)])
            connection.executemany(
                "INSERT INTO shards VALUES (?, ?, ?, ?)",
                [(captured.number_of(name), name, states[name], self._is_whole(name)) for name in part],
            )
        connection.execute("INSERT OR REPLACE INTO facts VALUES ('pages', ?)", (str(len(captured)),))

    def _is_whole(self, name: str) -> bool:
        seal = read_seal(self.folder / name)
        return seal is not None and seal.damage is None

    def _held(self, states: dict[str, str]) -> tuple[HeldCaptures | None, list[str]]:
        """What the manifest knows of the shards with these states, and the names of those that it does not know.

        None: all are to be read, as one that it knows was changed or is gone, or an unknown one comes before others.
        """
        known = self.manifest.rows("SELECT name, state FROM shards ORDER BY number")
        pages = self.manifest.rows("SELECT value FROM facts WHERE name = 'pages'")
        names = [name for name, _ in known]
        others = sorted(states.keys() - set(names))
        later = not others or not names or others[0] > names[-1]
        if not pages or not later or any(states.get(name) != state for name, state in known):
            return None, sorted(states)
        return HeldCaptures(self.manifest, names, int(pages[0][0]), lambda: self._read(names)), others

    def _read(self, names: list[str]) -> Entries:
        captured = CapturedIndex()
        for name in names:
            self._add(captured, name)
        return captured.take_new()

    def _add(self, captured: CapturedIndex, name: str, entries: Iterable[CdxjEntry] | None = None) -> None:
        """Add the captures of a shard, None: those of its index; it gets the next number, whatever it holds."""
        captured.number_of(name)
        shard = self.folder / name
        for entry in read_entries(shard) if entries is None else entries:
            captured.add(*entry[:5], name, entry.offset)
        for version in read_pruned(shard) if is_rewritten(name) else ():
            captured.prune(version.url, version.digest)

    def _states(self) -> dict[str, str]:
        """Of each shard, the states of its file and of its index, by which the manifest knows it; oldest first."""
        found: dict[str, str] = {}

        def there() -> set[str]:
            found.clear()
            found.update(file_states(self.folder, (SHARD_SUFFIX, INDEX_SUFFIX)))
            return {name for name in found if name.endswith(SHARD_SUFFIX)}

        names = visible(self.folder, there)
        return {name: f"{found[name]} {found.get(name.removesuffix(SHARD_SUFFIX) + INDEX_SUFFIX)}" for name in names}

    def writer(self, captured: CapturedIndex) -> ShardWriter:
        """A context manager that writes new shards and adds them to `captured`: one for each thread."""
        return ShardWriter(self.folder, self._source, captured, self._shard_bytes)

    def shards(self) -> list[Path]:
        """The complete shards, oldest first, without those that were rewritten into others.

        Raises SitoError where it cannot be read which ones were.
        """
        return [self.folder / name for name in self.names()]

    def names(self) -> list[str]:
        """Their file names: a third of the time, where there are thousands."""
        return visible(self.folder, self._names)

    def _names(self) -> set[str]:
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 - a path for each file would take four times as long
        except FileNotFoundError:
            return set()
        return {name for name in names if name.endswith(SHARD_SUFFIX)}

    def sizes(self) -> dict[str, int]:
        """Their sizes in bytes, by name, oldest first."""
        return {name: int(state.partition(".")[0]) for name, state in self._states().items()}


def _unwritable(folder: Path, error: OSError) -> SitoError:
    reason = error.strerror or error
    remedy = "free some space" if error.errno in _FULL else "fix its permissions"
    return SitoError(f"{folder}: cannot be written: {reason}; {remedy}, or choose another folder with --data")
