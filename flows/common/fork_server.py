"""Child processes that answer requests one by one, and that can be ended when they take too long.

They are forked from a process that has imported all they need, so that each starts in some milliseconds and shares its
memory. Not the fork server of `multiprocessing`: that imports the parent's main module again, which in a scheduled run
is Prefect's engine, and its children may outlive a parent that was killed. The other side is `fork_server_main`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.reduction import send_handle
from threading import Lock
from typing import TYPE_CHECKING, Any

from flows.common.allowance import thrifty
from flows.common.stopping import STOPPED, STOPS

if TYPE_CHECKING:
    from collections.abc import Generator
    from multiprocessing.connection import Connection

__all__ = ["START_SECONDS", "Child", "ChildDied", "ForkServer", "Stopped"]

START_SECONDS = 120.0
"""A process that has not started by then never will."""


class Stopped(Exception):  # noqa: N818 - what happened, not what is wrong
    """A child was stopped by Ctrl+C."""


class ChildDied(Exception):  # noqa: N818 - likewise
    """A child ended, or was ended as it took too long (`late`); the message says what it did in a few words."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


def _ended(code: int | None) -> str:
    """How a process ended, by its exit code (negative: a signal; None: not known). Raises Stopped after Ctrl+C."""
    if code == STOPPED:  # parent and children alike are asked to stop: no request is to blame for it
        raise Stopped
    if code is None:
        return "ended its process"
    if code >= 0:
        return f"ended its process (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"ended its process ({name}{', most often for want of memory' if -code == signal.SIGKILL else ''})"


class Child:
    """A process that answers requests with the function of its server; see `ForkServer.start`.

    It is used by one thread at a time; only `kill` may come from others.
    """

    def __init__(self, connection: Connection, pid: int, server: ForkServer) -> None:
        self._connection, self._pid, self._server = connection, pid, server
        self.alive = True

    def ask(self, request: object, *, each: float | None = None, whole: float | None = None) -> Generator[Any]:
        """What the function says of the request, and as the last what it returns; raises what it raised, or ChildDied.

        `each` is the seconds until each of these, or `whole` those until the last (neither: no limit); time in which
        nobody waits for an answer does not count. A child whose answers are not taken to the last is ended.
        """
        with suppress(BrokenPipeError, ConnectionResetError):  # it died meanwhile: receiving notices
            self._connection.send(request)
        left = whole
        last = False
        try:
            while not last:
                started = time.monotonic()
                kind, answer = self._receive(whole or each, each if left is None else max(left, 0.0))
                if left is not None:
                    left -= time.monotonic() - started
                last = kind != "said"
                if kind == "raised":
                    raise answer
                yield answer
        finally:
            if not last and self.alive:
                self.end()

    def _receive(self, limit: float | None, seconds: float | None) -> tuple[str, Any]:
        try:
            if self._connection.poll(seconds):
                kind, answer = self._connection.recv()
                return kind, answer
        except (EOFError, ConnectionResetError) as error:
            self.alive = False
            self._connection.close()
            raise ChildDied(_ended(self._server.wait(self._pid))) from error
        self.end()
        raise ChildDied(f"held its process for over {limit:g} s", late=True)

    def kill(self) -> None:
        """From another thread: the one that waits for the answer sees the process end."""
        self._server.kill(self._pid)

    def end(self) -> None:
        """End the process at once."""
        self.alive = False
        self._connection.close()
        self._server.kill(self._pid)
        self._server.wait(self._pid)


class ForkServer:
    """Starts children that answer each request with `function`; it may be used by any number of threads.

    `function` and `warm_up`, which is called once before the first child is started, are "module:name"; see
    `fork_server_main`. The server itself starts with the first child, and again with the next one after it has ended.
    """

    def __init__(self, function: str, warm_up: str | None = None) -> None:
        self._functions = [function, *filter(None, [warm_up])]
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection

    def start(self) -> Child:
        """A new child. Raises ChildDied or Stopped if it cannot be started."""
        ours, theirs = Pipe()
        with theirs, self._lock:
            if self._process and self._process.poll() is not None:  # something has killed it
                self._end()
            process = self._process or self._start()
            try:
                self._channel.send(("fork", 0))
                send_handle(self._channel, theirs.fileno(), process.pid)
                return Child(ours, self._channel.recv(), self)
            except (EOFError, BrokenPipeError, ConnectionResetError) as error:
                raise ChildDied(_ended(self._end())) from error

    def last_of(self, request: object, each: float) -> Any:
        """The last answer of a child of its own, which ends with it; `each` and errors are as in `Child.ask`."""
        child = self.start()
        try:
            *_, last = child.ask(request, each=each)
            return last
        finally:
            if child.alive:
                child.end()

    def _start(self) -> subprocess.Popen[bytes]:
        self._channel, theirs = Pipe()
        # Ctrl+C goes to the new process too; it inherits the mask, and hears of it when it has a handler
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            with theirs:
                words = [sys.executable, "-P", "-m", "flows.common.fork_server_main", str(theirs.fileno())]
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [*words, *self._functions],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=thrifty(),
                )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        try:
            if self._channel.poll(START_SECONDS):
                self._channel.recv()
                return self._process
        except (EOFError, ConnectionResetError) as error:
            raise ChildDied(_ended(self._end())) from error
        self._process.kill()
        self._end()
        raise ChildDied(f"held its process for over {START_SECONDS:g} s", late=True)

    def kill(self, pid: int) -> None:
        """End a child at once; nothing happens if it has ended."""
        with self._lock, suppress(OSError):
            self._channel.send(("kill", pid))

    def wait(self, pid: int) -> int | None:
        """Wait for the end of a child, once: its exit code, negative for a signal; None if the server has ended."""
        with self._lock, suppress(EOFError, OSError):
            self._channel.send(("wait", pid))
            return self._channel.recv()  # type: ignore[no-any-return]
        return None

    def close(self) -> None:
        """End the server and its children; the next `start` starts it again."""
        with self._lock:
            self._end()

    def _end(self) -> int | None:
        if self._process is None:
            return None
        self._channel.close()
        code = self._process.wait()
        self._process = None
        return code
