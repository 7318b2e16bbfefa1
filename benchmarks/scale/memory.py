"""Memory of a cleaning process over all pages of the gold, and of a whole run where a million pages are held.

The first part sends the pages, in shards as an ingest makes them, through one cleaning process. The second makes a
history (benchmarks/histories.py; a million pages take a quarter of an hour), and runs `sito ingest` on it with one
cleaning process: with nothing new, with one new page, and as if no manifest were there.

`one` is the most that one process held at any time (VmHWM). That of several cannot be added up: they are forked from
each other and share most of it. For `together` each page of memory is divided among those who hold it (PSS), and the
sum taken every 20 ms. `own` is what a process holds that no other does: what one more of them costs. Linux only.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.histories import SOURCE
from benchmarks.pages import write_shards
from benchmarks.scale.gold import gold_pages
from benchmarks.scale.growth import Held
from benchmarks.scale.usage import Memory, below
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.ingest_source import BATCH

WANTED = {"a cleaning process": 250, "a whole run": 400}
"""MiB at most."""


def measure_cleaning(every: int) -> None:
    """Print what one cleaning process, and the server that it is forked from, hold."""
    payloads = [payload for _, payload in gold_pages(every)]
    size = sum(map(len, payloads)) / 2**20
    print(f"{len(payloads):,} pages, {size:,.0f} MiB, the biggest {max(map(len, payloads)) / 2**20:.1f} MiB")
    with TemporaryDirectory(prefix="sito-scale-") as folder:
        shards = write_shards(Path(folder), [payloads[at : at + BATCH] for at in range(0, len(payloads), BATCH)])
        del payloads
        with CleaningPool(1) as pool:
            memory = Memory()
            for number, shard in enumerate(shards):
                with memory.watch(lambda: below(os.getpid())[1:]):
                    pool.clean(CleaningJob(shard, Path(folder), "bench", None))
                if number == 0 or shard == shards[-1]:
                    _print(f"after {number + 1} shards", memory)
    print(f"wanted: a cleaning process at most {WANTED['a cleaning process']}")


def measure_runs(folder: Path | None, shards: int, pages: int) -> None:
    """Print what `sito ingest` holds with all its processes, where this many pages are held."""
    with TemporaryDirectory(prefix="sito-scale-") as own:
        held = Held(folder or Path(own), shards, pages)
        print(f"{shards * pages:,} pages held in {shards:,} shards; MiB")
        _print("nothing new", held.run("ingest", SOURCE, watch=True).memory)
        _print("one new page", held.run("ingest", SOURCE, new=1, watch=True).memory)
        for file in (held.data / "raw" / SOURCE).glob(".manifest.sqlite*"):
            file.unlink()
        _print("without a manifest", held.run("ingest", SOURCE, watch=True).memory)
        _print("sito sources", held.run("sources", watch=True).memory)
    print(f"wanted: a whole run at most {WANTED['a whole run']} together")


def _print(name: str, memory: Memory) -> None:
    figures = f"one {memory.one:5.0f}   own {memory.own:5.0f}   together {memory.together:5.0f}"
    print(f"  {name:22}{figures}   processes {memory.processes}", flush=True)
