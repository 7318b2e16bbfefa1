"""Site memory over all shards of a source: by what a page of a given day is judged.

A page that was captured on some day is judged by the pages of the days before it, and by nothing else: back, whole day
by whole day, until `PAGES` are found or `DAYS` have passed. So the answer does not depend on how captures are cut into
shards, on the order of work or on what a kill left, and old chrome is forgotten. The truth is the ledger. What is kept
in clean/memory/ is named after a digest of the very lines that it was made of, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from collections import OrderedDict
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cleaners.parts import memory_digest
from cleaners.rules.site_memory import ENOUGH_PAGES, LABEL_DAYS, Marks, SiteMemory
from flows.archive.cdxj import read_entries
from flows.common.errors import SitoError
from flows.manifest.manifest import Manifest
from flows.memory.kept_days import KeptDays, MarkedPage
from flows.memory.marks import DAY_PAGES, Extract, extract, sample, size
from flows.tables.days import DayStats, day_of
from flows.tables.shard_tables import DamagedTables, ShardTables
from flows.tables.summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flows.tables.shard_tables import ShardSummary

PAGES = 2_000
"""Pages after which going back ends: 5% of them, the least for a label of many pages, are still a hundred."""
DAYS = 90
"""Days after which going back ends: what a template showed longer ago is no evidence."""

_CACHED = 5_000_000
"""Hashes of eight bytes that are cached of shards already read."""


class MemoryRef(NamedTuple):
    """The memory for one day: its digest, and the file that holds it; both None where there are too few pages."""

    digest: str | None
    path: Path | None


@lru_cache(maxsize=128)  # a file never changes under its name
def load(path: Path) -> SiteMemory:
    """The memory in a file of clean/memory/. Raises SitoError where it cannot be read or was changed."""
    try:
        check, _, body = path.read_text(encoding="utf-8").partition("\n")
        if check != _digest(body):
            raise ValueError("it was changed")
        return SiteMemory.from_json(body)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SitoError(f"{path}: cannot be read ({error}); delete it and run again: it is rebuilt") from error


def stored_memory(data: Path, source: str, at: datetime, digest: str | None) -> SiteMemory | None:
    """The memory by which a page captured at this time was judged; None for none, or where it is no longer kept."""
    if digest is None:
        return None
    with suppress(SitoError):
        return load(_file(data, source, day_of(at), digest))
    return None


def _file(data: Path, source: str, day: date, name: str | None) -> Path:
    return data / "clean" / "memory" / f"source={source}" / f"{day}-{name}.json"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


class Memories:
    """The memories of one source, by its tables as they were when each was summarized; under the source's lock."""

    def __init__(self, data: Path, source: str) -> None:
        self._data, self._source = data, source
        self._folder = data / "clean" / "memory" / f"source={source}"
        manifest = Manifest(data, source)
        self.tables = Summaries(data, source, manifest)
        self._kept = KeptDays(manifest)
        self._summaries: dict[str, ShardSummary] = {}
        self._extracts: OrderedDict[str, Extract] = OrderedDict()
        self._cached = 0
        self._reset()

    def _reset(self) -> None:
        self._days: dict[date, DayStats] | None = None
        self._order: list[date] = []
        self._next: dict[date, DayStats] | None = None
        self._names: dict[date, str | None] = {}
        self._refs: dict[date, MemoryRef] = {}

    def summarize(self, shard: str) -> ShardSummary | None:
        """Read the summary of a shard's tables, again if it was read before; None where they are not whole."""
        summary = self.tables.read(shard)
        self._forget(shard)
        if summary is not None:
            self._summaries[shard] = summary
        return summary

    def shards(self) -> set[str]:
        """The names of those that were summarized and are whole."""
        return set(self._summaries)

    def _tables(self, shard: str) -> ShardTables:
        return ShardTables.of(self._data, self._source, shard)

    def _forget(self, shard: str) -> None:
        self._summaries.pop(shard, None)
        self._cached -= size(self._extracts.pop(shard, {}))
        self._reset()

    def of(self, days: Iterable[date]) -> dict[date, MemoryRef]:
        """The memories for pages of these days, made where they are not there yet."""
        return {day: self._memory(day) for day in days}

    def stale(self, wanted: Iterable[str], wanted_day: Callable[[date], bool] = lambda day: True) -> list[str]:
        """Those of the shards that hold pages of a wanted day which were judged by another memory than today's."""
        return [
            shard
            for shard in wanted
            if shard in self._summaries
            and any(
                wanted_day(day) and of.memories - {self.name(day)}
                for day, of in self._summaries[shard].days.by_day.items()
            )
        ]

    def days(self, shard: str) -> list[date]:
        """The days of the shard's pages."""
        return sorted(self._summaries[shard].days.by_day) if shard in self._summaries else []

    def _window(self, day: date) -> dict[date, DayStats]:
        """The days that make the memory of a day, the latest first."""
        if self._days is None:
            self._days = {}
            for summary in self._summaries.values():
                for other, of in summary.days.by_day.items():
                    self._days.setdefault(other, DayStats()).merge(of)
            self._order = sorted(self._days)
        window: dict[date, DayStats] = {}
        pages = 0
        for place in range(bisect_left(self._order, day) - 1, -1, -1):
            earlier = self._order[place]
            if pages >= PAGES or (day - earlier).days > DAYS:
                break
            window[earlier] = self._days[earlier]
            pages += min(window[earlier].pages, DAY_PAGES)
        return window

    def name(self, day: date) -> str | None:
        """The digest of all that the memory of a day is made of; None: of too little for any conclusion."""
        if day not in self._names:
            window = self._window(day)
            parts = [f"{earlier} {_of(stats)}" for earlier, stats in window.items()]
            enough = len(window) >= LABEL_DAYS and sum(of.pages for of in window.values()) >= ENOUGH_PAGES
            self._names[day] = _digest("\n".join([_own(), *parts])) if enough else None
        return self._names[day]

    def _memory(self, day: date) -> MemoryRef:
        while day not in self._refs:
            name = self.name(day)
            path = _file(self._data, self._source, day, name)
            if name is None:
                self._refs[day] = MemoryRef(None, None)
            elif _is_whole(path):
                self._refs[day] = MemoryRef(name, path)
            else:
                with suppress(_UnreadableError):
                    _write(path, self._made(self._window(day)))
        return self._refs[day]

    def _made(self, window: dict[date, DayStats]) -> SiteMemory:
        """The memory of a window; of an address that is in it several times, the first day counts."""
        seen: set[bytes] = set()
        pages: dict[date, list[Marks]] = {}
        for day in sorted(window):
            marked = self._marked(day, window[day])
            pages[day] = [page.marks for page in marked if page.address not in seen]
            seen.update(page.address for page in marked)
        return SiteMemory.of_days(pages)

    def _marked(self, day: date, stats: DayStats) -> list[MarkedPage]:
        name = _day_name(stats)
        kept = self._kept.read(day, name)
        if kept is not None:
            return kept
        shards = [shard for shard, summary in sorted(self._summaries.items()) if day in summary.days.by_day]
        # A shard that is cleaned again meanwhile may have lost a page of the day; that makes another name as well.
        found = sample(captured for shard in shards for captured in self._extract(shard).get(day, []))
        marked = [MarkedPage(captured.address, captured.marks) for captured in found]
        if day in self._lasting():
            self._kept.keep(day, name, marked)
        return marked

    def _lasting(self) -> dict[date, DayStats]:
        """The days that make the memory of the first new day."""
        if self._next is None:
            last = max((day for summary in self._summaries.values() for day in summary.days.by_day), default=date.min)
            self._next = self._window(min(last, date.max - timedelta(days=1)) + timedelta(days=1))
        return self._next

    def _extract(self, shard: str) -> Extract:
        if shard not in self._extracts:
            try:
                self._extracts[shard] = extract(self._tables(shard))
            except DamagedTables as damage:
                self._forget(shard)  # as long as it cannot be read it is no part of the memory, nor of its name
                raise _UnreadableError from damage
            self._cached += size(self._extracts[shard])
            while self._cached > _CACHED and len(self._extracts) > 1:
                self._cached -= size(self._extracts.popitem(last=False)[1])
        return self._extracts[shard]

    def are_settled(self, by: str) -> bool:
        """Whether `settle` was last told the same `by`, and the tables were then what they are now."""
        return self.tables.fact("settled") == self._state(by)

    def settle(self, by: str) -> None:
        """No page that `by` judges is stale, and no file of a memory is unused; under the source's lock."""
        self.tables.keep_fact("settled", self._state(by))

    def _state(self, by: str) -> str:
        return f"{by} {_own()} {self.tables.digest()}"

    def remove_unused(self) -> None:
        """Remove the files of memories by which no page is judged any more, and marks that a new day does not need."""
        days = {day for summary in self._summaries.values() for day in summary.days.by_day}
        self._kept.remove_others({day: _day_name(stats) for day, stats in self._lasting().items()})
        names = {f"{day}-{self.name(day)}.json" for day in days}
        for path in self._folder.glob("*"):
            if path.name not in names:
                path.unlink(missing_ok=True)


def captured_days(shard: Path) -> list[date]:
    """The days of a raw shard's captures, by its index; none where there is no index that can be read."""
    with suppress(SitoError, OSError):
        return sorted({day_of(entry.at) for entry in read_entries(shard)})
    return []


class _UnreadableError(Exception):
    """A shard that belongs to a memory is damaged."""


def _own() -> str:
    """What else than pages the memory of a day depends on."""
    return f"{memory_digest()} {PAGES} {DAY_PAGES} {DAYS}"


def _of(stats: DayStats) -> str:
    """All that memory takes of a day."""
    return f"{stats.pages} {stats.lines:032x}"


def _day_name(stats: DayStats) -> str:
    return _digest(f"{_own()} {_of(stats)}")


def _is_whole(path: Path) -> bool:
    with suppress(SitoError):
        load.__wrapped__(path)
        return True
    return False


def _write(path: Path, memory: SiteMemory) -> None:
    body = memory.to_json()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(f"{_digest(body)}\n{body}", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise SitoError(
            f"{path.parent}: cannot be written ({error.strerror or error}); "
            "free space or fix the permissions, then run again: nothing is lost"
        ) from error
