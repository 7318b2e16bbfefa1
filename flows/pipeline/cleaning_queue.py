"""The shards of a run that are being cleaned, while others are captured or wait."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.memory.source_memory import Memories, captured_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from flows.pipeline.clean_shard import ShardResult
    from flows.pipeline.steps import Pending


class Cleaning:
    """Shards that are being cleaned, in the order in which they were begun; never more than `in_flight`.

    Each is judged by the site memory that is known when the run begins. That is the right one, unless this run brings
    pages of earlier days: then the pages of later ones are settled in the end. Memory is made of lines and not of
    verdicts, so once is enough.
    """

    def __init__(
        self,
        in_flight: int,
        begin: Callable[[Path, dict[str, Any]], Pending],
        memories: Memories,
        stop: Callable[[], None],
    ) -> None:
        self._in_flight = in_flight
        self._begin = begin
        self._memories = memories
        self._stop = stop
        self._pending: deque[Pending] = deque()

    def begin(self, shard: Path, options: Mapping[str, Any] = MappingProxyType({})) -> Iterator[ShardResult]:
        """Begin with a shard; gives those that had to be finished first."""
        while len(self._pending) >= self._in_flight:
            yield self._pending.popleft().result()
        days = self._memories.days(shard.name) or captured_days(shard)
        self._pending.append(self._begin(shard, {**options, "memory": self._memories.of(days)}))

    def settle(self, shards: Iterable[str], folder: Path, options: Mapping[str, Any]) -> Iterator[ShardResult]:
        """Judge shards in `folder` again, by the lines that they hold now."""
        yield from self.each((folder / shard for shard in shards), {**options, "origin": "ledger", "settle": True})

    def rest(self) -> Iterator[ShardResult]:
        """Wait for all that were begun, one by one."""
        while self._pending:
            yield self._pending.popleft().result()

    def each(self, shards: Iterable[Path], options: Mapping[str, Any] = MappingProxyType({})) -> Iterator[ShardResult]:
        """Clean them all."""
        for shard in shards:
            yield from self.begin(shard, options)
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
