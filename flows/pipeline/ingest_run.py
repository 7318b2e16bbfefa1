"""The bookkeeping of an ingest: what is left over, what was captured and cleaned, what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cleaners.corrections import NO_CORRECTIONS, Corrections
from cleaners.version import cleaners_version
from flows.archive.source_archive import Archive
from flows.memory.source_memory import Memories
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_queue import CleaningQueue
from flows.pipeline.outcomes import Outcomes
from flows.pipeline.rewrite_shards import finish_rewrites
from flows.store.held import publish_step
from flows.tables.shard_tables import ShardTables, remove_partial
from flows.tables.versions import write_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from flows.archive.captured_index import CapturedIndex
    from flows.common.errors import SitoError
    from flows.common.page_types import Outcome
    from flows.config.kinds import Source
    from flows.crawl.batches import BatchResult
    from flows.pipeline.shard_result import ShardResult
    from flows.pipeline.steps import Log, Steps
    from flows.report.progress import Progress
    from flows.tables.shard_tables import ShardSummary

WARNINGS = 20
"""Warnings of discovery in a report; every sitemap of an index may have one."""


class IngestRun:
    """What a run works with, what it has found out so far, and what listens to it."""

    def __init__(
        self,
        source: Source,
        data: Path,
        steps: Steps,
        progress: Progress,
        log: Log,
        state: str,
        in_flight: int,
        batch: int,
        refetch: Sequence[str] = (),
        corrections: Corrections = NO_CORRECTIONS,
    ) -> None:
        self.archive = Archive(data, source.name)
        self.memories = Memories(data, source.name)
        self.queue = CleaningQueue(steps, self.memories, in_flight)
        self.outcomes = Outcomes()
        self.results: dict[str, ShardResult] = {}  # by shard, of those cleaned in this run
        self.notes: list[str] = []
        self.problem: SitoError | None = None
        self.gone: Callable[[], dict[str, datetime]] | None = None  # what the state knows of it, for sources of the web
        self._warnings = 0
        self._left_over: set[str] = set()
        self._captured: CapturedIndex | None = None
        self._ours: set[str] = set()  # shards of pages that no earlier run counted
        self._others: set[str] = set()  # shards that another version of the cleaners, or other corrections, judged
        self._corrections = corrections
        self.source, self._data, self.steps = source, data, steps
        self.refetch = refetch
        self.progress, self._log, self.state, self.batch = progress, log, state, batch

    def recover(self) -> None:
        """Remove what a killed run left half-written, and clean the shards that it did not get to."""
        unfinished = finish_rewrites(self._data, self.source.name, datetime.now(UTC))
        parts = remove_partial(self._data, self.source.name)
        said = [*([unfinished] if unfinished else []), *self.archive.recover()]
        read, found = self.archive.check_share()
        for what in dict.fromkeys([*said, *found, *(f"{name}: half-written, removed" for name in parts)]):
            self.note(what)
        broken = [shard.name for shard in read if self._is_broken(shard.name)]
        for name in broken:
            self.note(f"the tables of {name} cannot be read, and are made anew")
        raw = set(self.archive.names())
        for name in sorted(raw.union(self.memories.tables.shards)):
            summary = self.memories.summarize(name)
            if name in raw and (summary is None or name in broken):
                self._left_over.add(name)
            elif summary is not None and self._is_of_others(summary):
                self._others.add(name)
        stale = len(self._others & raw)
        if self._left_over:
            self.note(f"shards that were not cleaned to their end, and are now: {len(self._left_over)}")
        if stale:
            self.note(
                f"shards that another version of the cleaners, or other corrections, cleaned: {stale}; "
                f"`sito reprocess {self.source.name}` cleans them again"
            )

    def begin(self) -> CapturedIndex:
        """Clean what `recover` found to be left over; gives what is held before the first page is asked for.

        Raises SitoError for an index that cannot be read.
        """
        self._captured = self.archive.remember()
        for name in sorted(self._left_over):
            self._ours.add(name)
            self.add(self.queue.begin(self._job(name)))
        return self._captured

    def end(self) -> None:
        """Bring the versions and the manifest up to what is there now."""
        if self.results:
            self.archive.remember()
        write_versions(self._data, self.source.name, self.memories.tables, self.gone() if self.gone else None)
        self.memories.tables.save()
        self.archive.manifest.close()
        self.memories.tables.close()

    def _is_broken(self, shard: str) -> bool:
        """Whether the tables look whole and cannot be read to their end."""
        tables = ShardTables.of(self._data, self.source.name, shard)
        return tables.versions() is not None and not tables.readable()

    def _is_of_others(self, summary: ShardSummary) -> bool:
        return bool(summary.versions - {cleaners_version()} or summary.corrections - {self._corrections.digest})

    def _job(self, shard: str) -> CleaningJob:
        source = self.source
        return CleaningJob(
            *(self.archive.folder / shard, self._data, source.name, source.language),
            quotations=source.quotations,
            corrections=self._corrections,
        )

    def note(self, note: str) -> None:
        """Say it in the report and in the log."""
        self.notes.append(note)
        self._log.warning(note)

    def warned(self, warning: str) -> None:
        """A warning of discovery, which is in the log already."""
        self._warnings += 1
        if self._warnings <= WARNINGS:
            self.notes.append(warning)
        elif self._warnings == WARNINGS + 1:
            self.notes.append("more warnings of discovery are in the log")

    def decided(self, outcomes: list[Outcome], asked: int) -> None:
        """The schedule leaves these pages alone, and has so many others asked for."""
        self.progress.find(len(outcomes) + asked)
        self.outcomes.add(outcomes)
        self.progress.finish(outcomes)

    def answered(self, outcome: Outcome, size: int) -> None:
        """A page came, or did not."""
        self.progress.receive(size)
        if outcome.status == "new":  # whether it holds text is known only after cleaning
            self.progress.keep()
        else:
            self.progress.finish([outcome])

    def captured(self, done: BatchResult) -> None:
        """A batch is in the archive: its shards go on to their cleaning."""
        self.outcomes.add(done.outcomes)
        self._ours.update(done.shards)
        for name in done.shards:
            self.add(self.queue.begin(self._job(name)))
        publish_step(self._data, self.source.name)

    def rejudge(self) -> None:
        """Judge again the pages whose site memory has changed in this run, as pages of earlier days came in.

        Those that another version of the cleaners, or other corrections, judged are left alone, as always.
        """
        by = f"{cleaners_version()} {self._corrections.digest}"
        if not self.results and self.memories.are_settled(by):
            return
        old = 0
        judged: list[str] = []
        for shard in self.results:
            self.memories.summarize(shard)
        names = sorted(self.memories.shards() - self._others)
        for again in self.queue.rejudge(map(self._job, self.memories.stale(names))):
            judged.append(again.shard)
            if first := self.results.get(again.shard):
                self.results[again.shard] = self._named(first.rejudged(again))
                self.outcomes.add(self.results[again.shard].outcomes)
            else:
                old += 1
        for shard in judged:
            self.memories.summarize(shard)
        if old:
            self.note(f"shards judged again, as pages of earlier days came in: {old}")
        self.memories.remove_unused()
        self.memories.settle(by)

    def add(self, results: Iterable[ShardResult]) -> None:
        """Record the results of cleaning."""
        for result in map(self._named, results):
            self.results[result.shard] = result
            self.outcomes.add(result.outcomes)
            if result.shard in self._left_over:
                self.progress.find(len(result.outcomes))
                self.progress.finish(result.outcomes)
            else:
                self.progress.clean(result.outcomes)

    def _named(self, result: ShardResult) -> ShardResult:
        """The same, with `changed` for pages that were held before this run: cleaning does not know."""
        outcomes = [
            replace(outcome, status="changed") if outcome.status == "new" and self._was_held(outcome.url) else outcome
            for outcome in result.outcomes
        ]
        return replace(result, outcomes=outcomes)

    def _was_held(self, url: str) -> bool:
        page = self._captured.get(url) if self._captured else None
        first = page and self._captured and self._captured.original(url, page.digests[0])
        return bool(first and first.shard not in self._ours)
