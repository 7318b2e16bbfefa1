"""What a run costs by how much is held already: CPU and opened files at 10, 100, 1,000 and 4,000 shards.

    python -m benchmarks.scale [--shards 10 100 1000 4000] [--pages 10]

Makes a history for each size (benchmarks/histories.py), serves a feed of its ten newest pages on this machine, and runs
`sito ingest` with nothing new, then with one new page, then `sito sources`, each in a process of its own. CPU is user
and system time with that of all child processes, the least of three; opened files are those below the data folder, by
strace where it is installed. The first run, which imports the history into the state, is not counted.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.histories import SOURCE, body, make_history

ROUNDS = 3
LISTED = 10


class Site(ThreadingHTTPServer):
    """A feed of the newest pages, which are numbered downwards: a new one has the next number below the last."""

    daemon_threads = True

    def __init__(self) -> None:
        """Serve on a free port until this process ends."""
        super().__init__(("127.0.0.1", 0), _Answers)
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


class Stage:
    """A data folder with a history, and the commands on it."""

    def __init__(self, root: Path, site: Site, shards: int, pages: int) -> None:
        self.data, self.site = root / "data", site
        site.newest = 0
        (root / "sources.toml").write_text(
            f"[sources.{SOURCE}]\nkind = 'feed'\nurl = '{site.address}/feed'\nrevisit_hours = []\n"
            "limits = {private_hosts = ['127.0.0.1'], delay_seconds = 0}\n"
        )
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SITO_"))}
        places = {"SITO_SOURCES": str(root / "sources.toml"), "SITO_DATA": str(self.data)}
        self.environment = own | places | {"SITO_WORKERS": "1", "PREFECT_HOME": str(root / "home")}
        make_history(self.data, site.address, shards, pages)
        for _ in range(2):
            self.run("ingest", SOURCE)

    def run(self, *command: str) -> None:
        """Run `sito`, which must succeed."""
        self._run([sys.executable, "-m", "flows.cli", *command])

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout[-1_000:]}{done.stderr[-2_000:]}")

    def cost(self, *command: str, new: int = 0) -> Cost:
        """What a command costs; before each run the feed lists `new` pages more."""
        found = []
        for _ in range(ROUNDS):
            self.site.newest -= new
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.run(*command)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        self.site.newest -= new
        return Cost(1_000 * min(found), self._opened(*command))

    def _opened(self, *command: str) -> int | None:
        strace = shutil.which("strace")
        if strace is None:
            return None
        log = self.data.parent / "opened"
        calls = [strace, "-f", "-qq", "-s", "4096", "-e", "trace=open,openat", "-o", str(log)]
        self._run([*calls, sys.executable, "-m", "flows.cli", *command])
        inside = re.compile(rf'"{re.escape(str(self.data))}/[^"]*".*= \d')
        return sum(inside.search(line) is not None for line in log.read_text(errors="replace").splitlines())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", nargs="+", type=int, default=[10, 100, 1000, 4000])
    parser.add_argument("--pages", type=int, default=10, help="pages of a shard")
    given = parser.parse_args()
    site = Site()
    print(f"{'shards':>8} {'nothing new, opened':>24} {'one new page, opened':>24} {'sito sources, opened':>24}")
    for shards in given.shards:
        with TemporaryDirectory(prefix="sito-scale-") as folder:
            stage = Stage(Path(folder), site, shards, given.pages)
            costs = [stage.cost("ingest", SOURCE), stage.cost("ingest", SOURCE, new=1), stage.cost("sources")]
            print(f"{shards:>8,} " + " ".join(f"{cost!s:>24}" for cost in costs), flush=True)


if __name__ == "__main__":
    main()
