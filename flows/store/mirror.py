"""The working folder of a store, one scope of it: brought up to date with what is published."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from flows.common.errors import SitoError
from flows.manifest.file_states import file_state
from flows.store.known_tables import take_known
from flows.store.listing import MOST_BYTES, Listing, Published, object_key
from flows.store.objects import Conflict, Missing, Objects
from flows.store.record import Known, Record
from flows.store.scope import in_order, is_lazy, is_of_run
from flows.store.stand_ins import fill, part_of, stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flows.store.address import StoreAddress
    from flows.store.objects import Version
    from flows.store.scope import Scope

    Tell = Callable[[int, int], None]

__all__ = ["Mirror", "at_once", "fetch_file"]

TRIES = 5
"""How often the listing is read again because files that it named went while they were fetched."""
_AT_ONCE = 8
_REWRITES = "/.rewrites.json"
T = TypeVar("T")


class Mirror:
    """One scope of a store in its working folder. Raises SitoError where the store or the folder cannot be used."""

    def __init__(self, at: StoreAddress, data: Path, scope: Scope) -> None:
        self.at, self.data, self.scope = at, data, scope
        self.record = Record(data)
        self.where = f"{at.address}/{scope.listing}"

    @cached_property
    def objects(self) -> Objects:
        """The objects of the store."""
        return Objects(self.at)

    def pull(self) -> None:
        """Bring the folder up to what is published; what was made here and is not published yet stays.

        The caller keeps other processes of this machine from the scope.
        """
        went: Exception | None = None
        for _ in range(TRIES):
            found = self.listing(self.record.version(self.scope.name)[0])
            try:
                if found is None:
                    self._bring_back()
                else:
                    self._take(*found)
                return
            except (Missing, Conflict) as error:
                went = error
            except OSError as error:
                raise SitoError(f"{self.data}: cannot be written ({error.strerror or error})") from error
        raise SitoError(
            f"{self.at.address}/{went}: is not what {self.scope.listing} names. Either another run publishes again and "
            "again, or somebody changed objects by hand; `sito check` names them"
        )

    def listing(self, version: Version | None = None) -> tuple[Listing, Version] | None:
        """What is published now; None: it is of that version, or nothing was published ever."""
        try:
            found = self.objects.read(self.scope.listing, MOST_BYTES, version)
        except Missing:
            if version is None:
                return None
            raise SitoError(
                f"{self.where}: is gone, and was there; put it back, or, if all was removed on purpose, remove "
                f"{self.data} too"
            ) from None
        return None if found is None else (Listing.from_bytes(found[0], self.scope, self.where), found[1])

    def _take(self, listing: Listing, version: Version) -> None:
        """Have the files of a listing here: those that are needed at once, and stand-ins of the others."""
        before = self.record.files(self.scope.name)
        here = {name for name, _ in self.scope.files(self.data)}
        wanted = {
            name: of
            for name, of in listing.files.items()
            if name not in here or not self._stays(name, of, before.get(name))
        }
        self._put_here(wanted)
        for name in reversed(in_order(here - listing.files.keys())):
            if name in before or not is_of_run(name):
                (self.data / name).unlink(missing_ok=True)
        known = {
            name: Known(of, file_state(self.data / name), name in wanted and is_lazy(name))
            if name in wanted or name not in before
            else Known(of, before[name].state, before[name].absent)
            for name, of in listing.files.items()
        }
        take_known(self.data, self.scope.name, listing)
        self.record.save(self.scope.name, version, listing, known)

    def _bring_back(self) -> None:
        """Have again what somebody removed here: only what a run removes is removed from the store."""
        known = self.record.files(self.scope.name)
        here = {name for name, _ in self.scope.files(self.data)}
        gone = {name: of.of for name, of in known.items() if name not in here}
        if gone:
            self._put_here(gone)
            again = {name: Known(of, file_state(self.data / name), is_lazy(name)) for name, of in gone.items()}
            self.record.save(self.scope.name, None, Listing(), known | again)

    def _put_here(self, wanted: dict[str, Published]) -> None:
        lazy = {name: of for name, of in wanted.items() if is_lazy(name)}
        self.record.announce(self.scope.name, lazy.items())  # first, so that no stand-in is ever taken for a file
        for name in in_order(lazy):
            stand_in(self.data / name, lazy[name])
        at_once(partial(self._fetch_whole, wanted), in_order(wanted.keys() - lazy.keys()))

    def _stays(self, name: str, of: Published, before: Known | None) -> bool:
        """Whether what lies here is to stay: the file itself, or what was made here since of the same file.

        Not so where shards were made into others here: they may be made into yet another one there by now.
        """
        if before is not None and before.absent and before.state is None:
            return False  # a kill came while stand-ins were made
        if before is not None and before.of == of:
            is_as_was = before.state == file_state(self.data / name)
            return is_as_was or not name.endswith(_REWRITES)
        return self._is_whole(name, of)

    def _is_whole(self, name: str, of: Published) -> bool:
        path = self.data / name
        stat = path.stat()
        if (stat.st_size, stat.st_mtime_ns) != (of.size, of.mtime):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == of.sha256

    def _fetch_whole(self, wanted: dict[str, Published], name: str) -> None:
        of = wanted[name]
        fetch_file(self.objects, object_key(name, of.token), of, self.data / name)

    def fetch(self, wanted: Callable[[str], bool], tell: Tell = lambda done, of: None) -> None:
        """Have the bytes of all files that are wanted; `tell` hears how many are here, and of how many."""
        known = self.record.files(self.scope.name)
        at_once(self.present, [name for name, of in known.items() if of.absent and wanted(name)], tell)

    def present(self, name: str) -> None:
        """Have the bytes of a file here, before it is opened."""
        for _ in range(TRIES):  # another process may put a stand-in of a later file in its place meanwhile
            known = self._stand_in_of(name)
            if known is None:
                return
            self._fill(name, known)

    def _fill(self, name: str, known: Known) -> None:
        path = self.data / name
        get = partial(self.objects.download, object_key(name, known.of.token), known.of.size, known.of.sha256)

        def is_absent(state: str) -> bool:
            now = self.record.file(self.scope.name, name)
            return now is not None and now.of == known.of and now.stands_in(state)

        def done(state: str) -> None:
            self.record.fetched(self.scope.name, name, state, known)

        try:
            fill(path, known.of, is_absent, get, done)
        except (Missing, Conflict) as error:
            raise SitoError(
                f"{self.at.address}/{error}: is no longer what was published; if another run replaced it meanwhile, "
                "run again; else somebody changed it by hand, and `sito check` names it"
            ) from error
        except OSError as error:
            raise SitoError(f"{path}: cannot be written ({error.strerror or error})") from error

    def beginning(self, name: str, most: int) -> bytes | None:
        """The first bytes of a file of which only a stand-in is here; None: it is here itself. Raises SitoError."""
        known = self._stand_in_of(name)
        if known is None or known.of.size <= most:
            return None
        try:
            return self.objects.beginning(object_key(name, known.of.token), most)
        except Missing:
            return None  # `present` says it

    def is_absent(self, name: str) -> bool:
        """Whether only a stand-in of the file is here."""
        return self._stand_in_of(name) is not None

    def _stand_in_of(self, name: str) -> Known | None:
        known = self.record.file(self.scope.name, name)
        return known if known is not None and known.stands_in(file_state(self.data / name)) else None


def fetch_file(objects: Objects, key: str, of: Published, path: Path, *, synced: bool = False) -> None:
    """Put a file in place with the bytes of an object, `synced` to the disk before.

    Raises Missing, Conflict and OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        with part.open("w+b") as file:
            objects.download(key, of.size, of.sha256, file)
            file.flush()
            os.utime(file.fileno(), ns=(of.mtime, of.mtime))
            if synced:
                os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def at_once(work: Callable[[str], T], names: Iterable[str], tell: Tell = lambda done, of: None) -> list[T]:
    """Do it for all names, several at a time; gives the results in their order. The first error ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        futures = [threads.submit(work, name) for name in names]
        try:
            found: list[T] = []
            for future in futures:
                tell(len(found), len(futures))
                found.append(future.result())
            return found
        finally:
            with suppress(Exception):
                threads.shutdown(cancel_futures=True)
