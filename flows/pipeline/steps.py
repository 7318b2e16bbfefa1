"""The work of a run in steps, so that it can run in Prefect's tasks or without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flows.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
    """The steps without Prefect: for benchmarks, tests and whoever has a scheduler already."""

    def __init__(self, pool: CleaningPool, threads: Executor, log: Log) -> None:
        self._pool = pool
        self._threads = threads
        self._log = log

    def discover(
        self, source: Source, fetcher: Fetcher | None, cache: ListingCache | None, note: Callable[[str], None]
    ) -> Iterator[Target]:
        """The pages that the source names; `note` is called with warnings."""
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
