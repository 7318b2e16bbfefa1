"""What a run costs by how much is held already: CPU and opened files at 10, 100, 1,000 and 4,000 shards.

Makes a history for each size (benchmarks/histories.py), serves a feed of its ten newest pages on this machine, and runs
`sito ingest` with nothing new, then with one new page, then `sito sources`, each in a process of its own. CPU is user
and system time with that of all child processes, the least of three; opened files are those below the data folder, by
strace where it is installed. The first run, which imports the history into the state, is not counted.
"""

from __future__ import annotations

import re
import shutil
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.histories import SOURCE, body, make_history
from benchmarks.scale.usage import Used, environment, run

ROUNDS = 3
LISTED = 10


class Site(ThreadingHTTPServer):
    """A feed of the newest pages, which are numbered downwards: a new one has the next number below the last."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        """Serve on this port, or a free one, until this process ends."""
        super().__init__(("127.0.0.1", port), _Answers)
        self.newest = 0
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answers(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        number = self.path[1:]
        if number == "feed":
            listed = range(self.server.newest, self.server.newest + LISTED)
            items = "".join(f"<item><link>{self.server.address}/{n}</link></item>" for n in listed)
            self._answer(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "application/rss+xml")
        elif number.lstrip("-").isdigit():
            self._answer(body(int(number)), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def _answer(self, sent: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Cost(NamedTuple):
    """Of one command: CPU in milliseconds, files opened below the data folder (None: not counted)."""

    cpu: float
    opened: int | None

    def __str__(self) -> str:
        return f"{self.cpu:9,.0f} ms {'-' if self.opened is None else format(self.opened, ','):>8}"


class Held:
    """A data folder with a history, made where it is not there yet, and the commands on it."""

    def __init__(self, root: Path, shards: int, pages: int) -> None:
        port = root / "port"
        self.site = Site(int(port.read_text()) if port.exists() else 0)
        self.data = root / "data"
        sources = root / "sources.toml"
        self.environment = environment(root, sources=str(sources), data=str(self.data), workers="1")
        if port.exists():
            return
        sources.write_text(
            f"[sources.{SOURCE}]\nkind = 'feed'\nurl = '{self.site.address}/feed'\nrevisit_hours = []\n"
            "limits = {private_hosts = ['127.0.0.1'], delay_seconds = 0}\n"
        )
        make_history(self.data, self.site.address, shards, pages)
        for _ in range(2):
            self.run("ingest", SOURCE)
        port.write_text(str(self.site.server_port))

    def run(self, *command: str, new: int = 0, watch: bool = False) -> Used:
        """Run `sito`, which must succeed; before that the feed lists `new` pages more."""
        self.site.newest -= new
        return run([sys.executable, "-m", "flows.cli", *command], self.environment, watch=watch)

    def cost(self, *command: str, new: int = 0) -> Cost:
        """What a command costs."""
        least = min(self.run(*command, new=new).cpu for _ in range(ROUNDS))
        self.site.newest -= new
        return Cost(1_000 * least, self._opened(*command))

    def _opened(self, *command: str) -> int | None:
        strace = shutil.which("strace")
        if strace is None:
            return None
        log = self.data.parent / "opened"
        calls = [strace, "-f", "-qq", "-s", "4096", "-e", "trace=open,openat", "-o", str(log)]
        run([*calls, sys.executable, "-m", "flows.cli", *command], self.environment)
        inside = re.compile(rf'"{re.escape(str(self.data))}/[^"]*".*= \d')
        return sum(inside.search(line) is not None for line in log.read_text(errors="replace").splitlines())


def measure(shards: Sequence[int], pages: int) -> None:
    """Print the table."""
    print(f"{'shards':>8} {'nothing new, opened':>24} {'one new page, opened':>24} {'sito sources, opened':>24}")
    for number in shards:
        with TemporaryDirectory(prefix="sito-scale-") as folder:
            held = Held(Path(folder), number, pages)
            costs = [held.cost("ingest", SOURCE), held.cost("ingest", SOURCE, new=1), held.cost("sources")]
            print(f"{number:>8,} " + " ".join(f"{cost!s:>24}" for cost in costs), flush=True)
