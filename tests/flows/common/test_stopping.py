"""Ctrl+C and SIGTERM reach the program, also in a moment when Python drops what is raised."""

from __future__ import annotations

import signal
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from flows.common.stopping import STOPS, stoppable

if TYPE_CHECKING:
    from collections.abc import Callable

each_stop = pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)


class Finalized:
    """Calls `then` when it is collected."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.then = then

    def __del__(self) -> None:
        self.then()


def wait() -> None:
    Event().wait(60)
    raise AssertionError("the stop was lost")


@each_stop
def test_a_stop_in_a_finalizer_comes_again_without_a_traceback(
    stop: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        with stoppable():
            Finalized(lambda: signal.raise_signal(stop))
            wait()

    with pytest.raises(KeyboardInterrupt):
        run()
    assert capfd.readouterr().err == ""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_other_errors_in_finalizers_go_where_they_went(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: seen.append(what.exc_type))
    with stoppable():
        Finalized(lambda: 1 / 0)
    assert seen == [ZeroDivisionError]


@each_stop
def test_a_signal_that_is_ignored_stays_so(stop: signal.Signals) -> None:
    before = signal.signal(stop, signal.SIG_IGN)
    try:
        with stoppable():
            signal.raise_signal(stop)
    finally:
        signal.signal(stop, before)


def test_what_was_set_before_is_set_again() -> None:
    before = [sys.unraisablehook, *map(signal.getsignal, STOPS)]
    with stoppable():
        assert all(
            was != now for was, now in zip(before, [sys.unraisablehook, *map(signal.getsignal, STOPS)], strict=True)
        )
    assert [sys.unraisablehook, *map(signal.getsignal, STOPS)] == before


def test_another_thread_leaves_signals_alone() -> None:
    seen: list[object] = []

    def run() -> None:
        with stoppable():
            seen.extend(map(signal.getsignal, STOPS))

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert seen == list(map(signal.getsignal, STOPS))
