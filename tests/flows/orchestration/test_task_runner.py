from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from flows.archive.source_archive import Archive
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import CleaningJob
from support.captures import file
from support.paths import ROOT

PAGES = 40
PATIENCE = 300


def shards(data: Path) -> list[CleaningJob]:
    """Two shards of the demo's pages, again and again, and what cleans them."""
    archive = Archive(data, "news")
    page = next(path for path in sorted((ROOT / "raw" / "demo").rglob("*.html"))).read_bytes()
    with archive.lock():
        captured = archive.captured()
        for half in range(2):
            with archive.writer(captured) as writer:
                for number in range(PAGES):
                    body = page.replace(b"</title>", f" {half} {number}</title>".encode())
                    writer.add(file(f"file:///{half}/{number}.html", body))
    return [CleaningJob(shard, data, "news", None) for shard in archive.shards()]


def tables(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted((data / "clean").rglob("*.parquet"))}


@pytest.mark.slow
def test_a_worker_of_dask_that_is_killed_costs_its_shard_again_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    monkeypatch.setenv("SITO_WORKERS", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    data, begun = tmp_path / "data", tmp_path / "begun"
    begun.mkdir()
    jobs = shards(data)

    def clean(job: CleaningJob) -> Any:  # inside, so that it travels to the workers as it is
        from flows.pipeline.cleaning_pool import cleaning_pool

        name = f"{job.shard.name} {os.getpid()}"
        (begun / name).touch()
        return cleaning_pool().clean(job)

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        waiting = client.map(clean, jobs, pure=False)
        until = time.monotonic() + PATIENCE
        while len(list(begun.iterdir())) < 2 or not list((data / "clean").rglob("*.part")):
            assert time.monotonic() < until
            time.sleep(0.05)
        killed = next(begun.iterdir()).name
        os.kill(int(killed.split()[1]), signal.SIGKILL)
        results = client.gather(waiting)
    assert [len(result.outcomes) for result in results] == [PAGES, PAGES]
    again = sorted(path.name.split()[0] for path in begun.iterdir())
    assert again == sorted([*(job.shard.name for job in jobs), killed.split()[0]])
    made = tables(data)
    for job in jobs:
        clean_shard(job)
    assert made == tables(data)
