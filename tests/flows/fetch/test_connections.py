"""The time that reads and writes have."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import httpcore2
import pytest

from flows.fetch.connections import Connections
from flows.fetch.fetch_errors import FetchError
from flows.fetch.ssrf import SsrfGuard


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def connections(stop: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Connections:
    """At second 100."""
    monkeypatch.setattr("flows.fetch.connections.time", SimpleNamespace(monotonic=lambda: 100.0))
    return Connections(SsrfGuard(()), stop)


@pytest.mark.parametrize(
    ("deadline", "timeout", "left"),
    [(107, None, 7), (107, 9, 7), (107, 5, 5), (107, 0, 0), (100.5, None, 0.5), (100, None, None), (99, 5, None)],
)
def test_what_is_left_is_the_lesser_of_timeout_and_deadline(
    connections: Connections, deadline: float, timeout: float | None, left: float | None
) -> None:
    connections.deadline = deadline
    if left is None:
        with pytest.raises(httpcore2.ReadTimeout):
            connections.left(timeout)
    else:
        assert connections.left(timeout) == left


def test_nothing_is_left_of_a_run_that_was_stopped(connections: Connections, stop: threading.Event) -> None:
    connections.deadline = 107
    stop.set()
    with pytest.raises(FetchError, match="stopped"):
        connections.left(5)
