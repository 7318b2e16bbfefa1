"""The process of a `ForkServer`: it imports what its children need, once, and is then forked for each of them.

A child takes requests from its parent one by one, and ends with it. Its function takes the request and `say`, which
hands a value to the parent at once; what it returns or raises ends the answer.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import TYPE_CHECKING, Any, NoReturn

from flows.common.stopping import STOPPED, STOPS

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 4 * 2**30
"""Bytes of data that a child may hold: a page that asks for more fails, and the machine stays usable."""


def main() -> None:
    """Serve the connection whose file descriptor is the first argument: `fork`, `kill` a child, `wait` for its end.

    The second argument is the function of the children, the third, if it is given, one to call before they are forked.
    """
    _on_stop(lambda *_: os._exit(STOPPED))  # before the imports, which take a second or two
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)  # blocked by the parent until now
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # standard output carries results only
    channel = Connection(int(sys.argv[1]))
    function, *warm_up = map(_named, sys.argv[2:])
    for prepare in warm_up:
        prepare()
    gc.freeze()  # its children share what is not collected
    _on_stop(signal.SIG_IGN)  # the parent and the children hear of it too; this process has to say how they ended
    children: set[int] = set()
    try:
        channel.send(None)
        while True:
            order, pid = channel.recv()
            if order == "fork":
                connection = Connection(recv_handle(channel))
                pid = os.fork()
                if not pid:
                    channel.close()
                    _serve(connection, function)
                connection.close()
                children.add(pid)
                channel.send(pid)
            elif order == "kill" and pid in children:
                os.kill(pid, signal.SIGKILL)
            elif order == "wait":
                ours = pid in children  # else it is a child of the server before this one
                channel.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if ours else None)
                children.discard(pid)
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent is gone
        for pid in children:
            os.kill(pid, signal.SIGKILL)


def _named(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)  # type: ignore[no-any-return]


def _on_stop(handler: Any) -> None:
    for stop in STOPS:
        signal.signal(stop, handler)


def _serve(parent: Connection, function: Callable[[Any, Callable[[object], None]], object]) -> NoReturn:
    """Be a child until its parent is gone."""
    _on_stop(lambda *_: os._exit(STOPPED))
    _limit_memory()

    def say(value: object) -> None:
        parent.send(("said", value))

    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            request = parent.recv()
            try:
                last: tuple[str, object] = ("returned", function(request, say))
            except BrokenPipeError:
                raise
            except Exception as error:  # it is raised again on the other side
                error.add_note(traceback.format_exc())
                last = ("raised", error)
            parent.send(last)
    os._exit(0)


def _limit_memory() -> None:
    if sys.platform == "linux":  # elsewhere the limit is not kept, or counts something else
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


if __name__ == "__main__":
    main()
