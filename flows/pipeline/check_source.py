"""One source verified: raw/, clean/ and the state against each other; nothing is fetched, nothing is mended."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.archive.checked import Checked
from flows.archive.source_archive import Archive
from flows.archive.verify import dangling, verify_shard
from flows.common.damage import Damage
from flows.common.errors import SitoError
from flows.state import State
from flows.state.verify import verify_state
from flows.store.held import bring_up_to_date, wrong_objects
from flows.tables.shard_tables import ShardTables
from flows.tables.summaries import Summaries
from flows.tables.verify import verify_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.archive.cdxj import CdxjEntry


@dataclass(slots=True)
class SourceCheck:
    """What was verified of a source, and the damages that were found."""

    source: str
    shards: int = 0
    captures: int = 0
    bytes: int = 0
    damages: list[Damage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A shard and its tables: what one process verifies at a time."""

    data: Path
    source: str
    shard: str


def check_source(
    source: str,
    data: Path,
    state: str | None = None,
    jobs: int = 1,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> SourceCheck:
    """Verify all that is stored of a source, under its lock, in `jobs` processes; of a store, the objects too.

    `state` is the address of the state, None: the source has none. `tell` receives the bytes of shards done and of
    all. Raises SitoError where another run holds the source or something cannot be opened at all. Shards found damaged
    are noted, so that the next ingest looks at them.
    """
    archive = Archive(data, source)
    with archive.lock():
        bring_up_to_date(data, source, lambda name: True)  # here: a process that is forked off must not use the store
        sizes = archive.sizes()
        names = sorted(sizes.keys() | set(ShardTables.shards(data, source)))
        result = SourceCheck(source, len(sizes), bytes=sum(sizes.values()))
        checked = Checked(archive.folder)
        held: dict[Path, list[CdxjEntry]] = {}
        done = 0
        tell(0, result.bytes)
        for unit, (damages, entries) in _each([_Unit(data, source, name) for name in names], jobs):
            result.damages += damages
            if unit.shard in sizes:
                held[archive.folder / unit.shard] = entries
                result.captures += len(entries)
                checked.mark(unit.shard, whole=not damages)
                done += sizes[unit.shard]
                tell(done, result.bytes)
        result.damages += dangling(source, held.items())
        if state is not None:
            with State.open(state) as opened:
                result.damages += verify_state(opened, source, held)
        checked.save(sizes)
        result.damages += _manifest(archive, Summaries(data, source), held)
        result.damages += [Damage(*found) for found in wrong_objects(data, source)]
    return result


def _manifest(archive: Archive, tables: Summaries, held: dict[Path, list[CdxjEntry]]) -> Iterator[Damage]:
    """What the manifest says against what was read; a wrong one is removed, as all is in the files themselves."""
    with closing(archive.manifest), closing(tables):
        if not (archive.is_manifest_right(held) and tables.are_right()):
            archive.manifest.remove()
            said = "does not say what the shards and tables hold, and was removed"
            yield Damage(str(archive.manifest.path), said, "the next run makes it anew")


def _each(units: list[_Unit], jobs: int) -> Iterator[tuple[_Unit, tuple[list[Damage], list[CdxjEntry]]]]:
    with ExitStack() as stack:
        if jobs == 1 or len(units) < 2:
            yield from zip(units, map(_verify, units), strict=True)
            return
        try:
            pool = stack.enter_context(ProcessPoolExecutor(min(jobs, len(units))))
            yield from zip(units, pool.map(_verify, units), strict=True)
        except BrokenProcessPool as error:
            raise SitoError("a checking process was killed from outside; try --jobs 1") from error


def _verify(unit: _Unit) -> tuple[list[Damage], list[CdxjEntry]]:
    shard = Archive(unit.data, unit.source).folder / unit.shard
    damages: list[Damage] = []
    entries: list[CdxjEntry] = []
    captures: dict[int, str] | None = None
    if shard.exists():
        try:
            damages, entries = verify_shard(shard, unit.source)
        except OSError as error:
            raise SitoError(f"{shard}: cannot be read: {error.strerror or error}") from error
        if not any(damage.where == str(shard) for damage in damages):
            captures = {entry.offset: entry.digest for entry in entries if entry.is_page}
    tables = ShardTables.of(unit.data, unit.source, unit.shard)
    damages += verify_tables(tables, unit.source, captures)
    return damages, entries
