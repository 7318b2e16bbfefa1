"""One source pulled: discover, capture in batches, clean the new shards meanwhile; plain Python."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from cleaners.version import cleaners_version
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.config.kinds import FeedSource, WebLimits, is_of_web
from flows.config.settings import default_state
from flows.crawl.batches import capture_answers, capture_records
from flows.crawl.capture import attempt
from flows.crawl.frontier import Frontier
from flows.crawl.recrawl_schedule import RecrawlSchedule
from flows.discover.listing_cache import ListingCache
from flows.fetch.fetcher import Fetcher
from flows.fetch.politeness import Politeness
from flows.memory.source_memory import Memories
from flows.pipeline.cleaning_queue import Cleaning
from flows.pipeline.outcomes import Outcomes
from flows.report.progress import CAPTURING
from flows.state import Policy, State
from flows.tables.shard_tables import ShardTables, sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flows.archive.captured_index import CapturedIndex
    from flows.common.page_types import Outcome, Target
    from flows.config.kinds import Source
    from flows.crawl.batches import BatchResult
    from flows.pipeline.clean_shard import ShardResult
    from flows.pipeline.steps import Log, Steps
    from flows.report.progress import Progress


BATCH = 256
"""Pages that a batch looks at, and so those of most shards: five to ten seconds of cleaning."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What a run did: an outcome for every page that it touched, each once, and the shards that it cleaned.

    `notes` are sentences for the report: what was mended, what waits. `problem` ended the run early.
    """

    outcomes: list[Outcome]
    shards: list[str]
    notes: list[str]
    problem: SitoError | None


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

    What a killed run left is mended first: half-written files are completed or go, shards without whole twins are
    cleaned. `state` is the SQLAlchemy address of the state (None: SQLite under `data`), which only sources of the web
    need. At most `in_flight` shards wait for their cleaning; capturing then waits too. Raises SitoError where another
    run holds the source or the folders cannot be written; when the source itself fails, what was kept until then is
    cleaned and the error is in the answer.
    """
    run = _Run(source, data, steps, progress, log, state or default_state(data), in_flight, batch)
    with run.archive.lock(), ExitStack() as stack:
        stack.push(run.cleaning.abandon)
        run.mend()
        run.pull(stack)
        progress.doing("cleaning")
        run.cleaned(run.cleaning.rest())
        run.settle()
    return IngestResult(run.outcomes.settled(), sorted(run.shards), run.notes, run.problem)


class _Run:
    """A run while it goes."""

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
        self.cleaning = Cleaning(
            in_flight,
            lambda shard, options: steps.clean(shard, data, source.name, source.language, options),
            self.memories,
            steps.stop,
        )
        self.outcomes = Outcomes()
        self.shards: list[str] = []
        self.notes: list[str] = []
        self.problem: SitoError | None = None
        self._left_over: set[str] = set()
        self._first: dict[str, ShardResult] = {}
        self._others: set[str] = set()  # shards that other cleaners have cleaned
        self._source, self._data, self._steps = source, data, steps
        self._progress, self._log, self._state, self._batch = progress, log, state, batch

    def mend(self) -> None:
        """Remove what a killed run left half-written, and clean the shards that it did not come to."""
        parts = sweep(self._data, self._source.name)
        for what in self.archive.recover() + [f"{name}: half-written, removed" for name in parts]:
            self._note(what)
        raw = {shard.name for shard in self.archive.shards()}
        for name in sorted(raw.union(ShardTables.shards(self._data, self._source.name))):
            look = self.memories.look(name)
            if look is None and name in raw:
                self._left_over.add(name)
            elif look is not None and look.versions - {cleaners_version()}:
                self._others.add(name)
        for name in sorted(self._left_over):
            self.cleaned(self.cleaning.begin(self.archive.folder / name))
        stale = len(self._others & raw)
        if self._left_over:
            self._note(f"shards that were not cleaned to their end, and are now: {len(self._left_over)}")
        if stale:
            self._note(
                f"shards that another version of the cleaners cleaned: {stale}; "
                f"`sito reprocess {self._source.name}` cleans them again"
            )

    def _note(self, note: str) -> None:
        self.notes.append(note)
        self._log.warning(note)

    def pull(self, stack: ExitStack) -> None:
        """Capture batch after batch; each shard goes on to its cleaning. What ends that early is noted."""
        self._progress.doing(CAPTURING)
        captured = self.archive.captured()
        limits = self._source.limits
        room = limits.pages_per_run
        try:
            if is_of_web(self._source) and isinstance(limits, WebLimits):
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
        targets = iter(self._steps.discover(self._source, None, None))
        while part := list(islice(targets, self._batch if room is None else min(self._batch, room))):
            self._progress.find(len(part))
            done = self._steps.capture(
                partial(capture_records, self._source, part, self.archive, captured, self._answered)
            )
            self._enter(done)
            if room is not None:
                room -= sum(outcome.status != "unchanged" for outcome in done.outcomes)
        return room

    def _pull_web(self, limits: WebLimits, captured: CapturedIndex, stack: ExitStack) -> int | None:
        """Pages of the web; gives what is left of the room for pages that are asked for."""
        source = self._source
        state = stack.enter_context(State.open(self._state))
        policy = Policy.of(source)
        state.sync_from_archive(source.name, self.archive, policy)
        state.hosts.release_owned(source.name)  # we hold the source's lock: who had them was killed
        hosts = Politeness(state.hosts, limits.delay_seconds, limits.pages_per_host, owner=source.name)
        fetcher = stack.enter_context(Fetcher(limits, hosts))
        agenda = RecrawlSchedule(source, state, captured, self._settled, limits.pages_per_run)
        reading = ListingCache(source.name, state.listings)

        def wanted() -> Iterator[Target]:
            yield from agenda.pages(self._steps.discover(source, fetcher, reading))

        with Frontier(wanted(), partial(attempt, source, fetcher=fetcher), tell=self._progress.wait) as frontier:
            # The threads must not hold up the end of a run that was interrupted.
            stack.push(lambda kind, *_: fetcher.abort() if kind is not None else None)
            while True:
                batch = partial(capture_answers, frontier, self.archive, captured, self._batch, self._answered)
                done = self._steps.capture(batch)
                self._enter(done)
                agenda.enter(done.unanswered)
                if not isinstance(source, FeedSource):  # which may come as a whole before its pages are looked at
                    reading.keep()
                if done.shards:
                    state.sync_from_archive(source.name, self.archive, policy)
                if not done.outcomes:
                    break
        if frontier.problem is not None:
            raise frontier.problem
        if agenda.room is None or agenda.room > 0:  # all that was named is in the state
            reading.keep()
        return agenda.room

    def _settled(self, outcomes: list[Outcome], asked: int) -> None:
        self._progress.find(len(outcomes) + asked)
        self.outcomes.enter(outcomes)
        self._progress.finish(outcomes)

    def _answered(self, outcome: Outcome, size: int) -> None:
        self._progress.receive(size)
        if outcome.status == "new":  # whether it holds a text is known only when it is cleaned
            self._progress.keep()
        else:
            self._progress.finish([outcome])

    def _enter(self, done: BatchResult) -> None:
        self.outcomes.enter(done.outcomes)
        for name in done.shards:
            self.cleaned(self.cleaning.begin(self.archive.folder / name))

    def settle(self) -> None:
        """Judge again the pages whose site memory has changed in this run, as pages of earlier days came in.

        Those of other cleaners are left alone, as ever.
        """
        old = 0
        for shard in self.shards:
            self.memories.look(shard)
        names = sorted(self.memories.shards() - self._others)
        for again in self.cleaning.settle(self.memories.stale(names), self.archive.folder, {}):
            if again.shard in self._first:
                self.outcomes.enter(self._first[again.shard].settled(again).outcomes)
            else:
                old += 1
        if old:
            self._note(f"shards judged again, as pages of earlier days came in: {old}")
        self.memories.sweep()

    def cleaned(self, results: Iterable[ShardResult]) -> None:
        """Take in what cleaning gives."""
        for result in results:
            self.shards.append(result.shard)
            self._first[result.shard] = result
            self.outcomes.enter(result.outcomes)
            if result.shard in self._left_over:
                self._progress.find(len(result.outcomes))
                self._progress.finish(result.outcomes)
            else:
                self._progress.clean(result.outcomes)
