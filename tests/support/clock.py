"""A clock for tests of pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.fetch.politeness import Clock

if TYPE_CHECKING:
    import threading

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeClock(Clock):
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def wait(self, seconds: float, stop: threading.Event) -> None:
        self.seconds += seconds
