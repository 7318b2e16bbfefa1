"""What is kept about hosts, and where: in memory for one process, or in the state for all."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flows.state.host_store import RobotsState

__all__ = ["HostStore", "MemoryHosts", "RobotsStore", "SlotStore"]


class SlotStore(Protocol):
    """Whose turn it is to send a request to a host, possibly between processes."""

    def lease(self, host: str, holder: str, delay: float, now: datetime, seconds: float) -> float:
        """Take the host's slot for at most `seconds`: 0 if we have it, else the seconds until it may be free."""

    def pause(self, host: str, now: datetime) -> float:
        """The seconds for which no request is sent to the host, whoever has its slot now."""

    def release(self, host: str, holder: str, delay: float, now: datetime | None = None) -> None:
        """Release the slot; the next request may start `delay` seconds after `now`."""

    def suspend(self, host: str, until: datetime) -> None:
        """Let nobody send a request before `until`."""


class RobotsStore(Protocol):
    """Where robots.txt files are kept between runs, by scheme, host and port."""

    def robots(self, host: str) -> RobotsState | None:
        """The last one stored; None: there is none."""

    def record_robots(self, host: str, robots: RobotsState) -> None:
        """Store it."""


class HostStore(SlotStore, RobotsStore, Protocol):
    """What is stored about hosts, for instance by `flows.state`."""


class MemoryHosts:
    """The slots of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: dict[str, datetime] = {}
        self._held: dict[str, tuple[str, datetime]] = {}

    def lease(self, host: str, holder: str, delay: float, now: datetime, seconds: float) -> float:
        """See SlotStore."""
        with self._lock:
            owner, until = self._held.get(host, (holder, now))
            ready = max(self._ready.get(host, now), now if owner == holder else until)
            if ready > now:
                return (ready - now).total_seconds()
            self._held[host] = (holder, now + timedelta(seconds=seconds))
            return 0.0

    def pause(self, host: str, now: datetime) -> float:
        """See SlotStore."""
        with self._lock:
            return max(0.0, (self._ready.get(host, now) - now).total_seconds())

    def release(self, host: str, holder: str, delay: float, now: datetime | None = None) -> None:
        """See SlotStore."""
        with self._lock:
            if self._held.get(host, (holder, None))[0] == holder:
                self._held.pop(host, None)
                self._set_ready(host, (now or datetime.now(UTC)) + timedelta(seconds=delay))

    def suspend(self, host: str, until: datetime) -> None:
        """See SlotStore."""
        with self._lock:
            self._set_ready(host, until)

    def _set_ready(self, host: str, ready: datetime) -> None:
        self._ready[host] = max(ready, self._ready.get(host, ready))
