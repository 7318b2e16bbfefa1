"""A cleaning process: takes jobs from its parent one by one, reports the page it is at, and ends with its parent.

A plain child, not one of `multiprocessing`: those import the parent's main module again, which in a scheduled run is
Prefect's engine, and they may outlive a parent that was killed.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.pipeline.cleaning_job import CleaningJob

STOPPED = 130
"""Exit code after Ctrl-C or SIGTERM, which may go to parent and children alike: no page is to blame for it."""

MEMORY = 4 * 2**30
"""Bytes of data a cleaning process may hold: a page that asks for more fails, and the machine stays usable."""


def main() -> None:
    """Serve the connection whose file descriptor is the first argument."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # before the imports, which take a second or two
        signal.signal(stop, lambda *_: os._exit(STOPPED))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # standard output carries results only
    _limit_memory()
    parent = Connection(int(sys.argv[1]))
    import cleaners.extract.article  # noqa: F401 - now, so that no page is charged for it
    from flows.pipeline.clean_shard import clean_shard

    try:
        parent.send(None)
        while True:
            job: CleaningJob = parent.recv()
            try:
                answer: object = clean_shard(job, on_page=parent.send)
            except BrokenPipeError:
                raise
            except Exception as error:  # it is raised again on the other side
                error.add_note(traceback.format_exc())
                answer = error
            parent.send(answer)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone


def _limit_memory() -> None:
    if sys.platform == "linux":  # elsewhere the limit is not kept, or counts something else
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


if __name__ == "__main__":
    main()
