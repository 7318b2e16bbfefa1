"""Runs that are killed at given moments: `python killed.py FOLDER` leaves a folder `killed...` for each.

Every run is a process of its own. It is killed before it executes a certain line of Python, in our modules or in
warcio's writer: each line that opens or closes something, and every 83rd of all others. SIGKILL leaves no time to
tidy, and takes with it what Python had buffered.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from flows.archive.source_archive import Archive
from support.captures import file, response

if TYPE_CHECKING:
    from collections.abc import Callable

SHARD_BYTES = 2500
BODIES = Random(7)  # the same in every process
CAPTURES = [
    *(file(f"file:///{n}.html", BODIES.randbytes(300), evidence="{}") for n in range(3)),
    *(response(f"https://example.org/{n}", BODIES.randbytes(300)) for n in range(3)),
    file("file:///0.html", b"changed"),
]
WATCHED = (
    "flows/archive/source_archive.py",
    "flows/archive/shard_writer.py",
    "flows/archive/cdxj.py",
    "flows/archive/gzip_members.py",
    "warcio/warcwriter.py",
)

TELLING = ("lock", "publish", "place", "write_synced", "sync_folder", "_close")


def run(data: Path) -> None:
    """One undisturbed run."""
    archive = Archive(data, "news", SHARD_BYTES)
    with archive.lock():
        archive.recover()
        captured = archive.captured()
        with archive.writer(captured) as writer:
            for capture in CAPTURES:
                writer.add(capture)


def watch(work: Callable[[], None], until: int | None = None) -> list[str]:
    """The functions of the watched lines in the order in which the work executes them; at line `until` it is killed."""
    lines: list[str] = []

    def trace(frame: Any, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        if event == "line":
            lines.append(frame.f_code.co_name)
            if len(lines) == until:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return lines


def kill_run(data: Path, moment: int) -> None:
    """Let a process run and be killed at its line `moment`."""
    child = os.fork()
    if child == 0:
        watch(lambda: run(data), moment)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"run {data} was not killed at line {moment}")


def main() -> None:
    root = Path(sys.argv[1])
    run(root / "warm")  # what is imported late would count else
    lines = watch(lambda: run(root / "whole"))
    moments = [n for n, function in enumerate(lines, 1) if function in TELLING or n % 83 == 0]
    for moment in moments:
        kill_run(root / f"killed{moment:05}", moment)
    for moment in moments[::5]:  # here the next run is killed as well, while it repairs or soon after
        kill_run(root / f"killed{moment:05}twice", moment)
        kill_run(root / f"killed{moment:05}twice", 1 + moment % 61)


if __name__ == "__main__":
    main()
