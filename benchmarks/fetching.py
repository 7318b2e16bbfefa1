"""How fast sito fetches, against the bare client: local pages over many hosts, no delay, the server in its own process.

    python benchmarks/fetching.py [--pages 10000] [--hosts 50] [--kilobytes 40] [--times 1]

Measured one after the other, each in a process of its own, over the same pages and with as many threads:

- bare: the client library (httpcore2) alone, with our User-Agent; bodies are read and dropped
- fetcher: `Fetcher.get`, so with address checks, robots.txt, host slots and limits
- ingest: `ingest_source` to complete shards in raw/ and the state, without cleaning

Pages are sent in gzip, as by most sites, and the bare client does not unpack them. Memory is the peak of the process
(ru_maxrss), with its libraries. The throughput at the default politeness is computed: a second of pause for each host.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import socket
import string
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import httpcore2

from flows.crawl.frontier import AT_ONCE
from flows.fetch.fetcher import Fetcher, user_agent
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.shard_result import ShardResult
from flows.report.progress import Progress
from support.hostile.answers import page
from support.hostile.names import Names
from support.hostile.runs import LOG, source_of
from support.hostile.site import serve
from support.in_process import HereSteps

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.config.kinds import Source
    from flows.config.limits import WebLimits
    from flows.pipeline.cleaning_job import CleaningJob

_MIB = 2**20


class CaptureOnly(HereSteps):
    """No cleaning: that is measured elsewhere, and takes a core of its own for each process."""

    def clean(self, job: CleaningJob) -> Future[ShardResult]:
        """Say that it is done."""
        done: Future[ShardResult] = Future()
        done.set_result(ShardResult(job.shard.name))
        return done


def hosts_of(number: int) -> list[str]:
    return [f"daily{n}.test" for n in range(number)]


def addresses(port: int, hosts: int, pages: int) -> list[str]:
    return [f"http://daily{n % hosts}.test:{port}/n/{n}" for n in range(pages)]


def in_threads(urls: list[str], hosts: int, get: Callable[[str], int]) -> int:
    """As many hosts at once as the frontier has threads, the pages of each one after another; gives the bytes."""

    def host(number: int) -> int:
        return sum(get(url) for url in urls[number::hosts])

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(host, range(hosts)))


def bare(urls: list[str], hosts: int, source: Source) -> int:
    agent = user_agent()
    with httpcore2.ConnectionPool(max_connections=200, max_keepalive_connections=200) as pool:

        def get(url: str) -> int:
            return len(pool.request("GET", url, headers={"User-Agent": agent}).content)

        return in_threads(urls, hosts, get)


def fetcher(urls: list[str], hosts: int, source: Source) -> int:
    with Fetcher(limits(source)) as client:
        return in_threads(urls, hosts, lambda url: len(client.get(url).body))


def ingest(urls: list[str], hosts: int, source: Source) -> int:
    with tempfile.TemporaryDirectory() as name:
        result = ingest_source(source, Path(name), CaptureOnly(), Progress(source.name), LOG)
        if result.problem:
            raise result.problem
        return sum(path.stat().st_size for path in Path(name).rglob("*.warc.gz"))


def limits(source: Source) -> WebLimits:
    return source.limits  # type: ignore[return-value]


MEASURED = {"bare": bare, "fetcher": fetcher, "ingest": ingest}


def measure(what: str, port: int, hosts: int, pages: int) -> None:
    """Print one measurement as JSON."""
    socket.getaddrinfo = Names().getaddrinfo
    urls = addresses(port, hosts, pages)
    source = source_of(urls, hosts_of(hosts), pages_per_run=None, timeout_seconds=60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, began = time.process_time(), time.monotonic()
    size = MEASURED[what](urls, hosts, source)
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = {"seconds": seconds, "cpu": cpu, "bytes": size, "before": before / 1024, "peak": peak / 1024}
    print(json.dumps(said))


def serve_pages(hosts: int, pages: int, kilobytes: int) -> None:
    """The server: says its port, and serves until its standard input ends."""
    chance = random.Random(1)
    words = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 9))) for _ in range(3000)]
    bodies = []
    for number in range(64):
        text = " ".join(chance.choices(words, k=kilobytes * 1024 // 7))
        html = f"<html lang=en><head><title>{number}</title></head><body><p>{text}</p></body></html>"
        bodies.append(page(gzip.compress(html.encode()), 200, "Content-Encoding: gzip"))
    with serve() as site:
        for n in range(pages):
            site.at(f"daily{n % hosts}.test", f"/n/{n}", bodies[n % len(bodies)])
        print(site.port, flush=True)
        sys.stdin.read()


def run(what: str, port: int, hosts: int, pages: int) -> dict[str, float]:
    words = [sys.executable, __file__, "--measure", what, "--port", str(port)]
    words += ["--hosts", str(hosts), "--pages", str(pages)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--kilobytes", type=int, default=40)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--measure", choices=MEASURED, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.port, given.hosts, given.pages)
        return 0
    if given.serve:
        serve_pages(given.hosts, given.pages, given.kilobytes)
        return 0
    words = [sys.executable, __file__, "--serve", "--hosts", str(given.hosts), "--pages", str(given.pages)]
    words += ["--kilobytes", str(given.kilobytes)]
    print(f"{given.pages:,} pages of {given.kilobytes} KB over {given.hosts} hosts, {AT_ONCE} at once")
    print(f"{'':10}{'pages/s':>9}{'of bare':>9}{'CPU ms/page':>13}{'peak MB':>9}{'libraries MB':>14}")
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        port = int(server.stdout.readline())
        for _ in range(given.times):
            rates: dict[str, float] = {}
            for what in MEASURED:
                found = run(what, port, given.hosts, given.pages)
                rate = rates[what] = given.pages / found["seconds"]
                cpu = found["cpu"] / given.pages * 1000
                print(
                    f"{what:10}{rate:9,.0f}{rate / rates['bare']:9.0%}{cpu:13.2f}"
                    f"{found['peak']:9,.0f}{found['before']:14,.0f}"
                )
        server.stdin.close()
    print("\nOn paper, with a second of pause after each answer and answers of 0.3 s, pages an hour:")
    for hosts in (1, AT_ONCE, 100, 300):
        polite = min(hosts, AT_ONCE) * 3600 / 1.3
        bound = " (so many threads wait for their slots at once)" if hosts > AT_ONCE else ""
        print(f"{hosts:5} hosts: {min(polite, rates['ingest'] * 3600):11,.0f}{bound}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
