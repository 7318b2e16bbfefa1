"""Cleaning processes, one shard at a time in each. A page that kills its process, or blocks it, costs only itself."""

from __future__ import annotations

import atexit
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from functools import cache
from multiprocessing import Pipe
from queue import LifoQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from flows.common.errors import SitoError
from flows.config.settings import current_settings
from flows.pipeline.cleaning_worker import STOPPED
from flows.pipeline.shard_result import ShardResult

if TYPE_CHECKING:
    from flows.pipeline.cleaning_job import CleaningJob

PAGE_SECONDS = 120.0
"""A page that blocks its process for longer is given up."""

START_SECONDS = 120.0
"""A process that has not started by then never will."""


_first = Lock()  # the threads of a run all ask at once, and the cache alone would let each make a pool


def cleaning_pool() -> CleaningPool:
    """The pool of this process, made by the settings of its first use; it ends with the process."""
    with _first:
        return _pool()


@cache
def _pool() -> CleaningPool:
    pool = CleaningPool(current_settings().workers)
    atexit.register(pool.close)
    return pool


class CleaningPool:
    """Up to `workers` processes, started when first needed; safe to use from any number of threads."""

    def __init__(self, workers: int, page_seconds: float = PAGE_SECONDS) -> None:
        self._page_seconds = page_seconds
        # Last in, first out: a process that is warm is used before another is started.
        self._workers: LifoQueue[_Worker | None] = LifoQueue()
        self._count = workers
        self._busy: set[_Worker] = set()
        self._stopped = False
        for _ in range(workers):
            self._workers.put(None)

    def clean(self, job: CleaningJob) -> ShardResult:
        """`clean_shard` in one of the processes; waits for its end, and raises what it raised.

        When the process dies, or a page holds it for too long, the job is begun again with that page among its
        `poison_pages`, so that it gets a failed row with the reason.
        """
        while True:
            try:
                return self._run(job)
            except WorkerDied as death:
                if death.offset is None or death.offset in job.poison_pages:
                    raise SitoError(f"{job.shard}: cleaning it {death}, again and again") from death
                job = replace(job, poison_pages={**job.poison_pages, death.offset: str(death)})

    def _run(self, job: CleaningJob) -> ShardResult:
        worker = self._workers.get()
        try:
            if self._stopped:
                raise SitoError("stopped; what was kept so far is in place")
            worker = worker or _Worker()
            self._busy.add(worker)
            return worker.run(job, self._page_seconds)
        except Stopped as error:
            self._stopped = True
            raise SitoError("stopped; what was kept so far is in place") from error
        finally:
            if worker:
                self._busy.discard(worker)
            self._workers.put(worker if worker and worker.alive else None)

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Stopped(Exception):  # noqa: N818 - what happened, not what is wrong
    """A cleaning process was stopped by Ctrl+C."""


class WorkerDied(Exception):  # noqa: N818 - likewise
    """A cleaning process ended, or was ended, at the page with this offset; None: before it began one."""

    def __init__(self, reason: str, offset: int | None) -> None:
        super().__init__(reason)
        self.offset = offset


class _Worker:
    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", "flows.pipeline.cleaning_worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self.alive = True
        self._receive(START_SECONDS, None)

    def run(self, job: CleaningJob, seconds: float) -> ShardResult:
        """Clean a shard; raises what cleaning it raised, or WorkerDied."""
        offset: int | None = None
        with suppress(BrokenPipeError, ConnectionResetError):  # it died meanwhile: receiving notices
            self._connection.send(job)
        while True:
            answer = self._receive(seconds, offset)
            if isinstance(answer, ShardResult):
                return answer
            if isinstance(answer, Exception):
                raise answer
            offset = answer

    def _receive(self, seconds: float, offset: int | None) -> Any:
        try:
            if self._connection.poll(seconds):
                return self._connection.recv()
        except (EOFError, ConnectionResetError) as error:
            raise WorkerDied(f"ended its process ({self._end_of_process()})", offset) from error
        self.end()
        raise WorkerDied(f"held its process for over {seconds:.0f} s", offset)

    def _end_of_process(self) -> str:
        self.alive = False
        code = self._process.wait()
        self._connection.close()
        if code == STOPPED:
            raise Stopped
        if code >= 0:
            return f"exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return name + (", most often for want of memory" if -code == signal.SIGKILL else "")

    def kill(self) -> None:
        """From another thread: the one that waits for the answer sees the process end."""
        self._process.kill()

    def end(self) -> None:
        self.alive = False
        self._connection.close()
        self._process.kill()
        self._process.wait()
