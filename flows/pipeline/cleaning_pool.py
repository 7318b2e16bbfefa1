"""Cleaning processes, one shard at a time in each. A page that kills its process, or blocks it, costs only itself."""

from __future__ import annotations

import atexit
from dataclasses import replace
from functools import cache
from queue import LifoQueue
from threading import Lock
from typing import TYPE_CHECKING, Self

from flows.common.errors import SitoError
from flows.common.fork_server import Child, ChildDied, ForkServer, Stopped
from flows.config.settings import current_settings
from flows.pipeline.finished_pages import finished_file
from flows.pipeline.shard_result import ShardResult

if TYPE_CHECKING:
    from flows.pipeline.cleaning_job import CleaningJob

_first = Lock()  # the threads of a run all ask at once, and the cache alone would let each make a pool


def cleaning_pool() -> CleaningPool:
    """The pool of this process, made by the settings of its first use; it ends with the process."""
    with _first:
        return _pool()


@cache
def _pool() -> CleaningPool:
    settings = current_settings()
    pool = CleaningPool(settings.workers, settings.page_seconds)
    atexit.register(pool.close)
    return pool


class CleaningPool:
    """Up to `workers` processes, started when first needed; safe to use from any number of threads."""

    def __init__(self, workers: int, page_seconds: float = 120) -> None:
        self._page_seconds = page_seconds
        self._server = ForkServer("flows.pipeline.cleaning_worker:work", "flows.pipeline.warm_up:rows")
        # Last in, first out: a process that is warm is used before another is started.
        self._workers: LifoQueue[Child | None] = LifoQueue()
        self._count = workers
        self._busy: set[Child] = set()
        self._stopped = False
        for _ in range(workers):
            self._workers.put(None)

    def clean(self, job: CleaningJob) -> ShardResult:
        """`clean_shard` in one of the processes; waits for its end, and raises what it raised.

        When the process dies, or a page holds it for too long, another one goes on with that page among the job's
        `poison_pages`, so that it gets a failed row with the reason; what was finished before it is not cleaned again.
        """
        with finished_file(job) as finished:
            job = replace(job, finished=finished)
            while True:
                try:
                    return self._run(job)
                except PageDied as death:
                    if death.offset is None or death.offset in job.poison_pages:
                        raise SitoError(f"{job.shard}: cleaning it {death}, again and again") from death
                    job = replace(job, poison_pages={**job.poison_pages, death.offset: str(death)})

    def _run(self, job: CleaningJob) -> ShardResult:
        worker = self._workers.get()
        try:
            if self._stopped:
                raise SitoError("stopped; what was kept so far is in place")
            worker = worker or self._start()
            self._busy.add(worker)
            return _answer(worker, job, self._page_seconds)
        except Stopped as error:
            self._stopped = True
            raise SitoError("stopped; what was kept so far is in place") from error
        finally:
            if worker:
                self._busy.discard(worker)
            self._workers.put(worker if worker and worker.alive else None)

    def _start(self) -> Child:
        try:
            return self._server.start()
        except ChildDied as death:
            raise PageDied(str(death), None) from death

    def stop(self) -> None:
        """End what is being cleaned, for good and at once; those who wait for it get a SitoError."""
        self._stopped = True
        for worker in list(self._busy):
            worker.kill()

    def close(self) -> None:
        """End the processes."""
        workers = [self._workers.get() for _ in range(self._count)]
        for worker in workers:
            if worker:
                worker.end()
            self._workers.put(None)
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class PageDied(Exception):  # noqa: N818 - what happened, not what is wrong
    """A cleaning process ended, or was ended, at the page with this offset; None: before it began one."""

    def __init__(self, reason: str, offset: int | None) -> None:
        super().__init__(reason)
        self.offset = offset


def _answer(worker: Child, job: CleaningJob, seconds: float) -> ShardResult:
    """Clean a shard in a process; raises what cleaning it raised, or PageDied."""
    offset: int | None = None
    try:
        for answer in worker.ask(job, each=seconds):
            if isinstance(answer, ShardResult):
                return answer
            offset = answer
    except ChildDied as death:
        raise PageDied(str(death), offset) from death
    raise AssertionError("the last answer is the result")
