"""Cleaning processes: a page that kills or holds its process costs only itself."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest

import flows.pipeline.cleaning_pool
from flows.common.errors import SitoError
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_pool import CleaningPool, cleaning_pool
from flows.tables.shard_tables import ShardTables, remove_partial
from support.child_code import child_code
from support.newspaper import SOURCE, cleaned, documents, job, page, shard_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.common.fork_server import ForkServer
    from flows.pipeline.shard_result import ShardResult

MISCHIEF = """
import os, signal, sys, time
import flows.pipeline.page_cleaner

def mischief(stored, name, language, corrections, read=flows.pipeline.page_cleaner.read_stored):
    if reads := os.environ.get("SITO_TEST_READS"):
        with open(reads, "a") as file:
            print(stored.offset, file=file)
    if b"KILLS" in stored.body:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"EXITS" in stored.body:
        os._exit(7)
    if b"INTERRUPTED" in stored.body:
        signal.raise_signal(signal.SIGINT)
    if b"HOLDS" in stored.body:
        signal.pause()
    if b"GREEDY" in stored.body:
        bytearray(2**33)
    if b"TALKS" in stored.body:
        print("a library prints")
    if b"TELLS" in stored.body:
        raise ValueError(",".join(sorted(m for m in sys.modules if m in ("prefect", "httpx2", "fastapi"))) or "none")
    if b"ORPHANS" in stored.body:
        os.kill(int(os.environ["SITO_TEST_PARENT"]), signal.SIGKILL)
    return read(stored, name, language, corrections)

if sys.argv[0] == "-m":
    flows.pipeline.page_cleaner.read_stored = mischief
"""


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a line for each page that a process has read."""
    return tmp_path_factory.mktemp("pool") / "reads"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, reads: Path) -> Iterator[ForkServer]:
    """Its processes do what a page tells them."""
    with (
        child_code(tmp_path_factory.mktemp("lib"), MISCHIEF, SITO_TEST_READS=str(reads)),
        closing(CleaningPool(1)._server) as server,
    ):
        server.start().end()
        yield server


@pytest.fixture
def pool(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[CleaningPool]:
    pool = CleaningPool(2, page_seconds=60)
    pool._server = server
    monkeypatch.setattr(server, "close", lambda: None)  # it is for the next test, too
    with pool:
        yield pool


def statuses(data: Path, shard: Path) -> list[tuple[str, str | None]]:
    return [(row["status"], row["reason"]) for row in documents(ShardTables.of(data, SOURCE, shard.name))]


class TestPages:
    def test_a_page_that_ends_its_process_is_a_failed_row_and_the_rest_is_cleaned(
        self, pool: CleaningPool, tmp_path: Path
    ) -> None:
        shard = shard_of(tmp_path, page(0), b"KILLS", page(2), b"EXITS", page(4), b"GREEDY", b"TELLS", b"TALKS")
        result = pool.clean(job(tmp_path, shard))
        assert [status for status, _ in statuses(tmp_path, shard)] == [
            *("kept", "failed", "kept", "failed", "kept", "failed", "failed"),
            "empty" if result.outcomes[7].status == "empty" else "kept",
        ]
        reasons = [reason for _, reason in statuses(tmp_path, shard) if reason]
        assert reasons[0] == "ended its process (SIGKILL, most often for want of memory)"
        assert reasons[1] == "ended its process (exit code 7)"
        assert reasons[2] == "MemoryError"
        assert reasons[3] == "ValueError: none", "a cleaning process has no need of Prefect or of the web"

    def test_a_page_that_holds_its_process_is_given_up(self, pool: CleaningPool, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"HOLDS", page(2))
        pool._page_seconds = 5
        pool.clean(job(tmp_path, shard))
        held = "held its process for over 5 s"
        assert statuses(tmp_path, shard) == [("kept", None), ("failed", held), ("kept", None)]

    def test_a_death_in_one_process_leaves_the_others_alone(self, pool: CleaningPool, tmp_path: Path) -> None:
        shards = [shard_of(tmp_path, page(n), b"KILLS" if n == 1 else b"", start=10 * n) for n in range(3)]
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda shard: pool.clean(job(tmp_path, shard)), shards))
        failed = [sum(status == "failed" for status, _ in statuses(tmp_path, shard)) for shard in shards]
        assert failed == [0, 1, 0]


class TestGoingOn:
    """What was finished before a page that ends its process is not cleaned again."""

    @pytest.mark.parametrize("write", [True, False])
    def test_each_page_is_read_once_and_the_tables_are_those_of_one_process(
        self, pool: CleaningPool, tmp_path: Path, reads: Path, write: bool
    ) -> None:
        shard = shard_of(tmp_path, page(0), page(1), b"KILLS", page(3), b"EXITS", b"KILLS", page(6))
        reads.write_bytes(b"")
        result = pool.clean(job(tmp_path, shard, write=write))
        places = list(map(int, reads.read_text().splitlines()))
        assert places == sorted(set(places)), "a page was read twice"
        poison = {place: o.reason for place, o in zip(places, result.outcomes, strict=True) if o.status == "failed"}
        assert list(poison) == [places[2], places[4], places[5]]
        other = tmp_path / "other"
        undisturbed = clean_shard(job(other, shard, write=write, poison_pages=poison))
        assert plain(result) == plain(undisturbed)
        assert content(tmp_path) == content(other)
        assert bool(content(other)) == write
        assert not list(tmp_path.rglob("*.warc.gz.*.part"))

    def test_what_an_earlier_run_left_is_never_read(self, pool: CleaningPool, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"KILLS", page(2))
        folder = ShardTables.of(tmp_path, SOURCE, shard.name).documents.parent
        folder.mkdir(parents=True)
        stale = folder / f".{shard.name}.abc.part"
        stale.write_bytes(pickle.dumps(("raw", 0, "stale", "stale")))
        pool.clean(job(tmp_path, shard))
        assert [status for status, _ in statuses(tmp_path, shard)] == ["kept", "failed", "kept"]
        assert stale.name in remove_partial(tmp_path, SOURCE)

    def test_a_page_that_was_cut_off_is_cleaned_again(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), page(1), page(2))
        whole = content_of(cleaned(tmp_path, shard))
        path = tmp_path / "finished"
        path.touch()
        cleaned(tmp_path, shard, finished=path)
        full = path.read_bytes()
        for cut in range(0, len(full), max(1, len(full) // 12)):
            path.write_bytes(full[:cut])
            assert content_of(cleaned(tmp_path, shard, finished=path)) == whole

    def test_pages_from_the_ledger_are_gone_on_with_beside_failed_ones(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"", page(2), page(3))
        tables = cleaned(tmp_path, shard)
        offsets = [row["offset"] for row in documents(tables)]
        cleaned(tmp_path, shard, poison_pages={offsets[1]: "held"})
        path = tmp_path / "finished"
        path.touch()
        cleaned(tmp_path, shard, origin="ledger", finished=path)
        before, size = content_of(tables), path.stat().st_size
        cleaned(tmp_path, shard, origin="ledger", finished=path)
        assert (content_of(tables), path.stat().st_size) == (before, size)


def content(data: Path) -> dict[str, bytes]:
    """Every file of the tables, but what the next run removes after a kill."""
    return {str(p.relative_to(data)): p.read_bytes() for p in (data / "clean").rglob("*.p*") if p.suffix != ".part"}


def plain(result: ShardResult) -> ShardResult:
    """Without the times."""
    return replace(result, outcomes=[replace(outcome, milliseconds=0) for outcome in result.outcomes])


def content_of(tables: ShardTables) -> tuple[bytes, bytes]:
    return tables.documents.read_bytes(), tables.ledger.read_bytes()


class TestErrors:
    def test_what_cleaning_raises_comes_back_and_the_process_goes_on(self, pool: CleaningPool, tmp_path: Path) -> None:
        with pytest.raises(SitoError, match="cannot be read"):
            pool.clean(job(tmp_path, tmp_path / "gone.warc.gz"))
        shard = shard_of(tmp_path, page(0))
        assert [o.status for o in pool.clean(job(tmp_path, shard)).outcomes] == ["new"]

    def test_a_process_that_cannot_start_is_an_error_and_not_a_wait_without_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", "/bin/false")
        with CleaningPool(2) as pool:
            for _ in range(3):  # more often than there are processes
                with pytest.raises(SitoError, match="exit code 1"):
                    pool.clean(job(tmp_path, shard_of(tmp_path, page(0))))

    def test_ctrl_c_stops_all_and_blames_no_page(self, pool: CleaningPool, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"INTERRUPTED")
        with pytest.raises(SitoError, match="stopped"):
            pool.clean(job(tmp_path, shard))
        assert not ShardTables.of(tmp_path, SOURCE, shard.name).documents.exists()
        with pytest.raises(SitoError, match="stopped"):
            pool.clean(job(tmp_path, shard))

    def test_a_process_ends_with_its_parent(self, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        shard = shard_of(tmp_path, page(0), b"ORPHANS", page(2), page(3))
        script = (
            "import os, sys; from pathlib import Path; from flows.pipeline.cleaning_pool import CleaningPool as P\n"
        )
        script += "from flows.pipeline.cleaning_job import CleaningJob as J\n"
        script += "os.environ['SITO_TEST_PARENT'] = str(os.getpid())\n"
        script += "P(1).clean(J(Path(sys.argv[1]), Path(sys.argv[2]), 'news', None))"
        with child_code(tmp_path_factory.mktemp("lib"), MISCHIEF):
            parent = subprocess.run(  # its output ends when the last process that holds it has ended
                [sys.executable, "-c", script, shard, tmp_path], capture_output=True, check=False, timeout=60
            )
        assert parent.returncode == -signal.SIGKILL
        assert not ShardTables.of(tmp_path, SOURCE, shard.name).documents.exists()


def test_threads_that_ask_at_once_get_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[CleaningPool] = []
    others = Event()

    class Hesitant(CleaningPool):
        def __init__(self, workers: int, page_seconds: float) -> None:
            super().__init__(workers, page_seconds)
            made.append(self)
            others.wait(0.02)  # the other threads come meanwhile

    monkeypatch.setattr(flows.pipeline.cleaning_pool, "CleaningPool", Hesitant)
    flows.pipeline.cleaning_pool._pool.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(lambda _: cleaning_pool(), range(4)))
    flows.pipeline.cleaning_pool._pool.cache_clear()
    assert got == made * 4
