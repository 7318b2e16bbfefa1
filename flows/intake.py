"""One source pulled: discover, capture in batches, clean the new shards meanwhile; plain Python."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from cleaners.version import cleaners_version
from flows.archive import Archive
from flows.capture import capture_batch
from flows.discover import discover
from flows.errors import SitoError
from flows.sources import WebLimits
from flows.twins import Twins, sweep
from flows.uri import BadAddressError, to_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future
    from logging import Logger, LoggerAdapter
    from pathlib import Path
    from typing import Any

    from flows.capture import BatchResult
    from flows.clean import ShardResult
    from flows.fetch import Fetcher
    from flows.held import Held
    from flows.pages import Outcome, Target
    from flows.pool import CleaningPool
    from flows.progress import Progress
    from flows.sources import Limits, Source

    Log = Logger | LoggerAdapter[Any]

BATCH = 256
"""Pages of a batch, and so of most shards: five to ten seconds of cleaning."""


class Pending(Protocol):
    """A shard that is being cleaned: a future of the standard library, or Prefect's."""

    def result(self) -> ShardResult:
        """Wait for it; raises what cleaning raised."""


class Steps(Protocol):
    """The work itself, so that it can stand in Prefect's tasks or without them."""

    def discover(self, source: Source, fetcher: Fetcher | None) -> Iterable[Target]:
        """The pages that the source names."""

    def capture(
        self,
        source: Source,
        targets: list[Target],
        archive: Archive,
        held: Held,
        progress: Callable[[Outcome], None],
        fetcher: Fetcher | None,
    ) -> BatchResult:
        """Keep a batch of them."""

    def clean(self, shard: Path, data: Path, source: str, language: str | None) -> Pending:
        """Begin to clean a shard."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run did: an outcome for every page that it touched, each once, and the shards that it cleaned.

    `stale` counts shards that stand cleaned by another version of the cleaners; `problem` ended the run early.
    """

    outcomes: list[Outcome]
    shards: list[str]
    stale: int
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
    archive = Archive(data, source.name)
    tally = Outcomes()
    shards: list[str] = []
    problem: SitoError | None = None
    with archive.lock(), ExitStack() as stack:
        for what in archive.recover() + [f"{name}: half-written, removed" for name in sweep(data, source.name)]:
            log.warning(what)
        cleaning = Cleaning(in_flight, lambda shard: steps.clean(shard, data, source.name, source.language))
        stack.callback(cleaning.abandon)

        def cleaned(results: Iterable[ShardResult]) -> None:
            for result in results:
                shards.append(result.shard)
                tally.enter(result.outcomes)
                progress.finish(result.outcomes)

        def settle(outcome: Outcome) -> None:
            if outcome.status != "new":  # that is known only when the page is cleaned
                progress.finish([outcome])

        stale = 0
        for shard in archive.shards():
            versions = Twins.of(data, source.name, shard.name).versions()
            if versions is None:
                log.warning("%s: not cleaned yet, or not to its end; cleaning it", shard.name)
                cleaned(cleaning.begin(shard))
            elif versions - {cleaners_version()}:
                stale += 1
        try:
            held = archive.held()
            fetcher = _fetcher(source.limits, stack)
            targets = iter(steps.discover(source, fetcher))
            room = source.limits.pages_per_run
            progress.doing("capturing")
            while part := list(islice(targets, batch if room is None else min(batch, room))):
                progress.find(len(part))
                done = steps.capture(source, part, archive, held, settle, fetcher)
                tally.enter(done.outcomes)
                if room is not None:
                    room -= sum(outcome.status != "unchanged" for outcome in done.outcomes)
                for name in done.shards:
                    cleaned(cleaning.begin(archive.folder / name))
            progress.find(0, all_found=True)
        except SitoError as error:
            problem = error
        progress.doing("cleaning")
        cleaned(cleaning.rest())
    return Intake(tally.settled(), sorted(shards), stale, problem)


def _fetcher(limits: Limits, stack: ExitStack) -> Fetcher | None:
    if not isinstance(limits, WebLimits):
        return None
    from flows.fetch import Fetcher

    return stack.enter_context(Fetcher(limits))


class Cleaning:
    """Shards that are being cleaned, in the order in which they were begun; never more than `in_flight`."""

    def __init__(self, in_flight: int, begin: Callable[[Path], Pending]) -> None:
        self._in_flight = in_flight
        self._begin = begin
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

    def abandon(self) -> None:
        """Wait without asking what came of it, so that nothing is written after the lock is gone."""
        while self._pending:
            with suppress(Exception):
                self._pending.popleft().result()


class Outcomes:
    """One outcome for each page of a run, whatever happened to it on the way.

    A failure stands before all, what cleaning says before what capturing says, and of two captures of a page the later.
    """

    def __init__(self) -> None:
        self._pages: dict[str, tuple[tuple[bool, str], Outcome]] = {}

    def enter(self, outcomes: Iterable[Outcome]) -> None:
        """Enter what capturing or cleaning said; only the latter names the shard."""
        for outcome in outcomes:
            key = _address(outcome.url)
            rank = (outcome.status == "failed", outcome.shard or "")
            if key not in self._pages or rank >= self._pages[key][0]:
                self._pages[key] = rank, outcome

    def settled(self) -> list[Outcome]:
        """The outcomes, once all shards are cleaned: a page that never came out of its shard has failed."""
        return [
            replace(outcome, status="failed", reason="was captured, but is not in the shard that should hold it")
            if outcome.status == "new" and outcome.shard is None
            else outcome
            for _, outcome in self._pages.values()
        ]


def _address(url: str) -> str:
    try:
        return to_uri(url)  # as archived pages are called
    except BadAddressError:
        return url


class PlainSteps:
    """The steps without Prefect: for benchmarks, tests and whoever has a scheduler already."""

    def __init__(self, pool: CleaningPool, threads: Executor, log: Log) -> None:
        self._pool = pool
        self._threads = threads
        self._log = log

    def discover(self, source: Source, fetcher: Fetcher | None) -> Iterator[Target]:
        """The pages that the source names."""
        return discover(source, fetcher, self._log)

    def capture(
        self,
        source: Source,
        targets: list[Target],
        archive: Archive,
        held: Held,
        progress: Callable[[Outcome], None],
        fetcher: Fetcher | None,
    ) -> BatchResult:
        """Keep a batch of them."""
        return capture_batch(source, targets, archive, held, progress, fetcher)

    def clean(self, shard: Path, data: Path, source: str, language: str | None) -> Future[ShardResult]:
        """Begin to clean a shard."""
        return self._threads.submit(self._pool.clean, shard, data, source, language)
