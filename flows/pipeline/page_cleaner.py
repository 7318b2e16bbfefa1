"""Cleans the pages of a job one by one, from raw or by the lines in the ledger: each to its rows and its outcome."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from cleaners.corrections import Corrections
from cleaners.errors import PageError
from cleaners.judgement import judge
from cleaners.version import cleaners_version
from flows.archive.shard_reader import DamagedShard, read_shard
from flows.common.errors import page_reason
from flows.common.page_types import Outcome
from flows.common.usage_rights import usage_rights
from flows.memory.source_memory import MemoryRef, load
from flows.pipeline.shard_result import CleanedPage
from flows.pipeline.stored_pages import page_name, read_stored, why_empty
from flows.tables.days import day_of
from flows.tables.previous_rows import PreviousRows
from flows.tables.rows import document_row, failed_row, ledger_rows, page_row, rebuild_page, with_names
from flows.tables.tables_writer import PageRowsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cleaners.document import Page
    from flows.archive.shard_reader import StoredPage
    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.finished_pages import FinishedPages
    from flows.tables.rows import DocumentRow, PageRows
    from flows.tables.shard_tables import ShardTables
    from flows.tables.tables_writer import TablesWriter


def failed_page(row: DocumentRow, error: Exception) -> tuple[PageRows, Outcome]:
    """The rows of a page that could not be cleaned or written, with the reason and no lines, and its outcome."""
    failed = failed_row(row | {"memory": None}, page_reason(error))
    return (failed, []), Outcome(row["url"], "failed", failed["reason"], row["shard"])


def write_page(writer: TablesWriter, page: CleanedPage) -> CleanedPage:
    """The page as its rows went into the tables: as failed, where no table can hold them."""
    if page.after is None:
        return page
    try:
        writer.add(*page.after)
    except PageRowsError as error:
        rows, outcome = failed_page(page.after[0], error)
        writer.add(*rows)
        return CleanedPage(page.before, rows, outcome)
    return page


@dataclass(frozen=True, slots=True)
class PageCleaner:
    """Cleans the pages of a job one by one."""

    job: CleaningJob
    on_page: Callable[[int], None]
    finished: FinishedPages

    def from_raw(self, previous: ShardTables) -> Iterator[CleanedPage]:
        """The pages read from raw, each with its rows in `previous`."""
        shard = self.job.shard
        rows_before = PreviousRows(previous)
        try:
            for stored in read_shard(shard):
                before = rows_before.at(stored.offset)
                if before is not None and stored.at not in self.job.period:
                    yield CleanedPage(before, before, None, anew=False)
                    continue
                self.on_page(stored.offset)
                if earlier := self.finished.take("raw", stored.offset):
                    yield CleanedPage(before, *earlier)
                    continue
                row = page_row(
                    stored,
                    name=page_name(stored.url),
                    source=self.job.source,
                    shard=shard.name,
                    version=cleaners_version(),
                    reservations=self._reservations(stored),
                    corrections=self.job.corrections.digest,
                )
                read = partial(read_stored, stored, row["name"], self.job.language, self.job.corrections)
                yield self._clean(row, read, before, partial(why_empty, stored))
        except DamagedShard as damage:
            yield CleanedPage(None, None, Outcome(shard.name, "failed", str(damage), shard.name))
            for before in rows_before.rest():  # nothing else is left of the pages behind the damage
                yield CleanedPage(before, before, None, anew=False)

    def from_ledger(self, tables: ShardTables, previous: ShardTables) -> Iterator[CleanedPage]:
        """The pages by their lines in `tables`, each with its rows in `previous`."""
        rows_before = None if previous == tables else PreviousRows(previous)
        for now in tables.pages():
            row, _ = now
            before = now if rows_before is None else rows_before.at(row["offset"])
            if row["fetched_at"] not in self.job.period:
                yield CleanedPage(now, now, None, anew=False)
            else:
                yield self.again(now, before)

    def again(self, now: PageRows, before: PageRows | None) -> CleanedPage:
        """A page judged again by its rows `now`, compared with those `before`."""
        row, lines = now
        if row["status"] == "failed":
            return CleanedPage(before, now, Outcome(row["url"], "failed", row["reason"], row["shard"]), anew=False)
        self.on_page(row["offset"])
        if earlier := self.finished.take("ledger", row["offset"]):
            return CleanedPage(before, *earlier)
        today = {"cleaners": cleaners_version(), "corrections": self._judging(row)}
        page = self._clean(with_names(self.job.source, row) | today, partial(rebuild_page, row, lines), before)
        if page.outcome is not None and page.outcome.status == "failed":
            # Its lines stay: they may be all that is left of it. The new memory says that they were tried.
            page = replace(page, after=(row | {"memory": self.memory_of(row).digest}, lines), anew=False)
        return page

    def _judging(self, row: DocumentRow) -> str | None:
        """The digest of a page that is judged by today's corrections, and was read by those of its row."""
        read = Corrections.reading_of(row["corrections"])
        today = self.job.corrections
        return today.digest if today.reading == read else f"{read}.{(today.digest or '-.-').partition('.')[2]}"

    def _reservations(self, stored: StoredPage) -> Sequence[str]:
        """What the page reserves, which stands in its head; nothing is read of one that ended a process."""
        return () if stored.offset in self.job.poison_pages else usage_rights(stored.rights, stored.body)

    def memory_of(self, row: DocumentRow) -> MemoryRef:
        """The site memory by which a page is judged."""
        return self.job.memory.get(day_of(row["fetched_at"]), MemoryRef(None, None))

    def _clean(
        self,
        row: DocumentRow,
        read: Callable[[], Page],
        before: PageRows | None,
        why_empty: Callable[[], str | None] | None = None,
    ) -> CleanedPage:
        """The page as it is read and judged; without `why_empty` an empty one keeps the reason in its row."""
        started = time.perf_counter()
        ref = self.memory_of(row)
        memory = None if ref.path is None else load(ref.path)  # outside the try: a failure here is not the page's
        try:
            if row["offset"] in self.job.poison_pages:
                raise PageError(self.job.poison_pages[row["offset"]])
            document = judge(read(), memory, self.job.corrections)
            reason = None if document.paragraphs else why_empty() if why_empty else row["reason"]
            row = row | {"memory": ref.digest if document.has_lines else None, "reason": reason}
            after = document_row(row, document, self.job.quotations), ledger_rows(row, document)
        except Exception as error:  # one page never ends a run; the reason is in its row
            return CleanedPage(before, *failed_page(row, error))
        outcome = Outcome(
            url=row["url"],
            status="new" if document.paragraphs else "empty",
            reason=reason or "",
            shard=row["shard"],
            words_kept=sum(len(p.text.split()) for p in document.paragraphs),
            words_dropped=sum(
                len(entry.line.text[c.start : c.end].split()) for entry in document.ledger for c in entry.cuts
            ),
            milliseconds=(time.perf_counter() - started) * 1000,
            flags=tuple(after[0]["flags"]),
        )
        return CleanedPage(before, after, outcome)
