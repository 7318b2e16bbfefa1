"""Kill an ingest at random moments, run it again, and compare with an undisturbed one.

    python benchmarks/kills.py FOLDER [--kills 10] [--seed 1]

FOLDER holds pages, as for a folder source. Each kill is a SIGKILL of the run, which leaves its cleaning processes to
notice by themselves. Two things are checked: a run killed once, at each of the moments, and then run again; and one
data folder in which run after run is killed before the last one is left alone. Compared by address: text, language,
title, digest and status of every document. Exits with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import logging
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq

from flows.config.kinds import FolderSource
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.steps import PlainSteps
from flows.report.progress import Progress

SOURCE = "kills"
BATCH = 8  # small, so that a run of seconds has many shards to be killed between
VERDICT = {True: "the same", False: "DIFFERS"}
COLUMNS = ["url", "text", "language", "title", "digest", "status"]

Documents = dict[str, list[dict[str, str]]]


def ingest(folder: Path, data: Path) -> None:
    log = logging.getLogger("kills")
    source = FolderSource(name=SOURCE, kind="folder", path=folder)
    with CleaningPool(2) as pool, ThreadPoolExecutor(2) as threads:
        ingest_source(source, data, PlainSteps(pool, threads, log), Progress(SOURCE), log, batch=BATCH)


def start(folder: Path, data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, __file__, str(folder), "--run", str(data)], stderr=subprocess.DEVNULL)


def documents(data: Path) -> Documents:
    found: Documents = {}
    for path in sorted((data / "clean" / "documents").rglob("*.parquet")):
        for row in pq.ParquetFile(path).read(columns=COLUMNS).to_pylist():
            found.setdefault(row["url"], []).append(row)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        ingest(arguments.folder, arguments.run)
        return 0
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        began = time.monotonic()
        start(arguments.folder, root / "undisturbed").wait()
        lasted = time.monotonic() - began
        expected = documents(root / "undisturbed")
        print(f"undisturbed: {len(expected)} pages in {lasted:.1f} s")
        bad = 0
        chained = root / "chained"
        for n, moment in enumerate(sorted(chance.uniform(0, lasted) for _ in range(arguments.kills)), start=1):
            for data in (root / f"once{n}", chained):
                run = start(arguments.folder, data)
                time.sleep(moment)
                run.kill()
                run.wait()
            once = root / f"once{n}"
            left = len(documents(once))
            start(arguments.folder, once).wait()
            same = documents(once) == expected
            bad += not same
            print(f"killed after {moment:4.1f} s: {left:4} pages were cleaned; again: {VERDICT[same]}")
        start(arguments.folder, chained).wait()
        same = documents(chained) == expected
        parts = [path.name for path in root.rglob("*.part")]
        print(f"killed {arguments.kills} times over: {VERDICT[same]}; half-written files left: {len(parts)}")
        return 1 if bad or not same or parts else 0


if __name__ == "__main__":
    sys.exit(main())
