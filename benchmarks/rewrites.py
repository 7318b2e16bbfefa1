"""SIGKILLs while shards are pruned and compacted, with readers at work; and what compacting costs.

    python -m benchmarks.rewrites [--kills 100] [--seed 1] [--scale SHARDS]

Each kill is on a fresh copy of a store of invented pages in 24 shards, many of them in several versions, with answers
that nothing changed: a process prunes or compacts it (in turn) and is killed at a random moment, while another reads it
over and over in five ways: raw/, the tables, an export, the index of `sito look`, and all Parquet files joined with
`versions` by DuckDB. The reader must meet every page once, and never fail. Then: `sito check` finds nothing, the work
done to its end gives the rows of an undisturbed one, nothing half-made is left; and of every tenth, what is cleaned
again from raw and from the ledger are the same rows. Exits with 1 otherwise. `--scale` makes a store of so many shards
of ten pages in place of that, and measures.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import flows.look.index
from flows.archive.rewrites import GRACE
from flows.archive.shard_reader import read_shard
from flows.archive.source_archive import Archive
from flows.export.question import Question
from flows.export.records import Records
from flows.export.selection import select
from flows.look.index import Index
from flows.pipeline.check_source import check_source
from flows.pipeline.cleaning_job import Origin, Scope
from flows.pipeline.compact_source import compact_source, compactable
from flows.pipeline.prune_source import prune_source
from flows.pipeline.rewrite_shards import finish_rewrites
from flows.tables.versions import write_versions

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from support.captures import keep, response
from support.in_process import reprocess_archived
from support.newspaper import SOURCE, cleaned, page
from support.quick_tables import rows_of, write_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.common.page_types import Capture

SHARDS = 24
BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)
TARGET = 24 * 1024
"""Of a compacted shard: some six of these."""
JOIN = """
SELECT documents.url, count(*) AS times
FROM read_parquet('{0}/clean/documents/**/*.parquet', hive_partitioning = true) AS documents
JOIN read_parquet('{0}/clean/versions/**/*.parquet', hive_partitioning = true) AS versions
    USING (source, shard, "offset")
WHERE latest GROUP BY ALL
"""
Page = tuple[str, datetime]


def captures(shard: int, by: random.Random) -> list[Capture]:
    """Two new pages, a new version of an older one, and an answer that another has not changed."""
    at = BEGAN + timedelta(hours=7 * shard)
    found = [response(f"https://news.example/{2 * shard + n}", page(2 * shard + n), at) for n in range(2)]
    if shard:
        older, same = by.sample(range(2 * shard), 2)
        body = page(older, f"<p>Уточнено {shard} разів: міст відкриють у суботу зранку, а не ввечері.</p>" * 3)
        found.append(response(f"https://news.example/{older}", body, at + timedelta(hours=1)))
        found.append(response(f"https://news.example/{same}", b"", at + timedelta(hours=2), 304))
    return found


def make(data: Path) -> None:
    """The store, cleaned."""
    by = random.Random(5)
    for number in range(SHARDS):
        archive, _, _ = keep(data, captures(number, by))
        cleaned(data, archive.shards()[-1])
    reprocess_archived(data)  # by the memory of all of them


def work(data: Path, kind: str) -> None:
    """One of the two commands."""
    if kind == "prune":
        prune_source(data, SOURCE, datetime.now(UTC))
    else:
        compact_source(data, SOURCE, target=TARGET)


def pages(data: Path) -> set[Page]:
    """Every page of the tables."""
    return {(row["url"], row["fetched_at"]) for row, _ in rows_of(data)}


def read(data: Path, index: Index, every: set[Page], needed: set[Page]) -> None:
    """Read all in five ways; raises AssertionError where a page that must be there is missing, or is there twice."""
    raw = Counter((each.url, each.at) for shard in Archive(data, SOURCE).shards() for each in read_shard(shard))
    rows = Counter((row["url"], row["fetched_at"]) for row, _ in rows_of(data))
    index.refresh()
    seen = index.rows("SELECT url, captured FROM pages")
    looked = Counter((row["url"], row["captured"].replace(tzinfo=UTC)) for row in seen)
    assert not index.damaged, index.damaged
    for name, found in (("raw/", raw), ("tables", rows), ("look", looked)):
        double = [each for each, times in found.items() if times > 1]
        problems = {"missing": needed - found.keys(), "strange": found.keys() - every, "double": double}
        assert not any(problems.values()), f"{name}: {problems}"
    question = Question(reserved=True)
    exported = Counter(record["url"] for record in Records(question, select(data, question)))
    joined = Counter(dict(duckdb.sql(JOIN.format(data)).fetchall()))
    for name, urls in (("export", exported), ("join", joined)):
        assert urls == dict.fromkeys({url for url, _ in every}, 1), f"{name}: {urls}"


def forked(act: Callable[[], object]) -> int:
    """Do it in a process of its own; gives its number. What it raises is printed, and is exit code 1."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        act()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def read_on(data: Path, every: set[Page], needed: set[Page], signs: Path) -> None:
    """Read until the file `stop` is there; leaves a byte for each time in the file `times`."""
    index = Index(data)
    while True:
        last = (signs / "stop").exists()
        read(data, index, every, needed)
        with (signs / "times").open("ab") as file:
            file.write(b".")
        if last:
            return


def ended(process: int) -> int:
    """Wait for a process; gives its exit code, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


class Kills:
    """Copies of a store, killed one after the other."""

    def __init__(self, root: Path, seed: int) -> None:
        """Make the store, and do each work once undisturbed."""
        self.root, self.chance = root, random.Random(seed)
        make(root / "store")
        self.every = pages(root / "store")
        self.done: Counter[str] = Counter()
        self.undisturbed: dict[str, Any] = {}
        self.needed: dict[str, set[Page]] = {}
        self.seconds: dict[str, float] = {}
        for kind in ("prune", "compact"):
            data = self.copy(kind)
            began = time.monotonic()
            assert ended(forked(lambda data=data, kind=kind: work(data, kind))) == 0  # type: ignore[misc]
            self.seconds[kind] = time.monotonic() - began
            self.needed[kind] = pages(data)
            self.finish(data)
            self.undisturbed[kind] = rows_of(data)
            shards = len(Archive(data, SOURCE).shards())
            print(f"{kind}: {len(self.every)} pages in {SHARDS} shards to {len(self.needed[kind])} in {shards}")

    def copy(self, name: str) -> Path:
        """A copy of the store."""
        data = self.root / name
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.root / "store", data)
        return data

    @staticmethod
    def finish(data: Path) -> None:
        """What the next run does an hour later."""
        archive = Archive(data, SOURCE)
        with archive.lock():
            finish_rewrites(data, SOURCE, datetime.now(UTC) + GRACE)
            archive.recover()

    def kill(self, number: int) -> list[str]:
        """One kill, with a reader; gives what was wrong."""
        kind = ("prune", "compact")[number % 2]
        data, signs = self.copy("killed"), self.root / "signs"
        shutil.rmtree(signs, ignore_errors=True)
        signs.mkdir()
        reader = forked(lambda: read_on(data, self.every, self.needed[kind], signs))
        worker = forked(lambda: work(data, kind))
        time.sleep(self.chance.uniform(0, 1.3 * self.seconds[kind]))
        os.kill(worker, signal.SIGKILL)
        self.done[f"{kind}, {'killed' if ended(worker) == -signal.SIGKILL else 'ended before'}"] += 1
        (signs / "stop").touch()
        wrong = [] if ended(reader) == 0 else ["the reader failed"]
        self.done["readings"] += (signs / "times").stat().st_size if (signs / "times").exists() else 0
        found = pages(data)
        if not self.needed[kind] <= found <= self.every:
            wrong.append("pages are missing, or strange")
        self.finish(data)
        if pages(data) != found:
            wrong.append("the next run changed what is read")
        work(data, kind)
        self.finish(data)
        if damages := check_source(SOURCE, data).damages:
            wrong.append(f"sito check: {damages[0]}")
        if rows_of(data) != self.undisturbed[kind]:
            wrong.append("other rows than undisturbed")
        if left := [*data.rglob("*.part")]:
            wrong.append(f"left: {left[0].name}")
        if number % 10 < 2:
            wrong += self._replayed(data, kind)
        return wrong

    def _replayed(self, data: Path, kind: str) -> list[str]:
        """Whether what is cleaned again from raw and from the ledger is the same, and where nothing went, as now."""
        wrong = []
        origins: tuple[Origin, ...] = ("raw", "ledger")
        found = [rows_of(data)]
        for origin in origins:
            reprocess_archived(data, Scope(origin=origin))
            found.append(rows_of(data))
        if found[-1] != found[-2]:
            wrong.append("cleaned from raw and from the ledger it differs")
        if kind == "compact" and found[0] != found[1]:  # with versions that go, site memory is another
            wrong.append("cleaned again it has other rows")
        self.done["replayed"] += 1
        return wrong


def scale(root: Path, shards: int) -> None:
    """Compact a store of so many shards of ten pages, and print what it takes."""
    by = random.Random(1)
    words = ["".join(by.choices("абвгдежзиклмнопрст", k=6)) for _ in range(3000)]
    archive = Archive(root, SOURCE)
    with archive.lock():
        captured = archive.captured()
        for number in range(shards):
            with archive.writer(captured) as writer:
                for n in range(10):
                    body = "\n".join(" ".join(by.choices(words, k=30)) for _ in range(20)).encode()
                    at = BEGAN + timedelta(minutes=30 * number + n)
                    writer.add(response(f"https://news.example/{number}/{n}", body, at))
    for shard in archive.shards():
        write_tables(root, shard)
    write_versions(root, SOURCE)
    size = sum(shard.stat().st_size for shard in archive.shards()) / 2**20
    files = sum(1 for path in root.rglob("*") if path.is_file())
    print(f"{shards:,} shards, {10 * shards:,} pages, {size:,.1f} MiB in raw/, {files:,} files")
    whole = _timed("what is held", archive.captured)
    _timed("dry run", lambda: compactable(root, SOURCE))
    spent = _timed("compaction", lambda: compact_source(root, SOURCE))
    print(f"  {1000 * spent / (10 * shards):.2f} ms a page")
    Kills.finish(root)
    files = sum(1 for path in root.rglob("*") if path.is_file())
    print(f"{len(archive.shards()):,} shards, {files:,} files")
    print(f"  {whole / _timed('what is held', archive.captured):.1f} times quicker")


def _timed(what: str, act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    spent = time.process_time() - began
    print(f"  {what}: {spent:.2f} s CPU")
    return spent


def main() -> int:
    """Kill, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=int, metavar="SHARDS")
    given = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="sito-rewrites-") as name:
        if given.scale:
            scale(Path(name), given.scale)
            return 0
        kills = Kills(Path(name), given.seed)
        for number in range(given.kills):
            if wrong := kills.kill(number):
                bad += 1
                print(f"kill {number}: {'; '.join(wrong)}", flush=True)
            if number % 10 == 9:
                print(f"{number + 1} kills: {dict(kills.done)}; {bad} went wrong", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    flows.look.index.FRESH_SECONDS = 0  # type: ignore[misc]
    sys.exit(main())
