"""Pages a second from raw to clean, against bare trafilatura with metadata on the same pages in the same run.

    python -m benchmarks.pages [FOLDER ...] [--rounds N]

FOLDER holds HTML pages (default: the pages and news beside the project; where they are absent, the demo pages). Both
sides start from the same bytes in memory or in WARC shards:

  trafilatura   bare_extraction(include_comments=False, with_metadata=True) on the payload
  sito clean    cleaners.clean_html on the same payload: lines, languages, rules, ledger
  raw to clean  clean_shard on WARC shards of up to 25 pages: reading, the above, both Parquet tables on disk

Each side runs in new processes, forked from one that has cleaned the demo pages: imports and tables are loaded, but no
line of the measured pages is in any cache, as it would be from the second round on. Rounds alternate between the sides,
so that a machine that slows down slows all; medians are printed. CPU is user and system time; the ratio is CPU a page
against trafilatura's in one process. Memory is the peak of a cleaning process as an ingest starts it, over all shards
(Linux only).
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import statistics
import sys
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
from flows.archive.source_archive import Archive
from flows.common.page_types import Capture
from flows.pipeline.clean_file import read_file
from flows.pipeline.clean_files import find_pages
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_pool import CleaningPool

T = TypeVar("T")
PAGES_PER_SHARD = 25
ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "raw" / "demo"
GOLD = [ROOT.parent / "shared" / "gold" / name for name in ("pages", "news")]


def bare(payload: bytes) -> None:
    """What many pipelines do today."""
    trafilatura.bare_extraction(payload, include_comments=False, with_metadata=True)


def cleaned(payload: bytes) -> None:
    """Everything that sito does to a page, without stores."""
    clean_html(payload)


def each(function: Callable[[T], None], items: Sequence[T]) -> None:
    for item in items:
        function(item)


def tables(data: Path, shard: Path) -> None:
    """One shard to its two tables."""
    clean_shard(CleaningJob(shard, data, "bench", None))


def cpu() -> float:
    """User and system seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of `work`."""
    wall, used = time.perf_counter(), cpu()
    work()
    return time.perf_counter() - wall, cpu() - used


def alone(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of `work` in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(timed, work).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[f for f in GOLD if f.is_dir()] or [DEMO])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    payloads = read(arguments.folders)
    cores = os.cpu_count() or 1
    print(f"{len(payloads)} pages, {sum(map(len, payloads)) / 2**20:.1f} MB, median of {arguments.rounds} rounds\n")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        size = min(PAGES_PER_SHARD, -(-len(payloads) // (2 * cores)))  # so that no process is without work
        parts = [payloads[i : i + size] for i in range(0, len(payloads), size)]
        shards = write_shards(data, parts)
        peak = peak_of_worker(shards, data)
        each(bare, read([DEMO]))
        each(cleaned, read([DEMO]))
        gc.freeze()  # what is loaded by now is no work for the collectors of the forked processes
        sides: dict[str, Callable[[], tuple[float, float]]] = {
            "trafilatura, 1 process": partial(alone, partial(each, bare, payloads)),
            "sito clean, 1 process": partial(alone, partial(each, cleaned, payloads)),
            "raw to clean, 1 process": partial(alone, partial(each, partial(tables, data), shards)),
            f"trafilatura, {cores} processes": partial(timed, partial(pooled, cores, partial(each, bare), parts)),
            f"sito clean, {cores} processes": partial(timed, partial(pooled, cores, partial(each, cleaned), parts)),
            f"raw to clean, {cores} processes": partial(timed, partial(pooled, cores, partial(tables, data), shards)),
        }
        rounds: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
        for _ in range(arguments.rounds):
            for side, run in sides.items():
                rounds[side].append(run())
    print(f"{'':30}{'pages/s':>10}{'CPU ms/page':>14}{'CPU ratio':>12}")
    for side, figures in rounds.items():
        wall, used = (statistics.median(column) for column in zip(*figures, strict=True))
        base = statistics.median(used for _, used in rounds["trafilatura, 1 process"])
        print(f"{side:30}{len(payloads) / wall:>10.1f}{1000 * used / len(payloads):>14.1f}{used / base:>12.2f}")
    print(f"\npeak memory of a cleaning process: {peak or '?'} MB")


def read(folders: Sequence[Path]) -> list[bytes]:
    """The bytes of the HTML pages in the folders."""
    return [read_file(page) for page in find_pages(folders) if ".txt" not in page.suffixes]


def peak_of_worker(shards: Sequence[Path], data: Path) -> int | None:
    """MB that a cleaning process of an ingest has held at most, after all the shards; None where /proc is not there."""
    with CleaningPool(1) as pool:
        for shard in shards:
            pool.clean(CleaningJob(shard, data, "bench", None))
        if sys.platform != "linux":
            return None
        (worker,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        status = Path(f"/proc/{worker}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def write_shards(data: Path, parts: Sequence[Sequence[bytes]]) -> list[Path]:
    """The payloads as shards, one for each part."""
    archive = Archive(data, "bench")
    with archive.lock():
        captured = archive.captured()
        for number, part in enumerate(parts):
            with archive.writer(captured) as writer:
                for place, payload in enumerate(part):
                    writer.add(Capture(f"file:///{number}/{place}.html", payload, datetime.now(UTC), "text/html"))
    return archive.shards()


def pooled(processes: int, function: Callable[..., None], items: Sequence[object]) -> None:
    """Forked workers, so that neither side pays for imports."""
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        list(pool.map(function, items))


if __name__ == "__main__":
    main()
