"""Runs to be killed: `python -m hostile.killed DATA PORT HOSTS PAGES` does what standard input tells it, line by line.

Each line is a run in a process of its own, forked from this one, which has loaded all libraries already. The line is
the number of the event on the disk at which the run kills itself; 0: at none. The run says its process id and waits
for one more line before it begins, so that the server can be told whom to kill; then this process says how it ended.
SIGKILL leaves no time to tidy, and takes with it what was buffered.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import flows.fetch.fetcher  # noqa: F401 - loaded here, once for all runs
from cleaners.pipeline import read_html
from support.hostile.answers import article
from support.hostile.names import Names
from support.hostile.runs import ingest, source_of
from support.paths import TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.config.kinds import Source

__all__ = ["INTERRUPTED", "Killed", "addresses", "killed"]

BATCH = 40
INTERRUPTED = 130
_EVENTS = ("open", "os.rename", "os.remove", "os.truncate", "os.link", "sqlite3.connect")
"""What Python says of its work on files, before it is done (PEP 578)."""


def addresses(port: int, hosts: int, pages: int) -> list[str]:
    """Pages dealt out over the hosts in turn."""
    return [f"http://daily{n % hosts}.test:{port}/n/{n}" for n in range(pages)]


class Killed:
    """The other side of this module: runs one after another over the same data, killed where they are told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, event: int = 0) -> int:
        """Prepare a run that kills itself at that event; gives its process id. It waits for `go`."""
        self._say(str(event))
        return int(self._hear())

    def go(self) -> int:
        """Let it run; gives its exit status at its end: minus the number of the signal, where one killed it."""
        self._say("go")
        return int(self._hear())

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@contextmanager
def killed(data: Path, port: int, hosts: int, pages: int) -> Iterator[Killed]:
    """A process for the runs over this data."""
    words = [sys.executable, "-m", "support.hostile.killed", str(data), str(port), str(hosts), str(pages)]
    path = os.pathsep.join([str(TESTS), *sys.path])
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
    ) as process:
        yield Killed(process)
        assert process.stdin
        process.stdin.close()


def _kill_at(event: int, data: Path) -> None:
    """Let this process be killed before its nth work on a file under `data`."""
    seen = 0
    below = str(data)

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if name in _EVENTS and str(arguments[0]).startswith(below):
            seen += 1
            if seen == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _run(source: Source, data: Path, event: int) -> None:
    if event:
        _kill_at(event, data)
    intake = ingest(source, data, BATCH)
    said = [[outcome.url, outcome.status, outcome.reason] for outcome in intake.outcomes]
    (data / "outcomes.json").write_text(json.dumps(said))


def main() -> None:
    data, (port, hosts, pages) = Path(sys.argv[1]), map(int, sys.argv[2:])
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` has it ignored, and so would our runs
    names = Names()
    socket.getaddrinfo = names.getaddrinfo
    source = source_of(addresses(port, hosts, pages), [f"daily{n}.test" for n in range(hosts)], timeout_seconds=60)
    read_html(article())  # what is imported late is imported now
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            print(os.getpid(), flush=True)
            sys.stdin.readline()
            try:
                _run(source, data, int(line))
            except KeyboardInterrupt:
                sys.exit(INTERRUPTED)  # as a command ends: only when all threads have
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
