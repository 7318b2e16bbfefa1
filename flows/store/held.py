"""A scope of a store held for writing: leased, brought up to date before, published after. For a folder, nothing."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.common.errors import SitoError
from flows.common.source_names import is_source
from flows.store.address import store_of
from flows.store.lease import Lease
from flows.store.mirror import Mirror
from flows.store.publication import as_published, publish, strays, take_over
from flows.store.scope import STORIES, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from flows.store.listing import Published

__all__ = ["bring_tables", "bring_up_to_date", "hand_out", "held", "mirror_of", "publish_step", "stored_names"]

STEP_SECONDS = 60.0
"""Between two publications of a long run: as much is fetched again at most, where its machine is lost."""
_WAIT = 10.0
"""Seconds in which a reader on this machine, which is bringing the folder up to date, ends."""


@dataclass
class _Held:
    mirror: Mirror
    lease: Lease
    published: float = field(default_factory=time.monotonic)
    is_tidy: bool = True  # there are no objects that no listing names


_NOW: dict[tuple[Path, str], _Held] = {}
"""What this process holds. Locks of files would not tell its own parts apart."""


def mirror_of(data: Path, scope: str) -> Mirror | None:
    """The scope of the store whose working folder this is; None: the folder is no store's."""
    at = store_of(data)
    return None if at is None else Mirror(at, data, scope_of(scope))


@contextmanager
def held(data: Path, scope: str) -> Iterator[None]:
    """Hold a source, or `STORIES`, against all other machines, with all that is published here; publish in the end.

    Inside another such block nothing happens: the outer one does it. What ends the block early leaves whole files, and
    these are published. Raises SitoError where another run holds it, or the store cannot be used.
    """
    mirror = None if (data, scope) in _NOW else mirror_of(data, scope)
    if mirror is None:
        yield
        return
    with _locked(mirror):
        lease = Lease(mirror.objects, mirror.scope.lease, mirror.at.owner, f"{mirror.at.address}: {scope}")
        is_left = lease.take()
        lease.is_tidy = not is_left
        try:
            mirror.pull()
            if is_left:
                take_over(mirror)
                lease.is_tidy = True
            now = _NOW[data, scope] = _Held(mirror, lease)
            try:
                yield
            except BaseException:
                with suppress(SitoError):  # what ended the block says more, and the next run publishes
                    _publish(now)
                raise
            _publish(now)
        finally:
            _NOW.pop((data, scope), None)
            lease.release()


def publish_step(data: Path, scope: str) -> None:
    """Publish what this process has done so far, if the last time is long enough ago; all files are whole now."""
    now = _NOW.get((data, scope))
    if now is not None and time.monotonic() - now.published >= STEP_SECONDS:
        _publish(now)


def hand_out(data: Path, scope: str, names: Sequence[str]) -> dict[str, Published]:
    """What is published of these files, for a machine that is about to work for this process.

    Where one of them is not yet, all that was done so far is published first: that looks at every file of the scope.
    """
    now = _NOW.get((data, scope))
    if now is None:
        raise SitoError(f"{data}: a part of a run can be given away only while the run holds {scope}")
    now.is_tidy = now.lease.is_tidy = False  # what it hands over may come too late
    found = as_published(now.mirror, names)
    if found is None:
        _publish(now)
        found = as_published(now.mirror, names)
    if found is None:
        raise SitoError(f"{data}: files changed while they were published; run again")
    return found


def wrong_objects(data: Path, scope: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the objects of a store, which this process holds: where, what, and what mends it.

    By their names and sizes: their bytes are compared when they are fetched.
    """
    now = _NOW.get((data, scope))
    if now is None:
        return
    wrong, unnamed = strays(now.mirror)
    for key, what in wrong.items():
        mends = "put a copy of the object back; or, on a machine whose folder has the file, touch it and run the source"
        yield f"{now.mirror.at.address}/{key}", what, mends
    for key in unnamed:
        now.is_tidy = False
        said = "is named by no listing: a run was killed, or somebody put it there"
        yield f"{now.mirror.at.address}/{key}", said, "the next run of the source removes it"


def _publish(now: _Held) -> None:
    if now.lease.lost:
        raise SitoError(
            f"{now.mirror.where}: another run has taken over, as this one was silent for too long; what it made stays "
            f"in {now.mirror.data}, and the next run publishes it"
        )
    now.lease.is_tidy = False
    publish(now.mirror)
    now.lease.is_tidy = now.is_tidy
    now.published = time.monotonic()


@contextmanager
def _locked(mirror: Mirror, seconds: float = _WAIT) -> Iterator[None]:
    """Keep other processes of this machine from the scope in the working folder."""
    path = mirror.data / f".{mirror.scope.name.replace('/', '-')}.lock"
    lock = FileLock(path, timeout=seconds, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise SitoError(
            f"{mirror.at.address}: another run on this machine is at work on {mirror.scope.name}; wait until it has "
            "finished, or stop it"
        ) from error
    except OSError as error:
        raise SitoError(
            f"{mirror.data}: cannot be used ({error.strerror or error}); SITO_CACHE names another"
        ) from error
    try:
        yield
    finally:
        lock.release()


def stored_names(data: Path) -> list[str]:
    """The names of the sources that are in the store, or only here so far; none for a folder that is no store's."""
    at = store_of(data)
    if at is None:
        return []
    objects = Mirror(at, data, scope_of(STORIES)).objects
    here = [path.name for path in (data / "raw").glob("*") if path.is_dir()]
    return sorted({name for name in [*objects.folders("raw"), *here] if is_source(name)})


def bring_tables(data: Path) -> None:
    """Have here the tables of all sources of a store; nothing for a folder that is none's."""
    for name in stored_names(data):
        bring_up_to_date(data, name, lambda file: file.startswith("clean/") and not file.endswith(".sums"))


def bring_up_to_date(
    data: Path, scope: str, wanted: Callable[[str], bool], tell: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Have here what is published of a scope, with the bytes of all files that are wanted; `tell` hears how many.

    Where a run of this machine holds it, what is here is newer. Raises SitoError where the store cannot be used.
    """
    mirror = mirror_of(data, scope)
    if mirror is None:
        return
    if (data, scope) not in _NOW:
        try:
            with _locked(mirror, 0):
                mirror.pull()
        except SitoError as error:
            if not isinstance(error.__cause__, Timeout):
                raise
    mirror.fetch(wanted, tell)
