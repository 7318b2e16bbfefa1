"""A child process that answers requests one by one, and that can be ended when it takes too long.

A plain child, not one of `multiprocessing`: those import the parent's main module again, which in a scheduled run is
Prefect's engine, and they may outlive a parent that was killed. The child's side is in `child_main`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["START_SECONDS", "STOPPED", "Child", "ChildDied", "Stopped"]

STOPPED = 130
"""Exit code after Ctrl-C or SIGTERM, which may go to parent and children alike: no request is to blame for it."""

START_SECONDS = 120.0
"""A process that has not started by then never will."""


class Stopped(Exception):  # noqa: N818 - what happened, not what is wrong
    """A child was stopped by Ctrl+C."""


class ChildDied(Exception):  # noqa: N818 - likewise
    """A child ended, or was ended as it took too long (`late`); the message says what it did in a few words."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


class Child:
    """A process that answers each request with `function`, "module:name" in the form of `child_main`.

    It is used by one thread at a time; only `kill` may come from others. Raises ChildDied if it cannot be started.
    """

    def __init__(self, function: str) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", "flows.common.child_main", str(theirs.fileno()), function],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self.alive = True
        self._receive(START_SECONDS, START_SECONDS)

    def ask(self, request: object, *, each: float | None = None, whole: float | None = None) -> Generator[Any]:
        """What the function says of the request, and as the last what it returns; raises what it raised, or ChildDied.

        `each` is the seconds until each of these, `whole` those until the last; time in which nobody waits for an
        answer does not count. A child whose answers are not taken to the last is ended.
        """
        with suppress(BrokenPipeError, ConnectionResetError):  # it died meanwhile: receiving notices
            self._connection.send(request)
        left = whole
        last = False
        try:
            while not last:
                started = time.monotonic()
                limit, seconds = (each or 0.0, each or 0.0) if left is None else (whole or 0.0, left)
                kind, answer = self._receive(limit, max(seconds, 0.0))
                if left is not None:
                    left -= time.monotonic() - started
                last = kind != "said"
                if kind == "raised":
                    raise answer
                yield answer
        finally:
            if not last and self.alive:
                self.end()

    def _receive(self, limit: float, seconds: float) -> tuple[str, Any]:
        try:
            if self._connection.poll(seconds):
                kind, answer = self._connection.recv()
                return kind, answer
        except (EOFError, ConnectionResetError) as error:
            raise ChildDied(f"ended its process ({self._end_of_process()})") from error
        self.end()
        raise ChildDied(f"held its process for over {limit:g} s", late=True)

    def _end_of_process(self) -> str:
        self.alive = False
        code = self._process.wait()
        self._connection.close()
        if code == STOPPED:
            raise Stopped
        if code >= 0:
            return f"exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return name + (", most often for want of memory" if -code == signal.SIGKILL else "")

    def kill(self) -> None:
        """From another thread: the one that waits for the answer sees the process end."""
        self._process.kill()

    def end(self) -> None:
        """End the process at once."""
        self.alive = False
        self._connection.close()
        self._process.kill()
        self._process.wait()
