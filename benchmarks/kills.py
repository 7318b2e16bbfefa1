"""Kill, stop, fill and turn back: sito on a small local site, broken off at random moments, against an undisturbed run.

    python -m benchmarks.kills [--rounds 10] [--first 0] [--seed 1] [--only NAME...]

The site and its pages are invented, and served by this script. A round begins with an empty data folder and is up to
ten SIGKILLs: one of a `sito ingest` that is a run of `sito serve`, one of `sito serve` itself (with all its processes)
in a run, four of `sito ingest` without a server, two of `sito reprocess`, two of `sito state rebuild`; and a SIGINT and
a SIGTERM of `sito ingest`. After each kind the command is left to finish. Then come, each on data of its own: two runs
at once, SIGSTOP and SIGCONT, a full disk (needs root), a clock that is set back (needs a C compiler), and a PostgreSQL
that is killed and started again in mid-run (needs its server). After each: `sito check` finds nothing, every page is in
raw/ and in the tables once, the rows are those of the undisturbed run, nothing half-written is left. Exits with 1
otherwise.
"""

from __future__ import annotations

import argparse
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from benchmarks.served import Target, free_port, serve
from flows.archive.cdxj import read_entries
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "news"
PAGES = 60
SECONDS = 300
COLUMNS = ["url", "text", "language", "title", "digest", "status"]
WORDS = "міст річка вечір лист книга площа музика ранок поле вулиця гурток вогонь сад човен дзвін сніг".split()  # noqa: SIM905
CLOCK = """#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int got = real(id, at);
  if (id == CLOCK_REALTIME) at->tv_sec -= 36 * 3600;
  return got;
}
"""


class Site(ThreadingHTTPServer):
    """Invented pages on this machine; counts what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        """Serve on a free port until this process ends."""
        super().__init__(("127.0.0.1", 0), Page)
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def urls(self) -> list[str]:
        """All of its pages."""
        return [f"http://127.0.0.1:{self.server_port}/{number}" for number in range(PAGES)]


class Page(BaseHTTPRequestHandler):
    """The answer to a number: always the same page of 40 KB."""

    server: Site

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        self.server.asked.append(self.path)
        time.sleep(0.02)
        by = random.Random(self.path)
        paragraphs = (f"<p>{' '.join(by.choices(WORDS, k=30)).capitalize()}.</p>" for _ in range(6))
        body = f"<html lang=uk><title>Новина {self.path[1:]}</title><article>{''.join(paragraphs)}</article>"
        body = (body + f"<!-- {by.randbytes(20_000).hex()} -->").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Stage:
    """A data folder of its own, and sito's commands on it."""

    def __init__(self, root: Path, site: Site) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.target = Target(root, free_port())
        self.root, self.data, self.site = root, self.target.data, site
        self.until_end = ExitStack()
        """What must last until the stage was looked at."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SITO_"))}
        self.environment = own | {"SITO_WORKERS": "1", "PREFECT_HOME": str(self.target.home)}
        (root / "sources.toml").write_text(
            f"[sources.{SOURCE}]\nkind = 'urls'\nurls = {site.urls}\n"
            "limits = {private_hosts = ['127.0.0.1'], delay_seconds = 0, retries = 1}\n"
        )

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        places = ["--sources", str(self.root / "sources.toml"), "--data", str(self.data)]
        command = [sys.executable, "-m", "flows.cli", *places, *words]
        with (self.root / "log").open("a") as log:
            return subprocess.Popen(
                command, env=self.environment | environment, stdout=log, stderr=log, start_new_session=True
            )

    def run(self, *words: str, **environment: str) -> int:
        """Run a command to its end; gives its exit code."""
        return self.start(*words, **environment).wait(SECONDS)

    def said(self) -> str:
        """What all commands have printed."""
        return (self.root / "log").read_text()

    def asked(self, number: int, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the site was asked for so many pages from now on; whether the run is still there then."""
        goal = len(self.site.asked) + number
        while len(self.site.asked) < goal and process.poll() is None:
            time.sleep(0.005)
        return process.poll() is None

    def documents(self) -> dict[str, list[dict[str, str]]]:
        """Rows by address."""
        found: dict[str, list[dict[str, str]]] = {}
        for path in sorted((self.data / "clean" / "documents").rglob("*.parquet")):
            for row in pq.ParquetFile(path).read(columns=COLUMNS).to_pylist():
                found.setdefault(row["url"], []).append(row)
        return found

    def problems(self, expected: dict[str, list[dict[str, str]]]) -> Iterator[str]:
        """What differs from an undisturbed run."""
        before = len(self.said())
        if (code := self.run("check", SOURCE)) != 0:
            yield f"sito check {code}: {self.said()[before:][-600:]}"
        held = Counter(entry.url for shard in Archive(self.data, SOURCE).shards() for entry in read_entries(shard))
        if held != Counter(self.site.urls):
            yield f"raw/: {len(held)} pages, {[url for url, times in held.items() if times > 1]} more than once"
        if (found := self.documents()) != expected:
            yield f"tables: {len(found)} pages, {sum(found.get(url) != rows for url, rows in expected.items())} differ"
        yield from (f"left over: {path.name}" for path in self.data.rglob("*.part"))

    def free(self) -> None:
        """Wait until no process that a killed one left behind holds the source."""
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            try:
                with Archive(self.data, SOURCE).lock():
                    return
            except SitoError:
                time.sleep(0.2)
        raise RuntimeError("a run does not end")


def kill(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> bool:
    """A signal to a process and its children; whether it ended by it."""
    if process.poll() is None:
        os.killpg(process.pid, how)
    code = process.wait(SECONDS)
    if code not in (0, 130, -how):
        raise RuntimeError(f"{how.name}: exit code {code}")
    return code != 0


def kills(stage: Stage, by: random.Random) -> Counter[str]:
    """One round; gives how often each command was killed."""
    done: Counter[str] = Counter()
    served = serve(stage.target)
    run = stage.start("ingest", SOURCE)
    stage.asked(by.randint(0, 8), run)
    done["sito ingest, served"] += kill(run)
    stage.free()
    found = stage.target.deployment()["id"]
    asked = {"parameters": {"source": SOURCE}, "state": {"type": "SCHEDULED"}}
    stage.target.owner("POST", f"/api/deployments/{found}/create_flow_run", asked)
    stage.asked(by.randint(1, 10), served)
    done["sito serve"] += kill(served)
    stage.free()
    hows = [signal.SIGKILL] * 4 + [signal.SIGINT, signal.SIGTERM]
    for how in by.sample(hows, len(hows)):
        run = stage.start("ingest", SOURCE)
        # A SIGINT in the first tenth of a second ends Python itself, with its own words and exit code 1.
        stage.asked(by.randint(int(how == signal.SIGINT), 8), run)
        time.sleep(by.choice([0, by.uniform(0, 0.5), by.uniform(0, 3)]))
        done["sito ingest" if how == signal.SIGKILL else f"sito ingest by {how.name}"] += kill(run, how)
        stage.free()
    finish(stage, "ingest", SOURCE)
    for words in (("reprocess", SOURCE), ("state", "rebuild", SOURCE)):
        began = time.monotonic()
        finish(stage, *words)
        lasted = time.monotonic() - began
        for _ in range(2):
            run = stage.start(*words)
            time.sleep(by.uniform(0.3, 0.9) * lasted)
            done["sito " + " ".join(words[:-1])] += kill(run)
            stage.free()
        finish(stage, *words)
    return done


def finish(stage: Stage, *words: str) -> None:
    """Run a command to its end, which must be a good one."""
    if code := stage.run(*words):
        raise RuntimeError(f"sito {' '.join(words)} ended with {code}: {stage.said()[-1_500:]}")


def two_at_once(stage: Stage) -> str:
    """The same source twice at the same time."""
    runs = [stage.start("ingest", SOURCE) for _ in range(2)]
    codes = sorted(run.wait(SECONDS) for run in runs)
    return f"exit codes {codes}; the other: {'another run is using' in stage.said()}"


def stopped(stage: Stage) -> str:
    """SIGSTOP for 5 seconds in mid-run, three times."""
    run = stage.start("ingest", SOURCE)
    for _ in range(3):
        if stage.asked(10, run):
            os.killpg(run.pid, signal.SIGSTOP)
            time.sleep(5)
            os.killpg(run.pid, signal.SIGCONT)
    return f"exit code {run.wait(SECONDS)}"


def full_disk(stage: Stage) -> str:
    """A file system that has room for a part of the pages, and then for all."""
    if os.geteuid() != 0:
        return "left out: needs root to mount a small file system"
    stage.data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(stage.data)]
    if subprocess.run(mount, check=False).returncode:
        return "left out: nothing can be mounted"
    stage.until_end.callback(subprocess.run, ["umount", str(stage.data)], check=True)
    first = stage.run("ingest", SOURCE)
    said = "No space left" in stage.said()
    again = stage.run("ingest", SOURCE)
    subprocess.run(["mount", "-o", "remount,size=100m", str(stage.data)], check=True)
    last = stage.run("ingest", SOURCE)
    return f"exit codes {first}, {again}, with room again {last}; said: {said}"


def clock_back(stage: Stage) -> str:
    """Killed in mid-run, then a run 36 hours earlier, killed too, then one of today."""
    source, library = stage.root / "clock.c", stage.root / "clock.so"
    source.write_text(CLOCK)
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError):
        return "left out: needs a C compiler"
    for environment in ({}, {"LD_PRELOAD": str(library)}):
        run = stage.start("ingest", SOURCE, **environment)
        stage.asked(20, run)
        kill(run)
    earlier = stage.run("ingest", SOURCE, LD_PRELOAD=str(library))
    return f"exit codes 36 hours back {earlier}, today {stage.run('ingest', SOURCE)}"


def database_killed(stage: Stage) -> str:
    """The state is in PostgreSQL, which is killed twice in mid-run, and started again after 2 seconds."""
    initdb = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), "")
    if not initdb:
        return "left out: PostgreSQL's server is not installed"
    programs = Path(initdb).resolve().parent
    folder = stage.until_end.enter_context(tempfile.TemporaryDirectory(prefix="sito-pg-"))
    user: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        entry = pwd.getpwnam("nobody")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    init = [programs / "initdb", "-D", f"{folder}/data", "-U", "sito", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(init, check=True, capture_output=True, cwd=folder, **user)  # type: ignore[call-overload]

    def start() -> subprocess.Popen[bytes]:
        words = [programs / "postgres", "-D", f"{folder}/data", "-k", folder, "-c", "listen_addresses="]
        server: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user
        )
        while subprocess.run([programs / "pg_isready", "-h", folder], capture_output=True, check=False).returncode:
            time.sleep(0.2)
        return server

    server = start()
    stage.environment["SITO_STATE"] = f"postgresql://sito@/postgres?host={folder}"
    run = stage.start("ingest", SOURCE)
    for _ in range(2):
        stage.asked(15, run)
        server.kill()
        server.wait()
        time.sleep(2)
        server = start()
    stage.until_end.callback(server.wait)
    stage.until_end.callback(server.send_signal, signal.SIGINT)
    during = run.wait(SECONDS)
    return f"exit codes of the run {during}, of the next one {stage.run('ingest', SOURCE)}"


OTHERS: dict[str, Callable[[Stage], str]] = {
    "two runs at once": two_at_once,
    "SIGSTOP, SIGCONT": stopped,
    "disk full": full_disk,
    "clock back": clock_back,
    "PostgreSQL killed": database_killed,
}


def main() -> int:
    """Run the rounds and the others, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=OTHERS, help="these in place of the rounds and all others")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` has it ignored, and so would our runs
    site, bad = Site(), 0
    with tempfile.TemporaryDirectory(prefix="sito-kills-") as name:
        root = Path(name)
        undisturbed = Stage(root / "undisturbed", site)
        finish(undisturbed, "ingest", SOURCE)
        expected = undisturbed.documents()
        all_kills: Counter[str] = Counter()
        for number in range(given.first, given.first if given.only else given.first + given.rounds):
            stage = Stage(root / f"round{number}", site)
            site.asked.clear()
            done = kills(stage, random.Random(f"{given.seed}/{number}"))
            all_kills += done
            bad += _tell(f"round {number}: {done.total()} kills, {len(site.asked)} requests", stage.problems(expected))
        print(f"{all_kills.total()} kills: {dict(all_kills)}", flush=True)
        for what in given.only or OTHERS:
            stage = Stage(root / what.replace(" ", "-"), site)
            with stage.until_end:
                said = OTHERS[what](stage)
                bad += _tell(f"{what}: {said}", [] if "left out" in said else stage.problems(expected))
    return 1 if bad else 0


def _tell(what: str, problems: object) -> bool:
    found = list(problems)  # type: ignore[call-overload]
    print(what, "; ".join(found) or "the same as undisturbed", sep="; ", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
