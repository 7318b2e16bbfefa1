"""The work of a run in steps, so that it can run in Prefect's tasks or without them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from flows.discover import discover
from flows.fetch.fetch_errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor, Future
    from logging import Logger, LoggerAdapter
    from typing import Any

    from flows.common.page_types import Target
    from flows.config.kinds import Source
    from flows.crawl.batches import BatchResult
    from flows.discover.listing_cache import ListingCache
    from flows.fetch.fetcher import Fetcher
    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.cleaning_pool import CleaningPool
    from flows.pipeline.shard_result import ShardResult

    Log = Logger | LoggerAdapter[Any]


DISCOVERY_WAITS = (2.0, 10.0)
"""Seconds before a listing that did not answer is asked for again: the next run asks anyway, and a person may wait."""


def discover_whole(
    source: Source,
    fetcher: Fetcher | None,
    log: Log,
    cache: ListingCache | None,
    note: Callable[[str], None],
    waits: Sequence[float] = DISCOVERY_WAITS,
) -> list[Target]:
    """All pages of a source that is read whole, such as a feed, with further tries after these `waits`.

    Raises SitoError: a FetchError that another try would not help, or that of the last try; see `discover`.
    """
    for wait in waits:
        try:
            return list(discover(source, fetcher, log, cache, note))
        except FetchError as error:
            if not error.retryable:
                raise
            log.warning("%s; asked again in %g s", error, wait)
            time.sleep(wait)
    return list(discover(source, fetcher, log, cache, note))


class Pending(Protocol):
    """A shard that is being cleaned: a future of the standard library, or Prefect's."""

    def result(self) -> ShardResult:
        """Wait for it; raises what cleaning raised."""


class CleaningSteps(Protocol):
    """Cleaning, so that it can run in Prefect's tasks or without them."""

    def clean(self, job: CleaningJob) -> Pending:
        """Begin to clean a shard."""

    def stop(self) -> None:
        """End the cleaning that was begun, as the run was interrupted."""


class Steps(CleaningSteps, Protocol):
    """All the work of an ingest, so that it can run in Prefect's tasks or without them."""

    def discover(
        self, source: Source, fetcher: Fetcher | None, cache: ListingCache | None, note: Callable[[str], None]
    ) -> Iterable[Target]:
        """The pages that the source names; `note` is called with warnings."""

    def capture(self, batch: Callable[[], BatchResult]) -> BatchResult:
        """Keep a batch of them, by calling it here: the lock is held by this process."""


class PlainSteps:
    """The steps without Prefect: for runs in a terminal, and for whoever has a scheduler already."""

    def __init__(
        self, pool: CleaningPool, threads: Executor, log: Log, waits: Sequence[float] = DISCOVERY_WAITS
    ) -> None:
        self._pool = pool
        self._threads = threads
        self._log = log
        self._waits = waits

    def discover(
        self, source: Source, fetcher: Fetcher | None, cache: ListingCache | None, note: Callable[[str], None]
    ) -> Iterable[Target]:
        """The pages that the source names, lazily unless it is read whole; `note` is called with warnings."""
        if source.read_whole:
            return discover_whole(source, fetcher, self._log, cache, note, self._waits)
        return discover(source, fetcher, self._log, cache, note)

    def capture(self, batch: Callable[[], BatchResult]) -> BatchResult:
        """Keep a batch of them."""
        return batch()

    def clean(self, job: CleaningJob) -> Future[ShardResult]:
        """Begin to clean a shard."""
        return self._threads.submit(self._pool.clean, job)

    def stop(self) -> None:
        """End the cleaning that was begun."""
        self._pool.stop()
