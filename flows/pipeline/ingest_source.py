"""One source pulled: discover, capture in batches, clean the new shards meanwhile; plain Python."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from cleaners.version import cleaners_version
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.config.limits import WebLimits
from flows.config.settings import default_state
from flows.crawl.batches import capture_answers, capture_records
from flows.crawl.capture import attempt
from flows.crawl.frontier import Frontier
from flows.crawl.recrawl_schedule import RecrawlSchedule
from flows.discover.background import Background
from flows.discover.listing_cache import ListingCache
from flows.fetch.fetcher import Fetcher
from flows.fetch.politeness import Politeness
from flows.memory.source_memory import Memories
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_queue import CleaningQueue
from flows.pipeline.ingest_result import IngestResult
from flows.pipeline.outcomes import Outcomes
from flows.report.progress import CAPTURING
from flows.report.tally import merged
from flows.state import Policy, State
from flows.tables.shard_tables import ShardTables, remove_partial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flows.archive.captured_index import CapturedIndex
    from flows.common.page_types import Outcome, Target
    from flows.config.kinds import Source
    from flows.crawl.batches import BatchResult
    from flows.pipeline.shard_result import ShardResult
    from flows.pipeline.steps import Log, Steps
    from flows.report.progress import Progress


BATCH = 256
"""Pages that a batch looks at, and so those of most shards: five to ten seconds of cleaning."""

WARNINGS = 20
"""Warnings of discovery in a report; every sitemap of an index may have one."""


def ingest_source(
    source: Source,
    data: Path,
    steps: Steps,
    progress: Progress,
    log: Log,
    *,
    state: str | None = None,
    in_flight: int = 8,
    batch: int = BATCH,
) -> IngestResult:
    """Pull one source into raw/ and clean/ under `data`, under the source's lock.

    What a killed run left is recovered first: half-written files are completed or removed, shards without whole tables
    are cleaned. `state` is the SQLAlchemy address of the state (None: SQLite under `data`), which only sources of the
    web need. At most `in_flight` shards wait for their cleaning; capturing then waits too. Raises SitoError where
    another run holds the source or the folders cannot be written; when the source itself fails, what was kept until
    then is cleaned and the error is in the result.
    """
    run = _Run(source, data, steps, progress, log, state or default_state(data), in_flight, batch)
    with run.archive.lock(), ExitStack() as stack:
        stack.push(run.queue.abandon)
        run.recover()
        run.pull(stack)
        progress.doing("cleaning")
        run.add(run.queue.rest())
        run.rejudge()
    shards = sorted(run.results)
    return IngestResult(
        run.outcomes.final(), shards, merged(run.results[s].tally for s in shards), run.notes, run.problem
    )


class _Run:
    """The state of a run."""

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
    ) -> None:
        self.archive = Archive(data, source.name)
        self.memories = Memories(data, source.name)
        self.queue = CleaningQueue(steps, self.memories, in_flight)
        self.outcomes = Outcomes()
        self.results: dict[str, ShardResult] = {}  # by shard, of those cleaned in this run
        self.notes: list[str] = []
        self.problem: SitoError | None = None
        self._warnings = 0
        self._left_over: set[str] = set()
        self._others: set[str] = set()  # shards that another version of the cleaners judged
        self._source, self._data, self._steps = source, data, steps
        self._progress, self._log, self._state, self._batch = progress, log, state, batch

    def recover(self) -> None:
        """Remove what a killed run left half-written, and clean the shards that it did not get to."""
        parts = remove_partial(self._data, self._source.name)
        said = self.archive.recover()
        read, found = self.archive.check_share()
        for what in dict.fromkeys([*said, *found, *(f"{name}: half-written, removed" for name in parts)]):
            self._note(what)
        broken = [shard.name for shard in read if self._is_broken(shard.name)]
        for name in broken:
            self._note(f"the tables of {name} cannot be read, and are made anew")
        raw = {shard.name for shard in self.archive.shards()}
        for name in sorted(raw.union(ShardTables.shards(self._data, self._source.name))):
            summary = self.memories.summarize(name)
            if name in raw and (summary is None or name in broken):
                self._left_over.add(name)
            elif summary is not None and summary.versions - {cleaners_version()}:
                self._others.add(name)
        for name in sorted(self._left_over):
            self.add(self.queue.begin(self._job(name)))
        stale = len(self._others & raw)
        if self._left_over:
            self._note(f"shards that were not cleaned to their end, and are now: {len(self._left_over)}")
        if stale:
            self._note(
                f"shards that another version of the cleaners cleaned: {stale}; "
                f"`sito reprocess {self._source.name}` cleans them again"
            )

    def _is_broken(self, shard: str) -> bool:
        """Whether the tables look whole and cannot be read to their end."""
        tables = ShardTables.of(self._data, self._source.name, shard)
        return tables.versions() is not None and not tables.readable()

    def _job(self, shard: str) -> CleaningJob:
        source = self._source
        return CleaningJob(
            self.archive.folder / shard, self._data, source.name, source.language, quotations=source.quotations
        )

    def _note(self, note: str) -> None:
        self.notes.append(note)
        self._log.warning(note)

    def _warned(self, warning: str) -> None:
        """A warning of discovery, which is in the log already."""
        self._warnings += 1
        if self._warnings <= WARNINGS:
            self.notes.append(warning)
        elif self._warnings == WARNINGS + 1:
            self.notes.append("more warnings of discovery are in the log")

    def pull(self, stack: ExitStack) -> None:
        """Capture batch after batch; each shard goes on to its cleaning. What ends that early is `problem`."""
        self._progress.doing(CAPTURING)
        captured = self.archive.captured()
        limits = self._source.limits
        room = limits.pages_per_run
        try:
            if self._source.is_of_web and isinstance(limits, WebLimits):
                left = self._pull_web(limits, captured, stack)
            else:
                left = self._pull_records(captured, room)
        except SitoError as error:
            self.problem = error
        else:
            if left == 0:
                self._note(f"limits.pages_per_run is reached ({room}); more may wait")
        self._progress.find(0, all_found=True)

    def _pull_records(self, captured: CapturedIndex, room: int | None) -> int | None:
        """Files and records; gives what is left of the room for new and failed pages."""
        targets = iter(self._steps.discover(self._source, None, None, self._warned))
        while part := list(islice(targets, self._batch if room is None else min(self._batch, room))):
            self._progress.find(len(part))
            done = self._steps.capture(
                partial(capture_records, self._source, part, self.archive, captured, self._answered)
            )
            self._captured(done)
            if room is not None:
                room -= sum(outcome.status != "unchanged" for outcome in done.outcomes)
        return room

    def _pull_web(self, limits: WebLimits, captured: CapturedIndex, stack: ExitStack) -> int | None:
        """Pages of the web; gives what is left of the room for pages that are asked for."""
        source = self._source
        state = stack.enter_context(State.open(self._state))
        policy = Policy.of(source)
        state.sync_from_archive(source.name, self.archive, policy)
        if lost := [url for url in self.archive.gone if url not in captured]:
            state.lost(source.name, lost)
        state.hosts.release_owned(source.name)  # we hold the source's lock: whoever had them was killed
        hosts = Politeness(state.hosts, limits.delay_seconds, limits.pages_per_host, owner=source.name)
        fetcher = stack.enter_context(Fetcher(limits, hosts))
        schedule = RecrawlSchedule(source, state, captured, self._decided, limits.pages_per_run)
        listings = ListingCache(source.name, state.listings)

        ahead: Background | None = None
        if source.walks_listings:
            ahead = Background(self._steps.discover(source, fetcher, listings, self._warned), lambda: listings.reads)
            stack.callback(ahead.close, fetcher.abort)

        def wanted() -> Iterator[Target | None]:
            yield from schedule.pages(ahead or self._steps.discover(source, fetcher, listings, self._warned))

        with Frontier(
            wanted(),
            partial(attempt, source, fetcher=fetcher),
            tell=self._progress.wait,
            idle=ahead.wait if ahead else lambda: None,
        ) as frontier:
            # The threads must not hold up the end of a run that was interrupted.
            stack.push(lambda kind, *_: fetcher.abort() if kind is not None else None)
            while True:
                batch = partial(
                    capture_answers, frontier, self.archive, captured, self._batch, self._answered, schedule.follow
                )
                done = self._steps.capture(batch)
                self._captured(done)
                schedule.record_unanswered(done.unanswered)
                if not source.read_whole:  # whose listing is read before its pages are captured
                    listings.keep(ahead.read if ahead else None)
                if done.shards:
                    state.sync_from_archive(source.name, self.archive, policy)
                if not done.outcomes:
                    break
        if frontier.problem is not None:
            raise frontier.problem
        if schedule.room is None or schedule.room > 0:  # every page that was named is in the state
            listings.keep()
        return schedule.room

    def _decided(self, outcomes: list[Outcome], asked: int) -> None:
        self._progress.find(len(outcomes) + asked)
        self.outcomes.add(outcomes)
        self._progress.finish(outcomes)

    def _answered(self, outcome: Outcome, size: int) -> None:
        self._progress.receive(size)
        if outcome.status == "new":  # whether it holds text is known only after cleaning
            self._progress.keep()
        else:
            self._progress.finish([outcome])

    def _captured(self, done: BatchResult) -> None:
        self.outcomes.add(done.outcomes)
        for name in done.shards:
            self.add(self.queue.begin(self._job(name)))

    def rejudge(self) -> None:
        """Judge again the pages whose site memory has changed in this run, as pages of earlier days came in.

        Those that another version of the cleaners judged are left alone, as always.
        """
        old = 0
        for shard in self.results:
            self.memories.summarize(shard)
        names = sorted(self.memories.shards() - self._others)
        for again in self.queue.rejudge(map(self._job, self.memories.stale(names))):
            if first := self.results.get(again.shard):
                self.results[again.shard] = first.rejudged(again)
                self.outcomes.add(self.results[again.shard].outcomes)
            else:
                old += 1
        if old:
            self._note(f"shards judged again, as pages of earlier days came in: {old}")
        self.memories.remove_unused()

    def add(self, results: Iterable[ShardResult]) -> None:
        """Record the results of cleaning."""
        for result in results:
            self.results[result.shard] = result
            self.outcomes.add(result.outcomes)
            if result.shard in self._left_over:
                self._progress.find(len(result.outcomes))
                self._progress.finish(result.outcomes)
            else:
                self._progress.clean(result.outcomes)
