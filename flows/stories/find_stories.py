"""Takes in what is new in the documents tables, links it, and writes the stories tables that change.

A day is linked again where its entries changed, or the links of a day in the window before it. So the end is the same
whatever came when, and a run with nothing new does nothing.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from cleaners.metadata.agencies import agency_named
from flows.stories.day import Day, Entry, Links
from flows.stories.days import day_of_document
from flows.stories.grouping import WINDOW_DAYS, link_day
from flows.stories.index import Index
from flows.stories.stories_table import write_months
from flows.stories.words import to_words
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flows.tables.rows import DocumentRow

    Tell = Callable[[str, int, int], None]
    """Called with what is done, how many are, and of how many."""

_MOST_WORDS = 40_000_000
"""Words that wait in memory before their days are written."""
_BATCH = 256
_COLUMNS = ("url", "status", "published", "fetched_at", "site_name", "text", "shard", "offset")


@dataclass
class Found:
    """What a run did: shards read, documents taken in, days linked, months of the table written."""

    shards: int = 0
    documents: int = 0
    days: int = 0
    months: int = 0
    damaged: list[str] = field(default_factory=list)


def find_stories(
    data: Path, sources: Iterable[str], since: date | None, until: date | None, tell: Tell = lambda *_: None
) -> Found:
    """Bring clean/stories/ up to date with the documents of `sources`, of days from `since` to `until` where given.

    What was taken in before stays. Damaged tables are left out, and named in what is returned. Raises OSError where
    the folder cannot be written.
    """
    index, found = Index(data), Found()
    again = index.unfinished
    index.begin()
    _take_in(index, data, sources, (since, until), found, tell)
    changed = link_days(index, found, tell)
    found.months = write_months(index, data, changed | index.days if again else changed, tell)
    index.end()
    return found


def _take_in(
    index: Index,
    data: Path,
    sources: Iterable[str],
    period: tuple[date | None, date | None],
    found: Found,
    tell: Tell,
) -> None:
    new = []
    for source in sorted(sources):
        there = {shard: ShardTables.of(data, source, shard).marker() for shard in ShardTables.shards(data, source)}
        found.damaged += [f"{source}/{shard}" for shard, marker in there.items() if marker is None]
        new += [(source, shard, "") for of, shard in index.shards if of == source and shard not in there]
        new += [
            (source, shard, marker)
            for shard, marker in there.items()
            if marker is not None and index.shards.get((source, shard), ("", []))[0] != marker
        ]
    waiting: dict[int, list[Entry]] = defaultdict(list)
    replaced: set[tuple[str, str]] = set()
    words = 0
    for n, (source, shard, marker) in enumerate(new):
        tell("shards read", n, len(new))
        entries = _entries(data, source, shard) if marker else []
        wanted = [(day, entry) for day, entry in entries if _within(day, period)]
        _, days = index.shards.get((source, shard), ("", []))
        for day in days:
            if _within(day, period):
                waiting[day] += []  # what it held of the shard goes
        for day, entry in wanted:
            waiting[day].append(entry)
        stay = {day for day in days if not _within(day, period)}
        # Of a shard that is not taken in whole no marker is kept, so that another run takes the rest.
        whole = len(wanted) == len(entries) and not stay
        index.shards[source, shard] = (marker if whole else "", sorted({day for day, _ in wanted} | stay))
        replaced.add((source, shard))
        found.shards += 1
        found.documents += len(wanted)
        words += sum(len(entry.words) for _, entry in wanted)
        if words >= _MOST_WORDS:
            _flush(index, waiting, replaced)
            words = 0
    _flush(index, waiting, replaced)
    index.shards = {key: about for key, about in index.shards.items() if any(about)}
    index.save_shards()


def _flush(index: Index, waiting: dict[int, list[Entry]], replaced: set[tuple[str, str]]) -> None:
    for day, entries in sorted(waiting.items()):
        stay = [e for e in index.entries(day) if (e.source, e.shard) not in replaced]
        index.put_entries(day, stay + entries)
    waiting.clear()
    replaced.clear()


def _within(number: int, period: tuple[date | None, date | None]) -> bool:
    day, (since, until) = date.fromordinal(number), period
    return (since is None or day >= since) and (until is None or day <= until)


def _entries(data: Path, source: str, shard: str) -> list[tuple[int, Entry]]:
    """The rows with text of a shard, each with its day."""
    entries = []
    with pq.ParquetFile(ShardTables.of(data, source, shard).documents) as file:
        for batch in file.iter_batches(_BATCH, columns=list(_COLUMNS)):
            for row in batch.to_pylist():
                if row["status"] == "kept":
                    entries.append(_entry(source, shard, row))
    return entries


def _entry(source: str, shard: str, row: DocumentRow) -> tuple[int, Entry]:
    day = day_of_document(row["published"], row["fetched_at"])
    agency = agency_named(row.get("site_name") or "")
    # An agency's own page before others of the day; then by time, where one is stated.
    time = (row["published"] or "")[10:]
    rank = ("0" if agency else "1", time or "~")
    captured = row["fetched_at"].astimezone(UTC).isoformat()
    entry = Entry(source, row["url"], row["shard"], row["offset"], rank, captured, to_words(row["text"]))
    return day.toordinal(), entry


def link_days(index: Index, found: Found, tell: Tell = lambda *_: None) -> set[int]:
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
        links = link_day(own, [window[day] for day in sorted(near)])
        window[number] = own, links
        found.days += 1
        if links.digest() != index.forgotten.get(number):
            changed.add(number)
            index.forget_links(number)
        index.put_links(number, links)
    return changed
