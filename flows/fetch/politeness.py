"""Who may be asked when: of each host one page at a time, with a pause after each answer, a longer one in trouble.

The pauses belong to the host and not to a page: who asks to be left alone means all of our pages. So a request that
is tried again just takes its turn again, and the turn comes when the back-off is over.
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
"""No Retry-After and no Crawl-delay is taken for more than a day."""

_BACK_OFF = 60.0  # the longest pause between two tries that the host did not ask for
_IN_A_ROW = 5  # failures until a host is put aside ...
_ASIDE = 600.0  # ... for ten minutes, doubled with each failure more,
_LONGEST_ASIDE = 3600.0  # up to an hour
_LOOK_AGAIN = 0.5  # how often a host is looked at that another process or thread has in hand
_DIGITS = 9


class Clock:
    """The time, and waiting; tests have their own."""

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait, or until `stop` is set."""
        stop.wait(seconds)


@dataclass(slots=True)
class HostSlot:
    """One request to a host: say what came of it before the turn ends. Saying nothing counts neither way."""

    trouble: str | None = None
    fine: bool = False
    asked_for: float | None = None

    def answered(self, status: int, retry_after: float | None = None) -> None:
        """It answered; `retry_after` are the seconds for which it asks to be left alone."""
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
    """Deals out the turns; safe to share between threads, and between the sources of one process.

    `delay` is in seconds, `budget` the number of requests to one host, both in this object's life. With a `state`, the
    turns hold between processes too; hosts that need no delay (one's own, by setting) are looked up there once only,
    as that costs more than a fast answer takes. `owner` is whose turns they are, of whom there is one at a time: what
    it left when it was killed is given back by `HostStore.release_owned`.
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
        self._lanes: dict[str, _HostQueue] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(
        self,
        host: str,
        crawl_delay: float = 0.0,
        *,
        patience: float = 60.0,
        lease: float = 60.0,
        stop: threading.Event | None = None,
        counts: bool = True,
    ) -> Iterator[HostSlot]:
        """Wait for the host's turn, at most `patience` seconds of pause, or until `stop` is set.

        The turn is ours for `lease` seconds between processes. `counts` says that the request counts in the budget.
        Raises FetchError (waiting) where the host is put aside for longer, the budget is used up or the run stopped.
        """
        stop = stop or threading.Event()
        lane = self._lane(host)
        delay = self.delay(crawl_delay)
        while not lane.lock.acquire(timeout=_LOOK_AGAIN):
            if stop.is_set():
                raise stopped()
        try:
            if counts and self._budget is not None and lane.asked >= self._budget:
                raise FetchError(
                    f"{self._budget} requests to its host are all that one run may make (limits.pages_per_host)",
                    True,
                    outcome="waiting",
                )
            store = self._own if lane.known and not delay else self._shared
            # Where there is no delay nobody is kept waiting for what a killed process had in hand.
            self._wait(store, host, lane, delay, patience, lease if delay else min(lease, _LOOK_AGAIN), stop)
            lane.known = True
            lane.asked += counts
            turn = HostSlot()
            try:
                yield turn
            finally:
                self._settle(store, host, lane, turn, delay, patience)
        finally:
            lane.lock.release()

    def delay(self, crawl_delay: float = 0.0) -> float:
        """The seconds between an answer and the next request, where a site asks for `crawl_delay`."""
        return max(self._delay, min(crawl_delay, LONGEST_PAUSE))

    def pause(self, host: str) -> float:
        """The seconds for which the host is left alone, as it stands now; takes no turn."""
        return self._shared.pause(host, self._clock.now())

    def _lane(self, host: str) -> _HostQueue:
        with self._lock:
            return self._lanes.setdefault(host, _HostQueue())

    def _wait(
        self,
        store: SlotStore,
        host: str,
        lane: _HostQueue,
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
            # Most of it may be the time for which another run has the turn at most; that one ends sooner.
            if left > patience - waited and (pause := store.pause(host, now)) > patience - waited:
                why = f": {lane.trouble}" if lane.trouble else ""
                raise FetchError(
                    f"its host is left alone for {pause:,.0f} s more{why}", True, outcome="waiting", retry_after=pause
                )
            if waited >= patience:
                raise FetchError(
                    f"its host was asked by other runs for {patience:g} s (limits.patience_seconds)",
                    True,
                    outcome="waiting",
                )
            # In pieces, as another process may give its turn back long before its lease ends.
            piece = min(left, max(_LOOK_AGAIN, delay))
            self._clock.wait(piece, stop)
            waited += piece

    def _settle(
        self, store: SlotStore, host: str, lane: _HostQueue, turn: HostSlot, delay: float, patience: float
    ) -> None:
        pause = delay
        if turn.trouble is None:
            if turn.fine:
                lane.failures, lane.trouble = 0, ""
        else:
            lane.failures += 1
            lane.trouble = turn.trouble
            pause = max(delay, self._back_off(lane, turn, delay))
        now = self._clock.now()
        if pause > patience:  # said so that it holds beyond this run, too
            self._shared.put_aside(host, now + timedelta(seconds=pause))
            self._own.put_aside(host, now + timedelta(seconds=pause))
            pause = delay
        store.release(host, self._holder, pause, now)

    def _back_off(self, lane: _HostQueue, turn: HostSlot, delay: float) -> float:
        rest = 0.0
        if turn.asked_for is not None:
            lane.trouble += f" and asked for {turn.asked_for:,.0f} s of rest"
            rest = min(turn.asked_for, LONGEST_PAUSE)
        if lane.failures >= _IN_A_ROW:  # also of a host that asks for less rest than it needs
            lane.trouble += f", {lane.failures} failures in a row"
            return max(rest, min(_ASIDE * 2.0 ** min(lane.failures - _IN_A_ROW, 9), _LONGEST_ASIDE))
        if turn.asked_for is not None:
            return rest
        # Full jitter, so that what failed together is not tried again together.
        return delay + random.uniform(0, min(_BACK_OFF, delay * 2.0**lane.failures))  # noqa: S311 - timing only


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
