"""Ctrl+C and SIGTERM in the program that a person started: both raise KeyboardInterrupt, and neither is lost."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from threading import Timer, current_thread, main_thread
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

STOPS = (signal.SIGINT, signal.SIGTERM)
"""The signals that ask a process to stop."""

STOPPED = 130
"""Exit code of a process that was asked to stop."""

_AGAIN_SECONDS = 0.01


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block when this process is asked to stop; a signal that is ignored stays so.

    Python drops what is raised in a finalizer (`__del__`, a callback of a weak reference) and prints a traceback in
    its place, so that a stop which comes in such a moment would do nothing; it is raised again a little later.
    """
    if current_thread() is not main_thread():  # only there may handlers be set, and only there are they called
        yield
        return
    last: int = signal.SIGINT

    def stop(number: int, _: object) -> NoReturn:
        nonlocal last
        last = number
        raise KeyboardInterrupt

    def dropped(what: sys.UnraisableHookArgs) -> None:
        if issubclass(what.exc_type, KeyboardInterrupt):
            Timer(_AGAIN_SECONDS, os.kill, [os.getpid(), last]).start()
        else:
            hook(what)

    before = {each: signal.getsignal(each) for each in STOPS}
    hook, sys.unraisablehook = sys.unraisablehook, dropped
    try:
        for each, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(each, stop)
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        sys.unraisablehook = hook
