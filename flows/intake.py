"""One source pulled: discover, capture in batches, clean the new shards meanwhile; plain Python."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cleaners.version import cleaners_version
from flows.clean.twins import Twins, sweep
from flows.errors import SitoError
from flows.outcomes import Outcomes
from flows.pull.capture import capture_batch, is_held
from flows.pull.discover import discover
from flows.raw.archive import Archive
from flows.sources import WebLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future
    from logging import Logger, LoggerAdapter
    from pathlib import Path
    from typing import Any

    from flows.clean.pool import CleaningPool
    from flows.clean.shards import ShardResult
    from flows.pages import Outcome, Target
    from flows.pull.capture import BatchResult
    from flows.pull.fetch import Fetcher
    from flows.raw.held import Held
    from flows.runs.progress import Progress
    from flows.sources import Limits, Source

    Log = Logger | LoggerAdapter[Any]

BATCH = 256
"""Pages that a batch looks at, and so those of most shards: five to ten seconds of cleaning."""


class Pending(Protocol):
    """A shard that is being cleaned: a future of the standard library, or Prefect's."""

    def result(self) -> ShardResult:
        """Wait for it; raises what cleaning raised."""


class Steps(Protocol):
    """The work itself, so that it can stand in Prefect's tasks or without them."""

    def discover(self, source: Source, fetcher: Fetcher | None) -> Iterable[Target]:
        """The pages that the source names."""

    def capture(self, batch: Callable[[], BatchResult]) -> BatchResult:
        """Keep a batch of them, by calling it here: the lock is held by this process."""

    def clean(self, shard: Path, data: Path, source: str, language: str | None) -> Pending:
        """Begin to clean a shard."""

    def stop(self) -> None:
        """End the cleaning that was begun, as the run was interrupted."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run did: an outcome for every page that it touched, each once, and the shards that it cleaned.

    `notes` are sentences for the report: what was mended, what waits. `problem` ended the run early.
    """

    outcomes: list[Outcome]
    shards: list[str]
    notes: list[str]
    problem: SitoError | None


def run_ingest(
    source: Source, data: Path, steps: Steps, progress: Progress, log: Log, *, in_flight: int = 8, batch: int = BATCH
) -> Intake:
    """Pull one source into raw/ and clean/ under `data`, under the source's lock.

    What a killed run left is mended first: half-written files go, shards without whole twins are cleaned. At most
    `in_flight` shards wait for their cleaning; capturing then waits too. Raises SitoError where another run holds the
    source or the folders cannot be written; when the source itself fails, what was kept until then is cleaned and the
    error is in the answer.
    """
    run = _Run(source, data, steps, progress, log, in_flight, batch)
    with run.archive.lock(), ExitStack() as stack:
        stack.push(run.cleaning.abandon)
        run.mend()
        run.pull(stack)
        progress.doing("cleaning")
        run.cleaned(run.cleaning.rest())
    return Intake(run.outcomes.settled(), sorted(run.shards), run.notes, run.problem)


class _Run:
    """A run while it goes."""

    def __init__(
        self, source: Source, data: Path, steps: Steps, progress: Progress, log: Log, in_flight: int, batch: int
    ) -> None:
        self.archive = Archive(data, source.name)
        self.cleaning = Cleaning(
            in_flight, lambda shard: steps.clean(shard, data, source.name, source.language), steps.stop
        )
        self.outcomes = Outcomes()
        self.shards: list[str] = []
        self.notes: list[str] = []
        self.problem: SitoError | None = None
        self._left_over: set[str] = set()
        self._source, self._data, self._steps = source, data, steps
        self._progress, self._log, self._batch = progress, log, batch

    def mend(self) -> None:
        """Remove what a killed run left half-written, and clean the shards that it did not come to."""
        parts = sweep(self._data, self._source.name)
        for what in self.archive.recover() + [f"{name}: half-written, removed" for name in parts]:
            self._note(what)
        stale = 0
        for shard in self.archive.shards():
            versions = Twins.of(self._data, self._source.name, shard.name).versions()
            if versions is None:
                self._left_over.add(shard.name)
                self.cleaned(self.cleaning.begin(shard))
            elif versions - {cleaners_version()}:
                stale += 1
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
        held = self.archive.held()
        fetcher = _fetcher(self._source.limits, stack)
        room = self._source.limits.pages_per_run
        targets: Iterator[Target] | None = None
        self._progress.doing("capturing")
        while True:
            try:
                targets = targets or iter(self._steps.discover(self._source, fetcher))
                part = _take(self._source, targets, self._batch, room, held)
                if not part:
                    break
                self._progress.find(len(part))
                batch = partial(capture_batch, self._source, part, self.archive, held, self._settle, fetcher)
                done = self._steps.capture(batch)
            except SitoError as error:
                self.problem = error
                break
            self.outcomes.enter(done.outcomes)
            if room is not None:
                room -= sum(outcome.status != "unchanged" for outcome in done.outcomes)
            for name in done.shards:
                self.cleaned(self.cleaning.begin(self.archive.folder / name))
        if room == 0:
            self._note(f"limits.pages_per_run is reached ({self._source.limits.pages_per_run}); more may wait")
        self._progress.find(0, all_found=True)

    def _settle(self, outcome: Outcome) -> None:
        if outcome.status != "new":  # that is known only when the page is cleaned
            self._progress.finish([outcome])

    def cleaned(self, results: Iterable[ShardResult]) -> None:
        """Take in what cleaning gives."""
        for result in results:
            self.shards.append(result.shard)
            self.outcomes.enter(result.outcomes)
            if result.shard in self._left_over:
                self._progress.find(len(result.outcomes))
            self._progress.finish(result.outcomes)


def _take(source: Source, targets: Iterator[Target], size: int, room: int | None, held: Held) -> list[Target]:
    """The next batch: at most `size` pages that must be looked at, `room` if that is less, and the others between them.

    The others are pages of the web that are held. A sitemap may name a million of them, which cost no batches.
    """
    part: list[Target] = []
    left = size if room is None else min(size, room)
    while left and (target := next(targets, None)):
        part.append(target)
        left -= not (isinstance(source.limits, WebLimits) and is_held(source, target, held))
    return part


def _fetcher(limits: Limits, stack: ExitStack) -> Fetcher | None:
    if not isinstance(limits, WebLimits):
        return None
    from flows.pull.fetch import Fetcher

    return stack.enter_context(Fetcher(limits))


class Cleaning:
    """Shards that are being cleaned, in the order in which they were begun; never more than `in_flight`."""

    def __init__(self, in_flight: int, begin: Callable[[Path], Pending], stop: Callable[[], None]) -> None:
        self._in_flight = in_flight
        self._begin = begin
        self._stop = stop
        self._pending: deque[Pending] = deque()

    def begin(self, shard: Path) -> Iterator[ShardResult]:
        """Begin with a shard; gives those that had to be finished first."""
        while len(self._pending) >= self._in_flight:
            yield self._pending.popleft().result()
        self._pending.append(self._begin(shard))

    def rest(self) -> Iterator[ShardResult]:
        """Wait for all that were begun, one by one."""
        while self._pending:
            yield self._pending.popleft().result()

    def each(self, shards: Iterable[Path]) -> Iterator[ShardResult]:
        """Clean them all."""
        for shard in shards:
            yield from self.begin(shard)
        yield from self.rest()

    def abandon(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait without asking what came of it, so that nothing is written after the lock is gone; an exit callback.

        Who interrupts a run (`kind` is no Exception: Ctrl-C, SIGTERM) does not want to wait for its rest.
        """
        if kind is not None and not issubclass(kind, Exception):
            self._stop()
        while self._pending:
            with suppress(Exception):
                self._pending.popleft().result()


class PlainSteps:
    """The steps without Prefect: for benchmarks, tests and whoever has a scheduler already."""

    def __init__(self, pool: CleaningPool, threads: Executor, log: Log) -> None:
        self._pool = pool
        self._threads = threads
        self._log = log

    def discover(self, source: Source, fetcher: Fetcher | None) -> Iterator[Target]:
        """The pages that the source names."""
        return discover(source, fetcher, self._log)

    def capture(self, batch: Callable[[], BatchResult]) -> BatchResult:
        """Keep a batch of them."""
        return batch()

    def clean(self, shard: Path, data: Path, source: str, language: str | None) -> Future[ShardResult]:
        """Begin to clean a shard."""
        return self._threads.submit(self._pool.clean, shard, data, source, language)

    def stop(self) -> None:
        """End the cleaning that was begun."""
        self._pool.stop()
