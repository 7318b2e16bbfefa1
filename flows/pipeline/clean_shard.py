"""Clean one shard into its two tables. Plain Python for a process of its own: neither Prefect nor the network."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cleaners.corrections import Corrections
from flows.pipeline.finished_pages import FinishedPages
from flows.pipeline.form import form
from flows.pipeline.page_cleaner import PageCleaner, write_page
from flows.pipeline.replay_shard import replay_shard
from flows.pipeline.shard_result import CleanedPage, ShardResult
from flows.tables.judges import save_judge
from flows.tables.shard_tables import DamagedTables, ShardTables
from flows.tables.tables_writer import TablesWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flows.pipeline.cleaning_job import CleaningJob


def clean_shard(job: CleaningJob, on_page: Callable[[int], None] = lambda offset: None) -> ShardResult:
    """Clean the pages of a shard; `on_page` is told the offset of each page before work on it begins.

    With the origin `ledger`, the stored lines are judged again without reading raw pages, but not those of which it is
    certain that they would be judged the same; where the tables are not whole, or pages were read by other corrections
    than today's, all pages come from raw if it is there. Whatever a page holds, it gets its row; a page whose stored
    lines cannot be judged again keeps its old rows. Raises SitoError only for a folder that cannot be written and for a
    missing shard.
    """
    tables = ShardTables.of(job.data, job.source, job.shard.name)
    whole = tables.versions() is not None
    before = tables.backup() if job.rejudge else tables
    if job.write:
        save_judge(job.data)
    with FinishedPages(job.finished) as finished:
        cleaner = PageCleaner(job, on_page, finished)
        if whole and job.origin == "ledger" and (_reads_alike(job, tables) or not job.shard.exists()):
            done = partial(finished.add, "ledger")
            try:
                if before == tables and (result := replay_shard(tables, cleaner, done)):
                    return result
                return _collect(job, tables, cleaner.from_ledger(tables, before), done)
            except DamagedTables:
                if not job.shard.exists():
                    raise
        return _collect(job, tables, cleaner.from_raw(before), partial(finished.add, "raw"))


def _reads_alike(job: CleaningJob, tables: ShardTables) -> bool:
    """Whether reading the raw pages by the job's corrections would give the lines that are stored."""
    summary = tables.summarize()
    stored = set() if summary is None else set(map(Corrections.reading_of, summary.corrections))
    return stored <= {job.corrections.reading}


def _collect(
    job: CleaningJob, tables: ShardTables, pages: Iterable[CleanedPage], done: Callable[[CleanedPage], None]
) -> ShardResult:
    result = ShardResult(job.shard.name)
    own = form(job.quotations)
    of_old = tables.form() == own
    with TablesWriter(tables, own) if job.write else nullcontext() as writer:
        for page in pages:
            written = page if writer is None else write_page(writer, page)
            if writer is not None and not (of_old or written.anew):
                writer.mix()
            done(written)  # not before: what ends the process in writing would do so again
            result.add(written)
    return replace(result, tally=result.tally.trimmed())
