"""What was broken, what said so, what mended it; and how fast `sito check` reads.

    python -m benchmarks.damage [--speed MIB]

The damages are those of tests/flows/pipeline/test_check_source.py, each on a fresh copy of a small source. For each:
the first line of `sito check` and of the next `sito ingest`; after which step every row is as before, and after which
the check finds nothing. The steps are ingest, reprocess, a copy of the file put back. `--speed` makes pages of so many
MiB in place of that, and measures the check.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import random
import re
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq

from flows.archive.source_archive import Archive
from flows.archive.verify import verify_shard
from flows.common.file_digest import file_digest
from flows.common.page_types import Capture
from flows.state import PageState, State
from flows.state.integrity import damage

TESTS = Path(__file__).resolve().parent.parent / "tests"
COLUMNS = ["url", "text", "language", "title", "digest", "status"]
MIB = 2**20
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LETTERS = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"


def damages() -> ModuleType:
    """The test that breaks each thing."""
    sys.path.append(str(TESTS))
    spec = importlib.util.spec_from_file_location("damages", TESTS / "flows" / "pipeline" / "test_check_source.py")
    if spec is None or spec.loader is None:
        raise ImportError("the test is not there")
    module = importlib.util.module_from_spec(spec)
    sys.modules["damages"] = module
    spec.loader.exec_module(module)
    return module


def rows(stored: Any) -> set[tuple[Any, ...]]:
    """The rows with text. A page that was captured again has the same row twice."""
    found = set()
    for path in sorted((stored.data / "clean" / "documents").rglob("*.parquet")):
        for row in pq.ParquetFile(path).read(columns=COLUMNS).to_pylist():
            if row["status"] == "kept":
                found.add(tuple(row.values()))
    return found


def table(root: Path) -> int:
    """Break each, and print a row of the table; gives how many were not said or not mended."""
    test, bad = damages(), 0
    (root / "made" / "pages").mkdir(parents=True)
    made = test.Stored(root / "made" / "pages", root / "made" / "data")
    for number in range(test.PAGES):
        text = test.page(number, test.BODY.replace("бібліотеку", f"бібліотеку номер {number}"))
        (made.folder / f"{number}.html").write_bytes(text)
    made.ingest()
    before = rows(made)
    print("| what was broken | `sito check` | the next `sito ingest` | all texts are there after | whole again after |")
    print("|---|---|---|---|---|")
    for name, (how, _) in {**test.SHARD, **test.INDEX, **test.TABLES, **test.REWRITTEN}.items():
        shutil.rmtree(root / "copy", ignore_errors=True)
        shutil.copytree(root / "made", root / "copy")
        stored = test.Stored(root / "copy" / "pages", root / "copy" / "data")
        shard, whole = stored.shard, stored.shard.read_bytes()
        how(stored)
        checked, said = stored.check(), []
        there = again = ""
        for step in ("ingest", "reprocess", "a copy put back", "a copy put back, reprocess"):
            if step == "ingest":
                said = stored.ingest()
            elif step.endswith("reprocess"):
                stored.reprocess()
            else:
                shard.write_bytes(whole)
                stored.ingest()
            if not there and rows(stored) == before:
                there = step
            if there and not stored.check():
                again = step
                break
        bad += not (checked and there and again)
        told = [_short(lines[0], root) if lines else "nothing" for lines in (checked, said)]
        print("|", " | ".join([name, *told, there or "NOTHING", again or "NOTHING"]), "|")
    return bad


def _short(said: str, root: Path) -> str:
    """A line without the folder, and without the name of the shard."""
    return re.sub(r"\d{8}T\d{6}Z-\d+", "SHARD", re.sub(rf"{root}/copy/data/\S*/", "", said))[:100]


def speed(root: Path, mib: int) -> None:
    """Make pages of invented words of that size, and a state, and print how fast each part is read."""
    rng = random.Random(1)
    words = ["".join(rng.choices(LETTERS, k=rng.randint(2, 11))) for _ in range(5_000)]
    paragraphs = [f"<p class=text>{' '.join(rng.choices(words, k=60))}.</p><a href=/{n}>x</a>" for n in range(3_000)]
    archive, size, number = Archive(root, "speed"), 0, 0
    with archive.lock(), archive.writer(archive.captured()) as writer:
        while size < mib * MIB:
            body = f"<html lang=uk>{''.join(rng.choices(paragraphs, k=rng.randint(60, 240)))}".encode()
            writer.add(Capture(f"file:///{number}.html", body, AT, "text/html"))
            size, number = size + len(body), number + 1
    shards = archive.shards()
    packed = sum(shard.stat().st_size for shard in shards)
    seconds, cpu = _timed(lambda: [verify_shard(shard, "speed") for shard in shards])
    print(f"shards: {size / MIB:.0f} MiB of pages in {packed / MIB:.0f} MiB, {_rates(size, seconds, cpu)} of pages")
    seconds, cpu = _timed(lambda: [file_digest(shard) for shard in shards])
    print(f"digests of files: {_rates(packed, seconds, cpu)}")
    path = root / "state.sqlite"
    with State.open(f"sqlite:///{path}") as state:
        for start in range(0, 200_000, 10_000):
            state.pages.record(
                "speed",
                [PageState(f"https://example.org/{n}", AT, outcome="new") for n in range(start, start + 10_000)],
            )
    seconds, cpu = _timed(lambda: damage(f"sqlite:///{path}"))
    print(f"state: {path.stat().st_size / MIB:.0f} MiB of SQLite, {_rates(path.stat().st_size, seconds, cpu)}")


def _timed(work: Any) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def _rates(size: int, seconds: float, cpu: float) -> str:
    return f"{size / MIB / seconds:.0f} MiB a second ({size / MIB / cpu:.0f} a second of CPU)"


def main() -> int:
    """Print the table, or the speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=int, metavar="MIB")
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as name:
        if given.speed:
            speed(Path(name), given.speed)
            return 0
        return 1 if table(Path(name)) else 0


if __name__ == "__main__":
    sys.exit(main())
