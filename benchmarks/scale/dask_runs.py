"""Shards cleaned by Dask in the tasks of a Prefect flow: 1, 2 and 4 worker processes with the same work for each.

A Prefect server and a Dask cluster of this machine, both seen from here alone, are started for it; each worker has one
thread and one cleaning process. Printed for each number of workers, the median of the rounds:

- `overhead`: CPU of all processes (flow, server, scheduler, workers) for a task that does nothing, the same for each
  shard;
- `cores`: the CPU that plain processes get, as many as the workers, which only count; the yardstick, as other work on
  the machine and a lack of cores slow it as they slow the workers;
- `useful`: the CPU that cleaning these shards takes in one process without Dask, for each second that they took here;
- `efficiency`: useful / cores.

In the end a worker is killed in the midst of its shard. Needs prefect-dask.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.pages import write_shards
from benchmarks.scale.gold import gold_pages
from benchmarks.scale.usage import below, cpu_of, environment
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_pool import CleaningPool

WANTED = 0.9
NULLS = 40


def spin(seconds: float) -> float:
    """Count until this process has used so much CPU."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return seconds


@contextmanager
def prefect_server(root: Path) -> Iterator[str]:
    """Serve Prefect's API on a free port of this machine; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api"
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--no-ui",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    log = (root / "server.log").open("wb")
    with log, subprocess.Popen(command, env=environment(root) | _quiet(), stdout=log, stderr=log) as server:
        try:
            until = time.monotonic() + 300
            while True:
                try:
                    urlopen(f"{address}/health", timeout=5).close()
                    break
                except (URLError, OSError):
                    if server.poll() is not None or time.monotonic() > until:
                        raise RuntimeError((root / "server.log").read_text()[-2_000:]) from None
                    time.sleep(0.5)
            yield address
        finally:
            server.send_signal(signal.SIGINT)


def _quiet() -> dict[str, str]:
    from flows.orchestration.prefect_settings import SETTINGS

    return SETTINGS | {"PREFECT_LOGGING_LEVEL": "WARNING"}


def measure(every: int, workers: list[int], shards: int, rounds: int) -> None:
    """Print the table; `shards` for each worker and round, of pages of the gold, one of `every`."""
    if lacks := [name for name in ("prefect_dask", "distributed") if find_spec(name) is None]:
        print(f"Dask is left out, as {' and '.join(lacks)} is not installed: pip install prefect-dask")
        return
    payloads = [payload for _, payload in gold_pages(every)]
    with TemporaryDirectory(prefix="sito-dask-") as folder:
        root, number = Path(folder), max(workers) * shards
        size = -(-len(payloads) // number)
        made = write_shards(root, [payloads[n::number] for n in range(number) if payloads[n::number]])
        jobs = [CleaningJob(shard, root, "bench", None) for shard in made]
        with CleaningPool(1) as pool:
            pool.clean(jobs[0])
            costs = [_cpu(lambda job=job: pool.clean(job)) for job in jobs]  # type: ignore[misc]
        print(
            f"{len(payloads)} pages in {len(jobs)} shards of up to {size}; {sum(costs) / len(costs):.1f} CPU s a shard"
        )
        with prefect_server(root) as address:
            os.environ.update(environment(root, workers="1") | _quiet() | {"PREFECT_API_URL": address})
            print(f"{'workers':>8}{'overhead, ms':>14}{'cores':>8}{'useful':>8}{'efficiency':>12}")
            for count in workers:
                _with_workers(count, jobs[: count * shards], costs[: count * shards], rounds)
            _kill(jobs)
            print(f"lines of tasks that the server has in its log: {_logged(address)} of {NULLS * len(workers)}")


def _logged(address: str) -> int:
    """How many lines of `nothing` came from the workers to the server."""
    time.sleep(3)  # they are sent every two seconds
    asked = {"logs": {"level": {"ge_": logging.WARNING}}, "limit": 200}
    request = Request(f"{address}/logs/filter", json.dumps(asked).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return sum(line["message"].startswith("nothing ") for line in json.load(answer))


def _cpu(work: Callable[[], object]) -> float:
    before = cpu_of(below(os.getpid()))
    work()
    return cpu_of(below(os.getpid())) - before


@contextmanager
def _cluster(count: int) -> Iterator[Any]:
    """A runner on so many workers, and the cluster."""
    from distributed import LocalCluster
    from prefect_dask import DaskTaskRunner

    logging.getLogger("distributed").setLevel(logging.ERROR)

    with LocalCluster(
        n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield DaskTaskRunner(address=cluster.scheduler_address), cluster


def _with_workers(count: int, jobs: list[CleaningJob], costs: list[float], rounds: int) -> None:
    from prefect import flow, task
    from prefect.logging import get_run_logger

    from flows.orchestration.tasks import clean_pages

    @task
    def nothing(number: int) -> int:
        get_run_logger().warning("nothing %d", number)
        return number

    with _cluster(count) as (runner, _):

        @flow(task_runner=runner)
        def measured() -> tuple[float, list[tuple[float, float]]]:
            for each in [clean_pages.submit(job) for job in jobs[:count]]:  # their cleaning processes start
                each.result()
            began = cpu_of(below(os.getpid()))
            for waiting in [nothing.submit(n) for n in range(NULLS)]:
                waiting.result()
            overhead = (cpu_of(below(os.getpid())) - began) / NULLS
            found = []
            for _ in range(rounds):
                cores = _yardstick(count, sum(costs) / count)
                start = time.perf_counter()
                for shard in [clean_pages.submit(job) for job in jobs]:
                    shard.result()
                found.append((cores, sum(costs) / (time.perf_counter() - start)))
            return overhead, found

        overhead, found = measured()
    cores, useful = (statistics.median(column) for column in zip(*found, strict=True))
    efficiency = statistics.median(done / there for there, done in found)
    print(f"{count:8}{1000 * overhead:14.0f}{cores:8.2f}{useful:8.2f}{efficiency:12.2f}", flush=True)
    if efficiency < WANTED:
        print(f"{'':8}wanted: {WANTED}")


def _yardstick(count: int, seconds: float) -> float:
    """CPU seconds a second that so many processes get."""
    # Prefect's handler of the signal by which a pool ends its processes is not theirs.
    with get_context("fork").Pool(count, signal.signal, (signal.SIGTERM, signal.SIG_DFL)) as pool:
        start = time.perf_counter()
        pool.map(spin, [seconds] * count, chunksize=1)
        return count * seconds / (time.perf_counter() - start)


def _kill(jobs: list[CleaningJob]) -> None:
    """Kill a worker in its shard: all shards come out, and the work of one is done twice."""
    from prefect import flow

    from flows.orchestration.tasks import clean_pages

    with _cluster(2) as (runner, cluster):
        first = cluster.workers[0].pid  # here: the flow and all that it names travel to the workers

        @flow(task_runner=runner)
        def measured() -> int:
            waiting = [clean_pages.submit(job) for job in jobs]
            time.sleep(2)
            os.kill(first, signal.SIGKILL)
            return sum(len(each.result().outcomes) for each in waiting)

        print(f"a worker was killed in its shard: {measured()} pages came out of {len(jobs)} shards")
