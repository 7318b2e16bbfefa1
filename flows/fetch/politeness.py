"""When a request may be sent: one at a time to each host, with a pause after each answer, a longer one after a failure.

Pauses belong to the host and not to a page: a site that asks for a rest means all of our requests. So a retry just
waits for the host's slot again, which is free when the back-off is over.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from flows.fetch.fetch_errors import FetchError, stopped
from flows.fetch.host_stores import MemoryHosts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.fetch.host_stores import HostStore, RobotsStore, SlotStore

__all__ = ["LONGEST_PAUSE", "Clock", "HostSlot", "Politeness", "is_trouble", "retry_after"]

LONGEST_PAUSE = 86_400.0
"""A longer Retry-After or Crawl-delay counts as a day."""

_BACK_OFF = 60.0  # the longest pause between two tries that the host did not ask for
_IN_A_ROW = 5  # failures until a host is suspended ...
_ASIDE = 600.0  # ... for ten minutes, doubled with each failure more,
_LONGEST_ASIDE = 3600.0  # up to an hour
_LOOK_AGAIN = 0.5  # how often to check a host whose slot another process or thread has
_DIGITS = 9


class Clock:
    """The time, and waiting; tests replace it."""

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait, or until `stop` is set."""
        stop.wait(seconds)


@dataclass(slots=True)
class HostSlot:
    """One request to a host: report its result before the slot is released. No report counts neither way."""

    trouble: str | None = None
    fine: bool = False
    asked_for: float | None = None

    def answered(self, status: int, retry_after: float | None = None) -> None:
        """It answered; `retry_after` is the pause that it asks for, in seconds."""
        if is_trouble(status):
            self.trouble, self.asked_for = f"it answered {status}", retry_after
        else:
            self.fine = True

    def failed(self, reason: str = "it gave no answer") -> None:
        """It gave no answer."""
        self.trouble = reason


@dataclass(slots=True)
class _HostQueue:
    lock: threading.Lock = field(default_factory=threading.Lock)
    known: bool = False
    asked: int = 0
    failures: int = 0
    trouble: str = ""


class Politeness:
    """Gives out the hosts' slots; safe to share between threads, and between the sources of one process.

    `delay` is in seconds, `budget` the number of requests to one host, both in this object's life. With a `state`, the
    slots hold between processes too; hosts that need no delay (one's own, by setting) are looked up there once only,
    as that costs more than a fast answer takes. `owner` is the source that runs, once at a time: what
    it held when it was killed is released by `HostStore.release_owned`.
    """

    def __init__(
        self,
        state: HostStore | None = None,
        delay: float = 1.0,
        budget: int | None = None,
        clock: Clock | None = None,
        owner: str = "",
    ) -> None:
        self.robots: RobotsStore | None = state
        self._clock = clock or Clock()
        self._own: SlotStore = MemoryHosts()
        self._shared: SlotStore = state or self._own
        self._delay = delay
        self._budget = budget
        self._holder = f"{owner}/{os.getpid()}-{secrets.token_hex(4)}"
        self._queues: dict[str, _HostQueue] = {}
        self._lock = threading.Lock()

    @contextmanager
    def slot(
        self,
        host: str,
        crawl_delay: float = 0.0,
        *,
        patience: float = 60.0,
        lease: float = 60.0,
        stop: threading.Event | None = None,
        counts: bool = True,
    ) -> Iterator[HostSlot]:
        """Wait for the host's slot, at most `patience` seconds of pause, or until `stop` is set.

        Other processes leave us the slot for `lease` seconds. `counts`: the request counts towards the budget.
        Raises FetchError (waiting) where the host is suspended for longer, the budget is used up or the run stopped.
        """
        stop = stop or threading.Event()
        queue = self._queue(host)
        delay = self.delay(crawl_delay)
        while not queue.lock.acquire(timeout=_LOOK_AGAIN):
            if stop.is_set():
                raise stopped()
        try:
            if counts and self._budget is not None and queue.asked >= self._budget:
                raise FetchError(
                    f"{self._budget} requests to its host are all that one run may make (limits.pages_per_host)",
                    True,
                    outcome="waiting",
                )
            store = self._own if queue.known and not delay else self._shared
            # Without a delay, nobody waits long for the lease of a killed process.
            self._wait(store, host, queue, delay, patience, lease if delay else min(lease, _LOOK_AGAIN), stop)
            queue.known = True
            queue.asked += counts
            slot = HostSlot()
            try:
                yield slot
            finally:
                self._end_request(store, host, queue, slot, delay, patience)
        finally:
            queue.lock.release()

    def delay(self, crawl_delay: float = 0.0) -> float:
        """The seconds between an answer and the next request, where a site asks for `crawl_delay`."""
        return max(self._delay, min(crawl_delay, LONGEST_PAUSE))

    def pause(self, host: str) -> float:
        """The seconds for which no request is sent to the host; takes no slot."""
        return self._shared.pause(host, self._clock.now())

    def _queue(self, host: str) -> _HostQueue:
        with self._lock:
            return self._queues.setdefault(host, _HostQueue())

    def _wait(
        self,
        store: SlotStore,
        host: str,
        queue: _HostQueue,
        delay: float,
        patience: float,
        lease: float,
        stop: threading.Event,
    ) -> None:
        waited = 0.0
        while True:
            if stop.is_set():
                raise stopped()
            now = self._clock.now()
            left = store.lease(host, self._holder, delay, now, lease)
            if not left:
                return
            # Most of it may be the lease of another run, which usually ends earlier.
            if left > patience - waited and (pause := store.pause(host, now)) > patience - waited:
                why = f": {queue.trouble}" if queue.trouble else ""
                raise FetchError(
                    f"its host is paused for {pause:,.0f} s more{why}", True, outcome="waiting", retry_after=pause
                )
            if waited >= patience:
                raise FetchError(
                    f"its host was asked by other runs for {patience:g} s (limits.patience_seconds)",
                    True,
                    outcome="waiting",
                )
            # In steps, as another process may release the slot long before its lease ends.
            piece = min(left, max(_LOOK_AGAIN, delay))
            self._clock.wait(piece, stop)
            waited += piece

    def _end_request(
        self, store: SlotStore, host: str, queue: _HostQueue, slot: HostSlot, delay: float, patience: float
    ) -> None:
        pause = delay
        if slot.trouble is None:
            if slot.fine:
                queue.failures, queue.trouble = 0, ""
        else:
            queue.failures += 1
            queue.trouble = slot.trouble
            pause = max(delay, self._back_off(queue, slot, delay))
        now = self._clock.now()
        if pause > patience:  # said so that it holds beyond this run, too
            self._shared.suspend(host, now + timedelta(seconds=pause))
            self._own.suspend(host, now + timedelta(seconds=pause))
            pause = delay
        store.release(host, self._holder, pause, now)

    def _back_off(self, queue: _HostQueue, slot: HostSlot, delay: float) -> float:
        rest = 0.0
        if slot.asked_for is not None:
            queue.trouble += f" and asked for {slot.asked_for:,.0f} s of rest"
            rest = min(slot.asked_for, LONGEST_PAUSE)
        if queue.failures >= _IN_A_ROW:  # also of a host that asks for less rest than it needs
            queue.trouble += f", {queue.failures} failures in a row"
            return max(rest, min(_ASIDE * 2.0 ** min(queue.failures - _IN_A_ROW, 9), _LONGEST_ASIDE))
        if slot.asked_for is not None:
            return rest
        # Full jitter, so that what failed together is not tried again together.
        return delay + random.uniform(0, min(_BACK_OFF, delay * 2.0**queue.failures))  # noqa: S311 - timing only


def is_trouble(status: int) -> bool:
    """Whether an answer means that the host, and not the page, is unwell or asks for rest."""
    return status in (408, 425, 429) or (status >= 500 and status not in (501, 505))


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds of a Retry-After header, given as a number or a date; None where there is none to be read."""
    if value is None or len(value) > 64:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:_DIGITS])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
