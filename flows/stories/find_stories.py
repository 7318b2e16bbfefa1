"""Takes in what is new in the documents tables, links it, and writes the stories tables that change.

A day is linked again where its entries changed, or the links of a day in the window before it. So the end is the same
whatever came when, and a run with nothing new does nothing.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from flows.stories.grouping import WINDOW_DAYS, link_day
from flows.stories.index import DamagedIndex, Index, Taken, only_run
from flows.stories.shard_job import ShardJob
from flows.stories.spread import IN_PROCESS
from flows.stories.stories_table import write_days
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from flows.stories.day import Day, Entry, Links
    from flows.stories.index import Shard
    from flows.stories.spread import Spread

    Tell = Callable[[str, int, int], None]
    """Called with what is done, how many are, and of how many."""

_MOST_WORDS = 100_000_000
"""Words that wait in memory before their days are written: 400 MB, and as much again for what goes with them."""

Period = tuple[date | None, date | None]


@dataclass
class Found:
    """What a run did: shards read, documents taken in, days linked, files of the table written."""

    shards: int = 0
    documents: int = 0
    days: int = 0
    files: int = 0
    damaged: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.documents:,} documents of {self.shards:,} shards taken in, {self.days:,} days compared, "
            f"{self.files:,} files of clean/stories/ written"
        )


def cleaned_sources(data: Path) -> list[str]:
    """The names of the sources that have documents."""
    return sorted(path.name.removeprefix("source=") for path in (data / "clean" / "documents").glob("source=*"))


def find_stories(
    data: Path,
    sources: Iterable[str],
    since: date | None,
    until: date | None,
    tell: Tell = lambda *_: None,
    spread: Spread = IN_PROCESS,
) -> Found:
    """Bring clean/stories/ up to date with the documents of `sources`, of days from `since` to `until` where given.

    What was taken in before stays. Damaged tables are left out, and named in what is returned; a damaged index is made
    again, from all days. Raises OSError where the folder cannot be written, SitoError where another run is at it.
    """
    names = sorted(sources)
    with only_run(data):
        try:
            return _find(data, names, (since, until), tell, spread)
        except DamagedIndex:
            Index(data).remove()
            return _find(data, names, (None, None), tell, spread)


def _find(data: Path, sources: list[str], period: Period, tell: Tell, spread: Spread) -> Found:
    index, found = Index(data), Found()
    again = index.unfinished
    index.begin()
    moved = _take_in(index, data, sources, period, found, tell, spread)
    changed = moved | link_days(index, found, tell, spread)
    found.files = write_days(index, data, changed | index.days if again else changed, tell)
    index.end()
    return found


def _take_in(
    index: Index, data: Path, sources: list[str], period: Period, found: Found, tell: Tell, spread: Spread
) -> set[int]:
    """Take in what is new; gives the days of which documents may now lie elsewhere, though they tell the same."""
    moved: set[int] = set()
    waiting: dict[int, list[Entry]] = defaultdict(list)
    replaced: set[Shard] = set()
    words = 0
    new = [each for source in sources for each in _new(index, data, source, found)]
    entries_of = spread.map(ShardJob.run, [ShardJob(data, *shard) for shard, now in new if now.marker])
    read = iter(entries_of)
    for n, (shard, now) in enumerate(new):
        tell("shards read", n, len(new))
        entries = next(read) if now.marker else []
        wanted = [(day, entry) for day, entry in entries if _within(day, period)]
        days = index.shards.get(shard, Taken()).days
        for day in days:
            if _within(day, period):
                waiting[day] += []  # what it held of the shard goes
                moved.add(day)
        for day, entry in wanted:
            waiting[day].append(entry)
        stay = {day for day in days if not _within(day, period)}
        # Of a shard that is not taken in whole no marker is kept, so that another run takes the rest.
        whole = len(wanted) == len(entries) and not stay
        held = sorted({day for day, _ in wanted} | stay)
        index.shards[shard] = Taken(now.marker, held, now.stamp) if whole else Taken("", held)
        replaced.add(shard)
        found.shards += 1
        found.documents += len(wanted)
        words += sum(len(entry.words) for _, entry in wanted)
        if words >= _MOST_WORDS:
            _flush(index, waiting, replaced)
            words = 0
    _flush(index, waiting, replaced)
    index.shards = {key: of for key, of in index.shards.items() if of.marker or of.days}
    index.save_shards()
    return moved


def _new(index: Index, data: Path, source: str, found: Found) -> Iterator[tuple[Shard, Taken]]:
    """The shards of a source that came, changed or went, with what is known of their tables now."""
    there = ShardTables.shards(data, source)
    for of, shard in [*index.shards]:
        if of == source and shard not in there:
            yield (of, shard), Taken()
    for shard in there:
        tables = ShardTables.of(data, source, shard)
        stamp, before = _stamp(tables), index.shards.get((source, shard), Taken())
        if stamp and stamp == before.stamp:
            continue  # tables are replaced, never written into; so of the past no file is opened
        marker = tables.marker()
        if marker is None:
            found.damaged.append(f"{source}/{shard}")
        elif marker != before.marker:
            yield (source, shard), Taken(marker, stamp=stamp)
        else:
            index.shards[source, shard] = Taken(marker, before.days, stamp)


def _stamp(tables: ShardTables) -> str:
    """By which two files are known to be those of before; nothing: they are not there."""
    try:
        found = [path.stat() for path in (tables.documents, tables.ledger)]
    except OSError:
        return ""
    return " ".join(f"{of.st_ino}:{of.st_mtime_ns}:{of.st_size}" for of in found)


def _flush(index: Index, waiting: dict[int, list[Entry]], replaced: set[Shard]) -> None:
    for day, entries in sorted(waiting.items()):
        stay = [e for e in index.entries(day) if (e.source, e.shard) not in replaced]
        index.put_entries(day, stay + entries)
    waiting.clear()
    replaced.clear()


def _within(number: int, period: Period) -> bool:
    day, (since, until) = date.fromordinal(number), period
    return (since is None or day >= since) and (until is None or day <= until)


def link_days(index: Index, found: Found, tell: Tell = lambda *_: None, spread: Spread = IN_PROCESS) -> set[int]:
    """Link the days that need it; gives those whose links changed."""
    window: OrderedDict[int, tuple[Day, Links]] = OrderedDict()
    changed = set(index.forgotten) - index.days
    days = sorted(index.days)
    for n, number in enumerate(days):
        if index.is_linked(number):
            continue
        near = [day for day in days[max(0, n - WINDOW_DAYS) : n] if day >= number - WINDOW_DAYS]
        tell("days linked", n, len(days))
        for old in [day for day in window if day < number - WINDOW_DAYS]:
            del window[old]
        for day in near:
            if day not in window:
                links = index.links(day)
                assert links is not None, "days are linked in order"  # noqa: S101
                window[day] = index.day(day), links
        own = index.day(number)
        links = link_day(own, [window[day] for day in near], spread.propose(index.data, number, near))
        window[number] = own, links
        found.days += 1
        if links.digest() != index.forgotten.get(number):
            changed.add(number)
            index.forget_links(number)
        index.put_links(number, links)
    return changed
