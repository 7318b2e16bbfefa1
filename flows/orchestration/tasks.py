"""The work of a run as Prefect tasks: a discovery, a batch or a shard each, never a page.

The server spends some 30 ms on every task run. Whether a step is tried again says `pipeline.steps`, for all runs.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from flows.common.errors import SitoError
from flows.config.settings import current_settings
from flows.crawl.batches import BatchResult
from flows.discover import discover
from flows.orchestration.flow_runs import failed
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_pool import cleaning_pool
from flows.pipeline.shard_result import ShardResult
from flows.pipeline.steps import discover_whole
from flows.pipeline.stored_job import StoredJob, StoredResult
from flows.stories.spread import IN_PROCESS, Spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from flows.common.page_types import Target
    from flows.config.kinds import Source
    from flows.config.settings import Settings
    from flows.discover.listing_cache import ListingCache
    from flows.fetch.fetcher import Fetcher
    from flows.pipeline.steps import Pending


_STORY_JOBS = 32
"""That are handed out at once."""


@task(task_run_name="discover {source.name}", cache_policy=NO_CACHE)
def discover_pages(
    source: Source, fetcher: Fetcher | None, cache: ListingCache | None, note: Callable[[str], None]
) -> list[Target] | State[Any]:
    """The pages of a feed; asked again when it does not answer."""
    try:
        return discover_whole(source, fetcher, get_run_logger(), cache, note)
    except SitoError as error:
        return failed(error)


@task(task_run_name="capture {number}", cache_policy=NO_CACHE)
def capture_pages(number: int, batch: Callable[[], BatchResult]) -> BatchResult | State[Any]:
    """Keep a batch of pages."""
    try:
        return batch()
    except SitoError as error:
        return failed(error)


@task(task_run_name="clean {job.shard.name}", cache_policy=NO_CACHE)
def clean_pages(job: CleaningJob) -> ShardResult | State[Any]:
    """Clean a shard in one of this machine's cleaning processes."""
    try:
        return cleaning_pool().clean(job)
    except SitoError as error:
        return failed(error)


@task(task_run_name="clean {stored.job.shard.name}", cache_policy=NO_CACHE)
def clean_stored_pages(stored: StoredJob) -> StoredResult | State[Any]:
    """Clean a shard of a store on a machine that has no folder of it."""
    try:
        return stored.run(cleaning_pool().clean)
    except SitoError as error:
        return failed(error)


class _Taken:
    """A shard that another machine cleans: when it is done, its tables are taken into the folder of this run."""

    def __init__(self, pending: Any, data: Path) -> None:
        self._pending, self._data = pending, data

    def result(self) -> ShardResult:
        """Wait for it; raises what cleaning raised."""
        done: StoredResult = self._pending.result()
        return done.take(self._data)


@task(task_run_name="{job}", cache_policy=NO_CACHE)
def story_job(function: Callable[[Any], Any], job: Any) -> Any:
    """A shard to be read for stories, or a band of a day to be counted."""
    return function(job)


def spread_stories(settings: Settings) -> Spread:
    """How the jobs of stories are done: here, or as tasks where SITO_RUNNER names who does them (Dask, say)."""
    return IN_PROCESS if settings.runner is None else Spread(_as_tasks, max(2, settings.workers))


def _as_tasks(function: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
    """The results in order; a few jobs at a time, so that results do not heap up."""
    waiting: deque[Pending] = deque()
    for job in jobs:
        waiting.append(cast("Pending", story_job.submit(function, job)))
        if len(waiting) >= _STORY_JOBS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# Called with return_state: the plain call of a task that failed without an exception gives the failed state.
class TaskSteps:
    """The steps of a run as Prefect tasks."""

    def __init__(self) -> None:
        self._batches = 0

    def discover(
        self, source: Source, fetcher: Fetcher | None, cache: ListingCache | None, note: Callable[[str], None]
    ) -> Iterable[Target]:
        """A feed in a task of its own; all else as it is walked: a sitemap may name a million pages."""
        if source.read_whole:
            return cast("list[Target]", discover_pages(source, fetcher, cache, note, return_state=True).result())
        return discover(source, fetcher, get_run_logger(), cache, note)

    def capture(self, batch: Callable[[], BatchResult]) -> BatchResult:
        """A task for the batch, in this process: the lock and what is held are here."""
        self._batches += 1
        return cast("BatchResult", capture_pages(self._batches, batch, return_state=True).result())

    def clean(self, job: CleaningJob) -> Pending:
        """A task for the shard, wherever the task runner of the flow puts it.

        Where that is one of the user's, and the data is in a store, it needs no folder of ours.
        """
        if current_settings().runner is not None and (stored := StoredJob.of(job)) is not None:
            return _Taken(clean_stored_pages.submit(stored), job.data)
        return cast("Pending", clean_pages.submit(job))

    def stop(self) -> None:
        """End the cleaning processes of this machine."""
        cleaning_pool().stop()
