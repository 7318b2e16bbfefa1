"""Pages a second from raw to clean, against bare trafilatura with metadata on the same pages in the same run.

    python benchmarks/pages.py [FOLDER ...] [--rounds N]

FOLDER holds HTML pages (default: the demo pages). Both sides start from the same bytes in memory or in WARC shards:

  trafilatura   bare_extraction(include_comments=False, with_metadata=True) on the decoded payload
  sito clean    cleaners.clean_html on the same payload: lines, languages, rules, ledger
  raw to clean  clean_shard on WARC shards of 25 pages: reading, the above, both Parquet twins on disk

Rounds alternate between the sides, so that a machine that slows down slows all; the median round is printed. CPU counts
user and system time of all processes; the ratio is CPU a page against trafilatura's.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import trafilatura

from cleaners import clean_html
from flows.clean.shards import clean_shard
from flows.files import find_pages, read_file
from flows.pages import Capture
from flows.raw.archive import Archive

T = TypeVar("T")
PAGES_PER_SHARD = 25
ROOT = Path(__file__).parent.parent


def bare(payload: bytes) -> None:
    """What many pipelines do today."""
    trafilatura.bare_extraction(payload, include_comments=False, with_metadata=True)


def cleaned(payload: bytes) -> None:
    """Everything that sito does to a page, without stores."""
    clean_html(payload)


def each(function: Callable[[T], None], items: Sequence[T]) -> None:
    for item in items:
        function(item)


def twin(data: Path, shard: Path) -> None:
    """One shard to its two tables."""
    clean_shard(shard, data, "bench", None)


def cpu() -> float:
    """User and system seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of `work`."""
    wall, used = time.perf_counter(), cpu()
    work()
    return time.perf_counter() - wall, cpu() - used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "raw" / "demo"])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    payloads = [read_file(page) for page in find_pages(arguments.folders) if ".txt" not in page.suffixes]
    cores = os.cpu_count() or 1
    print(f"{len(payloads)} pages, {sum(map(len, payloads)) / 2**20:.1f} MB, median of {arguments.rounds} rounds\n")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        shards = write_shards(data, payloads)
        parts = [payloads[i : i + PAGES_PER_SHARD] for i in range(0, len(payloads), PAGES_PER_SHARD)]
        sides: dict[str, Callable[[], object]] = {
            "trafilatura, 1 process": partial(each, bare, payloads),
            "sito clean, 1 process": partial(each, cleaned, payloads),
            "raw to clean, 1 process": partial(each, partial(twin, data), shards),
            f"trafilatura, {cores} processes": partial(pooled, cores, partial(each, bare), parts),
            f"sito clean, {cores} processes": partial(pooled, cores, partial(each, cleaned), parts),
            f"raw to clean, {cores} processes": partial(pooled, cores, partial(twin, data), shards),
        }
        for side in list(sides)[:3]:  # first calls import, load tables and warm the disk
            sides[side]()
        rounds: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
        for _ in range(arguments.rounds):
            for side, work in sides.items():
                rounds[side].append(timed(work))
    print(f"{'':30}{'pages/s':>10}{'CPU ms/page':>14}{'CPU ratio':>12}")
    for side, figures in rounds.items():
        wall, used = (statistics.median(column) for column in zip(*figures, strict=True))
        base = statistics.median(used for _, used in rounds["trafilatura, 1 process"])
        print(f"{side:30}{len(payloads) / wall:>10.1f}{1000 * used / len(payloads):>14.1f}{used / base:>12.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\npeak memory of the largest worker: {peak:.0f} MB")


def write_shards(data: Path, payloads: Sequence[bytes]) -> list[Path]:
    """The payloads as shards of 25 pages."""
    archive = Archive(data, "bench")
    with archive.lock():
        held = archive.held()
        for start in range(0, len(payloads), PAGES_PER_SHARD):
            with archive.writer(held) as writer:
                for number, payload in enumerate(payloads[start : start + PAGES_PER_SHARD], start):
                    writer.add(Capture(f"file:///{number}.html", payload, datetime.now(UTC), "text/html"))
    return archive.shards()


def pooled(processes: int, function: Callable[..., None], items: Sequence[object]) -> None:
    """Forked workers, so that neither side pays for imports."""
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        list(pool.map(function, items))


if __name__ == "__main__":
    main()
