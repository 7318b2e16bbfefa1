"""Cleaning processes: a page that kills or holds its process costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

import flows.pipeline.cleaning_pool
from flows.common.errors import SitoError
from flows.pipeline.cleaning_pool import CleaningPool, cleaning_pool
from flows.tables.shard_tables import ShardTables
from support.newspaper import SOURCE, documents, job, page, shard_of
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISCHIEF = """
import os, signal, sys, time
import flows.pipeline.clean_shard

def mischief(stored, name, language, read=flows.pipeline.clean_shard.read_stored):
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
        os.kill(os.getppid(), signal.SIGKILL)
    return read(stored, name, language)

if sys.argv[0] == "-m":
    flows.pipeline.clean_shard.read_stored = mischief
"""


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CleaningPool]:
    """Its processes do what a page tells them."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "sitecustomize.py").write_text(MISCHIEF)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "lib"), str(ROOT)]))
    with CleaningPool(2, page_seconds=60) as pool:
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
        pool._page_seconds = 4
        pool.clean(job(tmp_path, shard))
        held = "held its process for over 4 s"
        assert statuses(tmp_path, shard) == [("kept", None), ("failed", held), ("kept", None)]

    def test_a_death_in_one_process_leaves_the_others_alone(self, pool: CleaningPool, tmp_path: Path) -> None:
        shards = [shard_of(tmp_path, page(n), b"KILLS" if n == 1 else b"", start=10 * n) for n in range(3)]
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda shard: pool.clean(job(tmp_path, shard)), shards))
        failed = [sum(status == "failed" for status, _ in statuses(tmp_path, shard)) for shard in shards]
        assert failed == [0, 1, 0]


class TestErrors:
    def test_what_cleaning_raises_comes_back_and_the_process_goes_on(self, pool: CleaningPool, tmp_path: Path) -> None:
        with pytest.raises(SitoError, match="cannot be read"):
            pool.clean(job(tmp_path, tmp_path / "gone.warc.gz"))
        shard = shard_of(tmp_path, page(0))
        assert [o.status for o in pool.clean(job(tmp_path, shard)).outcomes] == ["new"]

    def test_a_process_that_cannot_start_is_an_error_and_not_a_wait_without_end(
        self, pool: CleaningPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", "/bin/false")
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

    def test_a_process_ends_with_its_parent(self, pool: CleaningPool, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"ORPHANS", page(2), page(3))
        script = "import sys; from pathlib import Path; from flows.pipeline.cleaning_pool import CleaningPool as P\n"
        script += "from flows.pipeline.cleaning_job import CleaningJob as J\n"
        script += "P(1).clean(J(Path(sys.argv[1]), Path(sys.argv[2]), 'news', None))"
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
