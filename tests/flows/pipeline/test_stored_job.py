"""Cleaning jobs for machines that have nothing but the package and the store."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.check_source import check_source
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.stored_job import StoredJob, StoredResult
from flows.store.held import bring_up_to_date, held
from flows.tables.shard_tables import ShardTables
from support.in_process import HereSteps, ingest_folder, reprocess_archived
from support.newspaper import SOURCE, content, job, page
from support.object_store import Fault
from support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.shard_result import ShardResult
    from support.object_store import ObjectStore

pytestmark = [pytest.mark.xdist_group("object_store"), pytest.mark.slow]

WORKER = """
import pickle, sys
from flows.pipeline.clean_shard import clean_shard
stored = pickle.load(sys.stdin.buffer)
assert not stored.job.data.exists(), "the folder of the run is not here"
pickle.dump(stored.run(clean_shard), sys.stdout.buffer)
"""


class Away(HereSteps):
    """Have other machines clean; what travels is pickled."""

    def __init__(self) -> None:
        super().__init__()
        self.away = 0

    def clean(self, job: CleaningJob) -> Future[ShardResult]:
        stored = StoredJob.of(job)
        if stored is None:
            return super().clean(job)
        self.away += 1
        future: Future[ShardResult] = Future()
        try:
            done: StoredResult = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(stored)).run(clean_shard)))
            future.set_result(done.take(job.data))
        except SitoError as error:
            future.set_exception(error)
        return future


def pages(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.html").write_bytes(page(number))
    return folder


def test_the_tables_are_those_that_would_have_been_made_here(object_store: ObjectStore, tmp_path: Path) -> None:
    folder = pages(tmp_path / "pages", 5)
    one, steps = object_store.machine("one"), Away()
    ingest_folder(folder, one, steps)
    assert steps.away == 3
    assert check_source(SOURCE, one).damages == []
    away = content(one / "clean")
    here = reprocess_archived(one)
    assert {each.status for each in here.outcomes} == {"unchanged"}
    assert content(one / "clean") == away
    reader = object_store.machine("reader")
    bring_up_to_date(reader, SOURCE, lambda name: True)
    assert content(reader / "clean") == away
    handed = [path for method, path in object_store.requests if method == "PUT" and "/.work/" in path]
    assert len(handed) == 3 * steps.away


def test_a_process_that_has_no_folder_of_it(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    ingest_folder(pages(tmp_path / "pages", 2), one)
    shard = Archive(one, SOURCE).shards()[0]
    before = content(one / "clean")
    with held(one, SOURCE):
        stored = StoredJob.of(job(one, shard))
        assert stored is not None
        moved = tmp_path / "moved"
        one.rename(moved)
        environment = {**os.environ, "SITO_CACHE": str(tmp_path / "nowhere"), "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-c", WORKER]
        ran = subprocess.run(words, input=pickle.dumps(stored), capture_output=True, cwd=tmp_path, env=environment)
        moved.rename(one)
        assert ran.returncode == 0, ran.stderr.decode()
        assert len(ran.stdout) < 20_000, "counts come back, and no pages"
        done: StoredResult = pickle.loads(ran.stdout)
        assert done.take(one).tally.pages == {"uk": 2}
    assert content(one / "clean") == before
    assert not (tmp_path / "nowhere").exists()


def test_a_job_is_published_once_and_again_only_where_it_changed(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    ingest_folder(pages(tmp_path / "pages", 2), one)
    shard = Archive(one, SOURCE).shards()[0]
    documents = ShardTables.of(one, SOURCE, shard.name).documents
    with held(one, SOURCE):
        first = StoredJob.of(job(one, shard))
        object_store.counted()
        assert StoredJob.of(job(one, shard)) == first
        assert object_store.counted() == {}
        shutil.copy(documents, tmp_path / "copy")
        (tmp_path / "copy").rename(documents)  # as a run that writes it anew
        again = StoredJob.of(job(one, shard))
        assert object_store.counted()["PUT"] == 2, "the table, and the listing"
        assert first is not None
        assert again is not None
        name = str(documents.relative_to(one))
        assert {each for each in first.files if first.files[each] != again.files[each]} == {name}


def test_the_same_over_dask(object_store: ObjectStore, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    one = object_store.machine("one")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    with cluster, distributed.Client(cluster) as client:

        class OverDask(Away):
            def clean(self, job: CleaningJob) -> Future[ShardResult]:
                self.away += 1
                future: Future[ShardResult] = Future()
                stored = StoredJob.of(job)
                assert stored is not None
                future.set_result(client.submit(StoredJob.run, stored, clean_shard).result().take(job.data))
                return future

        ingest_folder(pages(tmp_path / "pages", 6), one, steps := OverDask())
    assert steps.away == 3
    assert check_source(SOURCE, one).damages == []
    assert {each.status for each in reprocess_archived(one).outcomes} == {"unchanged"}


def test_a_dry_run_hands_nothing_over(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    ingest_folder(pages(tmp_path / "pages", 2), one)
    object_store.requests.clear()
    with held(one, SOURCE):
        stored = StoredJob.of(job(one, Archive(one, SOURCE).shards()[0], write=False))
        assert stored is not None
        assert stored.run(clean_shard).made == {}
    assert not [path for _, path in object_store.requests if "/.work/" in path]


def test_what_comes_too_late_is_removed(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    ingest_folder(folder := pages(tmp_path / "pages", 2), one)
    shard = Archive(one, SOURCE).shards()[0]
    with held(one, SOURCE):
        stored = StoredJob.of(job(one, shard))
    assert stored is not None
    late = StoredJob(stored.at, stored.job, {name: of for name, of in stored.files.items() if "clean/" not in name})
    assert len(late.run(clean_shard).made) == 3
    ingest_folder(folder, one)
    assert check_source(SOURCE, one).damages == []


def test_what_has_to_be_done_here(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    shard = one / "raw" / SOURCE / "x.warc.gz"
    assert StoredJob.of(job(one, shard, rejudge=True)) is None
    assert StoredJob.of(job(tmp_path, tmp_path / "raw" / SOURCE / "x.warc.gz")) is None
    with pytest.raises(SitoError, match="only while the run holds news"):
        StoredJob.of(job(one, shard))


def test_a_store_that_fails_on_the_way(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    object_store.faults.append(Fault(method="PUT", path="/.work/", status=403, times=10**6))
    with pytest.raises(SitoError, match="the store refuses"):
        ingest_folder(folder := pages(tmp_path / "pages", 2), one, Away())
    object_store.faults.clear()
    ingest_folder(folder, one)
    assert check_source(SOURCE, one).damages == []
