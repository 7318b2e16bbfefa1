"""The shards of a run that are being cleaned, while others are captured or wait."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.memory.source_memory import Memories, captured_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.shard_result import ShardResult
    from flows.pipeline.steps import CleaningSteps, Pending


class CleaningQueue:
    """Shards that are being cleaned, in the order in which they were begun; never more than `in_flight`.

    Each is judged by the site memory at the time when it is begun. That is the right one, unless this run brings pages
    of earlier days: then the pages of later days are judged again in the end. Memory is made of lines and not of
    verdicts, so once is enough.
    """

    def __init__(self, steps: CleaningSteps, memories: Memories, in_flight: int) -> None:
        self._steps = steps
        self._memories = memories
        self._in_flight = in_flight
        self._pending: deque[Pending] = deque()

    def begin(self, job: CleaningJob) -> Iterator[ShardResult]:
        """Begin with a shard; gives those that had to be finished first."""
        while len(self._pending) >= self._in_flight:
            yield self._pending.popleft().result()
        days = self._memories.days(job.shard.name) or captured_days(job.shard)
        self._pending.append(self._steps.clean(replace(job, memory=self._memories.of(days))))

    def rejudge(self, jobs: Iterable[CleaningJob]) -> Iterator[ShardResult]:
        """Judge shards of this or an earlier run again, by the lines that their ledger holds now."""
        yield from self.each(replace(job, origin="ledger", rejudge=True) for job in jobs)

    def rest(self) -> Iterator[ShardResult]:
        """Wait for all that were begun, one by one."""
        while self._pending:
            yield self._pending.popleft().result()

    def each(self, jobs: Iterable[CleaningJob]) -> Iterator[ShardResult]:
        """Clean them all."""
        for job in jobs:
            yield from self.begin(job)
        yield from self.rest()

    def abandon(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the rest and ignore its results: nothing may be written after the lock is gone. An exit callback.

        Who interrupts a run (`kind` is no Exception: Ctrl-C, SIGTERM) does not want to wait, so cleaning is stopped.
        """
        if kind is not None and not issubclass(kind, Exception):
            self._steps.stop()
        while self._pending:
            with suppress(Exception):
                self._pending.popleft().result()
