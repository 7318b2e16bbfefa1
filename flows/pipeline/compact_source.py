"""Many small shards of a source made into few: found, and done; no page is lost, changed, or cleaned again.

A run leaves a shard for each batch of pages that gave something new, so a source that is pulled every half hour has
50,000 after three years. Shards that follow each other are put together, so the order of captures stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.archive.merged_shard import KeptRecords
from flows.archive.source_archive import SHARD_BYTES, Archive
from flows.archive.superseded import superseded_revisits
from flows.pipeline.captures_by_address import captures_by_address, sized
from flows.pipeline.rewrite_shards import finish_rewrites, rewrite_shards, why_not_rewritten
from flows.tables.shard_tables import remove_partial
from flows.tables.versions import write_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Compactable", "compact_source", "compactable"]

TARGET_BYTES = SHARD_BYTES
"""A new shard has at most so many bytes of records: no more than a run itself writes, as a shard is a unit of work. At
7 KB a page these are 9,000 pages, some minutes of cleaning; larger ones would leave processors idle."""


@dataclass(slots=True)
class Compactable:
    """The shards of a source that each new one is made of, in order.

    `revisits` of them do not stay, as others came after them; `left` says which small shards stay, and why.
    """

    groups: list[list[KeptRecords]] = field(default_factory=list)
    revisits: int = 0
    left: list[str] = field(default_factory=list)

    @property
    def shards(self) -> int:
        """How many are made into others."""
        return sum(map(len, self.groups))


@dataclass(frozen=True, slots=True)
class _Small:
    kept: KeptRecords
    bytes: int
    revisits: int


def compactable(data: Path, source: str, target: int = TARGET_BYTES) -> Compactable:
    """What may be put together into shards of at most `target` bytes; writes nothing.

    A shard of half as much stays. Raises SitoError for an index that cannot be read.
    """
    found = Compactable()
    group: list[_Small] = []
    size = 0
    for small in _small(data, source, target, found.left):
        if small is None or size + small.bytes > target:
            _close(found, group)
            group, size = [], 0
        if small is not None:
            group.append(small)
            size += small.bytes
    _close(found, group)
    return found


def _close(found: Compactable, group: list[_Small]) -> None:
    if len(group) > 1:
        found.groups.append([each.kept for each in group])
        found.revisits += sum(each.revisits for each in group)


def _small(data: Path, source: str, target: int, left: list[str]) -> Iterator[_Small | None]:
    """The small shards in order; None for each that is not, or that has to stay as it is."""
    held = captures_by_address(Archive(data, source).shards())
    going: dict[int, set[int]] = {}
    for captures in held.by_address.values():
        for place in superseded_revisits([each.entry for each in captures]):
            going.setdefault(captures[place].shard, set()).add(captures[place].entry.offset)
    for number, shard in enumerate(held.shards):
        captured = list(sized(shard))
        superseded = going.get(number, set())
        size = sum(length for entry, length in captured if entry.offset not in superseded)
        if 2 * size >= target:
            yield None
        elif why := why_not_rewritten(data, source, shard, [entry for entry, _ in captured]):
            left.append(f"{shard}: stays as it is, as {why}")
            yield None
        else:
            offsets = {entry.offset for entry, _ in captured} - superseded
            yield _Small(KeptRecords(shard, offsets), size, len(captured) - len(offsets))


def compact_source(
    data: Path, source: str, tell: Callable[[int, int], None] = lambda done, of: None, target: int = TARGET_BYTES
) -> Compactable:
    """Put them together, under the source's lock; gives what was. `tell` hears how many shards are done of how many.

    Raises SitoError where another run holds the source, or something cannot be written; what is done until then is
    whole.
    """
    archive = Archive(data, source)
    with archive.lock():
        finish_rewrites(data, source, datetime.now(UTC))
        remove_partial(data, source)
        archive.recover()
        found = compactable(data, source, target)
        done = 0
        try:
            for group in found.groups:
                tell(done, found.shards)
                rewrite_shards(data, source, group)
                done += len(group)
        finally:
            write_versions(data, source)
    return found
