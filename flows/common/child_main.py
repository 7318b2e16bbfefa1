"""The side of a `Child` that works: it takes requests from its parent one by one, and ends with it.

Its function takes the request and `say`, which hands a value to the parent at once; what it returns or raises ends the
answer.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from importlib import import_module
from multiprocessing.connection import Connection

from flows.common.child import STOPPED

MEMORY = 4 * 2**30
"""Bytes of data that it may hold: a page that asks for more fails, and the machine stays usable."""


def main() -> None:
    """Serve the connection whose file descriptor is the first argument, with the function that is the second."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # before the imports, which take a second or two
        signal.signal(stop, lambda *_: os._exit(STOPPED))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # standard output carries results only
    _limit_memory()
    parent = Connection(int(sys.argv[1]))
    module, _, name = sys.argv[2].partition(":")
    answer = getattr(import_module(module), name)

    def say(value: object) -> None:
        parent.send(("said", value))

    try:
        parent.send(("said", None))
        while True:
            request = parent.recv()
            try:
                last: tuple[str, object] = ("returned", answer(request, say))
            except BrokenPipeError:
                raise
            except Exception as error:  # it is raised again on the other side
                error.add_note(traceback.format_exc())
                last = ("raised", error)
            parent.send(last)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone


def _limit_memory() -> None:
    if sys.platform == "linux":  # elsewhere the limit is not kept, or counts something else
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


if __name__ == "__main__":
    main()
