"""One shard in, its two Parquet twins out. Plain Python for a process of its own: neither Prefect nor the network."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from cleaners.errors import PageError
from cleaners.pipeline import judge, read_html, read_text
from cleaners.version import cleaners_version
from flows.archive.shard_reader import DamagedShard, read_shard
from flows.common.errors import page_reason
from flows.common.page_files import page_id
from flows.common.page_types import Outcome
from flows.memory.days import day_of
from flows.memory.source_memory import MemoryRef, load
from flows.tables.changes import Changes
from flows.tables.rows import Row, document_row, failed_row, ledger_rows, page_row, rebuild_page
from flows.tables.shard_tables import DamagedTables, ShardTables, TablesWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cleaners.document import Page
    from flows.archive.shard_reader import StoredPage

Origin = Literal["raw", "ledger"]
PageRows = tuple[Row, list[Row]]
"""The documents row of a page and its ledger rows."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of capture in UTC, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, at: datetime) -> bool:
        return self.has_day(day_of(at))

    def has_day(self, day: date) -> bool:
        """Whether pages of this day are in the period."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What became of the pages of one shard, and what that changed against the twins that stood there before."""

    shard: str
    outcomes: list[Outcome]
    changes: Changes

    def settled(self, again: ShardResult) -> ShardResult:
        """The result when the same pages were judged `again`: what failed at first stays, and times add up."""
        first = {outcome.url: outcome for outcome in self.outcomes}
        outcomes = first | {
            outcome.url: replace(outcome, milliseconds=outcome.milliseconds + first[outcome.url].milliseconds)
            for outcome in again.outcomes
            if outcome.url in first and first[outcome.url].status != "failed"
        }
        return ShardResult(self.shard, list(outcomes.values()), again.changes)


def clean_shard(
    shard: Path,
    data: Path,
    source: str,
    language: str | None,
    *,
    origin: Origin = "raw",
    period: Period = Period(),
    write: bool = True,
    memory: Mapping[date, MemoryRef] = MappingProxyType({}),
    settle: bool = False,
    poison_pages: Mapping[int, str] | None = None,
    on_page: Callable[[int], None] = lambda offset: None,
) -> ShardResult:
    """Clean the pages of a shard that were captured in `period`; the rows of the others stay as they are.

    From the `ledger` the stored lines are judged again without reading raw pages; where there are no whole twins, all
    pages come from raw. With `write` off nothing is written. `memory` is site memory by day of capture. To `settle` is
    to judge lines that were read in this run: what changed is told against the twins that were set aside. `mark` is
    told the offset of each page before work on it begins; `poison_pages` holds those that ended an earlier process, and
    why, by offset: they are not tried again.

    Whatever a page holds, it gets its row; one whose stored lines cannot be judged again keeps its old rows. Only a
    folder that cannot be written, and a shard that is gone, are a SitoError.
    """
    twins = ShardTables.of(data, source, shard.name)
    whole = twins.versions() is not None
    before = twins.aside() if settle else twins
    work = _Work(source, language, period, memory, on_page, poison_pages or {})
    if whole and origin == "ledger":
        try:
            return _finished(shard.name, twins, work.judge_again(twins, before), write)
        except DamagedTables:
            if not shard.exists():
                raise
    return _finished(shard.name, twins, work.read_again(shard, before), write)


def _finished(shard: str, twins: ShardTables, pages: Iterable[_Cleaned], write: bool) -> ShardResult:
    result = ShardResult(shard, [], Changes())
    if not write:
        for page in pages:
            _enter(result, page)
        return result
    with TablesWriter(twins) as writer:
        for page in pages:
            _enter(result, page)
            if page.after is not None:
                writer.add(*page.after)
    return result


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """One page: its rows before and after, and its outcome unless it was not touched."""

    before: PageRows | None
    after: PageRows | None
    outcome: Outcome | None


def _enter(result: ShardResult, page: _Cleaned) -> None:
    outcome = page.outcome
    if outcome is None:
        return
    if page.before is None and page.after is not None:
        result.changes.uncompared += 1
    elif page.before is not None and page.after is not None:
        changed = result.changes.compare(page.before, page.after)
        if not changed and outcome.status != "failed":
            outcome = replace(outcome, status="unchanged")
    result.outcomes.append(outcome)


class _Before:
    """The rows that stood there before, by the offset of their page, which only grows.

    What cannot be read of them is made anew, so that damage to them does not matter.
    """

    def __init__(self, twins: ShardTables) -> None:
        self._rows = twins.pages() if twins.versions() is not None else iter(())
        self._next = self._take()

    def _take(self) -> PageRows | None:
        with suppress(DamagedTables):
            return next(self._rows, None)
        return None

    def at(self, offset: int) -> PageRows | None:
        """The rows of the page at this offset."""
        while self._next is not None and self._next[0]["offset"] < offset:
            self._next = self._take()
        if self._next is None or self._next[0]["offset"] != offset:
            return None
        found, self._next = self._next, self._take()
        return found

    def rest(self) -> Iterator[PageRows]:
        """Those of all pages after the last one that was asked for."""
        while self._next is not None:
            yield self._next
            self._next = self._take()


@dataclass(frozen=True, slots=True)
class _Work:
    """How the pages of a shard are cleaned; for the fields see `clean_shard`."""

    source: str
    language: str | None
    period: Period
    memory: Mapping[date, MemoryRef]
    on_page: Callable[[int], None]
    poison_pages: Mapping[int, str]

    def read_again(self, shard: Path, twins: ShardTables) -> Iterator[_Cleaned]:
        """The pages from raw, each with what stood in `twins` before."""
        before = _Before(twins)
        try:
            for stored in read_shard(shard):
                own = before.at(stored.offset)
                if own is not None and stored.at not in self.period:
                    yield _Cleaned(own, own, None)
                    continue
                row = page_row(stored, _id(stored.url), self.source, shard.name, cleaners_version())
                self.on_page(stored.offset)
                yield self._clean(row, partial(_read, stored, row["id"], self.language), own)
        except DamagedShard as damage:
            yield _Cleaned(None, None, Outcome(shard.name, "failed", str(damage), shard.name))
            for held in before.rest():  # what was read before the damage came is all that is left of these pages
                yield _Cleaned(held, held, None)

    def judge_again(self, twins: ShardTables, compared: ShardTables) -> Iterator[_Cleaned]:
        """The pages by the lines in `twins`, each with what stood in `compared` before."""
        before = None if compared == twins else _Before(compared)
        for now in twins.pages():
            row, lines = now
            own = now if before is None else before.at(row["offset"])
            if row["fetched_at"] not in self.period:
                yield _Cleaned(now, now, None)
                continue
            if row["status"] == "failed":
                yield _Cleaned(own, now, Outcome(row["url"], "failed", row["reason"], row["shard"]))
                continue
            self.on_page(row["offset"])
            page = self._clean(row | {"cleaners": cleaners_version()}, partial(rebuild_page, row, lines), own)
            if page.outcome is not None and page.outcome.status == "failed":
                # Its lines stay: they may be all that is left of it. It says that they were tried.
                page = replace(page, after=(row | {"memory": self._known(row).digest}, lines))
            yield page

    def _known(self, row: Row) -> MemoryRef:
        return self.memory.get(day_of(row["fetched_at"]), MemoryRef(None, None))

    def _clean(self, row: Row, read: Callable[[], Page], before: PageRows | None) -> _Cleaned:
        started = time.perf_counter()
        known = self._known(row)
        memory = None if known.path is None else load(known.path)  # before the page is tried: it is not to blame
        try:
            if row["offset"] in self.poison_pages:
                raise PageError(self.poison_pages[row["offset"]])
            document = judge(read(), memory)
            row = row | {"memory": known.digest if document.ledger else None}
            after = document_row(row, document), ledger_rows(row, document)
        except Exception as error:  # one page never ends a run; the reason stands in its row
            failed = failed_row(row | {"memory": None}, page_reason(error))
            outcome = Outcome(row["url"], "failed", failed["reason"], row["shard"])
            return _Cleaned(before, (failed, []), outcome)
        kept = sum(len(p.text.split()) for p in document.paragraphs)
        outcome = Outcome(
            url=row["url"],
            status="new" if document.paragraphs else "empty",
            shard=row["shard"],
            words_kept=kept,
            words_dropped=sum(
                len(entry.line.text[c.start : c.end].split()) for entry in document.ledger for c in entry.cuts
            ),
            milliseconds=(time.perf_counter() - started) * 1000,
        )
        return _Cleaned(before, after, outcome)


def _read(stored: StoredPage, name: str, language: str | None) -> Page:
    if stored.error is not None:
        raise PageError(stored.error)
    if _is_text(stored):
        return read_text(stored.body, id=name, url=stored.url, fetched_at=stored.at, language=language)
    return read_html(
        stored.body,
        id=name,
        url=stored.url,
        content_type=stored.content_type,
        fetched_at=stored.at,
        language=language,
    )


def _is_text(stored: StoredPage) -> bool:
    return (stored.content_type or "").partition(";")[0].strip().lower() == "text/plain"


def _id(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # http://[wrong/ stands in some old WARC file
        return url
    name = PurePosixPath(unquote(parts.path)).name
    return page_id(Path(name)) if name else parts.netloc or url
