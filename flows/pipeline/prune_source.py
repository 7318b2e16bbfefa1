"""What of a source nobody needs who wants its pages as they are now: found, and taken out of raw/ and clean/."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.archive.cdxj import read_entries
from flows.archive.merged_shard import KeptRecords
from flows.archive.source_archive import Archive
from flows.archive.superseded import superseded
from flows.pipeline.captures_by_address import captures_by_address, last_with_text
from flows.pipeline.rewrite_shards import finish_rewrites, rewrite_shards, why_not_rewritten
from flows.report.old_runs import old_runs
from flows.tables.shard_tables import left_backups, remove_partial
from flows.tables.versions import write_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flows.pipeline.captures_by_address import ByAddress, PlacedCapture

__all__ = ["Prunable", "prunable", "prune_source"]

VERSIONS, REVISITS, OTHERS = "superseded versions", "superseded revisits", "superseded redirects and errors"
RUNS, BACKUPS = "records of runs", "backups of tables"


@dataclass(slots=True)
class Prunable:
    """What may go of a source: by kind how many records and bytes, what stays of each shard that changes, and files.

    `left` says which shards hold superseded captures and cannot be rewritten, and why.
    """

    records: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    shards: list[KeptRecords] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add(self, kind: str, size: int) -> None:
        """Count one record."""
        self.records[kind] += 1
        self.bytes[kind] += size


def prunable(data: Path, source: str, before: datetime) -> Prunable:
    """What may go of what is older than `before`; writes nothing. Raises SitoError for an index that cannot be read."""
    found = Prunable()
    held = captures_by_address(Archive(data, source).shards())
    texts = last_with_text(held, data, source)
    going = _going(held, texts, before, set())
    stay: set[int] = set()
    for number in sorted(going):
        shard = held.shards[number]
        if why := why_not_rewritten(data, source, shard, read_entries(shard)):
            found.left.append(f"{shard}: {len(going[number]):,} superseded captures stay, as {why}")
            stay.add(number)
    if stay:
        going = _going(held, texts, before, stay)
    for number, captures in sorted(going.items()):
        for each in captures:
            found.add(REVISITS if each.entry.revisit else VERSIONS if each.entry.is_page else OTHERS, each.bytes)
        offsets = {each.entry.offset for each in captures}
        kept = {entry.offset for entry in read_entries(held.shards[number])} - offsets
        found.shards.append(KeptRecords(held.shards[number], kept))
    _add_files(found, RUNS, old_runs(data, source, before))
    _add_files(found, BACKUPS, left_backups(data, source))
    return found


def _going(
    held: ByAddress, texts: dict[bytes, tuple[int, int]], before: datetime, stay: set[int]
) -> dict[int, list[PlacedCapture]]:
    """The captures that may go, by the number of their shard; those in the shards `stay` may not."""
    going: dict[int, list[PlacedCapture]] = {}
    for key, captures in held.by_address.items():
        wanted = [
            place
            for place, each in enumerate(captures)
            if each.shard in stay or (each.shard, each.entry.offset) == texts.get(key)
        ]
        for place in superseded([each.entry for each in captures], before, wanted):
            going.setdefault(captures[place].shard, []).append(captures[place])
    return going


def _add_files(found: Prunable, kind: str, files: Iterable[Path]) -> None:
    for path in files:
        found.add(kind, path.stat().st_size)
        found.files.append(path)


def prune_source(
    data: Path, source: str, before: datetime, tell: Callable[[int, int], None] = lambda done, of: None
) -> Prunable:
    """Take it out, under the source's lock; gives what went. `tell` hears how many shards are done, and of how many.

    Every shard that held some is rewritten, with its tables. Raises SitoError where another run holds the source, or
    something cannot be written; what is done until then is whole.
    """
    archive = Archive(data, source)
    with archive.lock():
        finish_rewrites(data, source, datetime.now(UTC))
        archive.recover()
        found = prunable(data, source, before)
        remove_partial(data, source)
        try:
            for done, kept in enumerate(reversed(found.shards)):  # a revisit goes before the payload that it refers to
                tell(done, len(found.shards))
                rewrite_shards(data, source, [kept])
        finally:
            write_versions(data, source)
        for path in found.files:
            path.unlink(missing_ok=True)
    return found
