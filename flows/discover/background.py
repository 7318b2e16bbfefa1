"""Discovery in a thread of its own, so that an index of thousands of sitemaps does not hold back the answers."""

from __future__ import annotations

from collections import deque
from contextvars import copy_context
from threading import Condition, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flows.common.page_types import Target

__all__ = ["Background"]

AHEAD = 1024
"""Targets that are found and not taken yet; then discovery waits."""

_WAIT = 1.0  # seconds, after which a wait looks around


class Background:
    """Iterates over `targets` in a thread; gives them in order, and None whenever the next one is not there yet.

    What `targets` raises is raised behind the last target. `reads` counts what was read (listings): as of the last
    target that was given, `read` is what it was when discovery came to it. Only one thread may take the targets.
    """

    def __init__(self, targets: Iterable[Target], reads: Callable[[], int] = lambda: 0) -> None:
        self.read = 0
        self._targets, self._reads = targets, reads
        self._found: deque[tuple[Target, int]] = deque()
        self._changed = Condition()
        self._closed = self._ended = False
        self._problem: BaseException | None = None
        self._thread = Thread(target=copy_context().run, args=(self._run,), name="discover", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Target | None]:
        while True:
            with self._changed:
                found = self._found.popleft() if self._found else None
                ended = self._ended
                self._changed.notify_all()
            if found is not None:
                target, self.read = found
                yield target
            elif not ended:
                yield None
            elif self._problem is not None:
                raise self._problem
            else:
                self.read = self._reads()
                return

    def wait(self) -> None:
        """Wait for the next target, or the end, or a second."""
        with self._changed:
            self._changed.wait_for(lambda: self._found or self._ended, _WAIT)

    def close(self, abort: Callable[[], None] = lambda: None) -> None:
        """End the thread; `abort` is called if it is still at work, to end what it waits for."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            at_work = not self._ended
        if at_work:
            abort()
        self._thread.join()

    def _run(self) -> None:
        try:
            for target in self._targets:
                with self._changed:
                    self._changed.wait_for(lambda: self._closed or len(self._found) < AHEAD)
                    if self._closed:
                        return
                    self._found.append((target, self._reads()))
                    self._changed.notify_all()
        except BaseException as error:  # raised again in the thread that takes the targets
            self._problem = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
