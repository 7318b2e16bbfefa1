"""What many documents cost: made from the gold by other words for four in ten, a day after the other.

One document in ten is a light edit of the one before it. Each day is a run of its own: it opens the index, takes in
the day, links it and writes the days that change, as `sito stories` does every day but for reading the documents.

Prints CPU seconds (other work on the machine does not count) by day and stage, and at the end documents a second, bytes
of index a document and the largest memory.
"""

from __future__ import annotations

import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.story_gold import base_texts
from flows.stories.day import Entry
from flows.stories.find_stories import Found, link_days
from flows.stories.index import DayFiles, Index
from flows.stories.spread import IN_PROCESS, Spread
from flows.stories.stories_table import write_days
from flows.stories.words import to_words

FIRST = date(2026, 1, 1).toordinal()
SOURCES = 20


@cache
def _bases() -> tuple[np.ndarray, list[np.ndarray]]:
    """All words of the base texts, and each text as numbers of them."""
    bases = [" ".join(parts).split() for _, parts in base_texts(600)]
    vocabulary = sorted({word for base in bases for word in base})
    number = {word: n for n, word in enumerate(vocabulary)}
    return np.array(vocabulary, object), [np.array([number[word] for word in base]) for base in bases]


def texts(count: int, seed: int) -> list[str]:
    """The base texts, endlessly, with other words."""
    vocabulary, bases = _bases()
    draw, pick = np.random.default_rng(seed), random.Random(seed)
    made: list[str] = []
    before = bases[0]
    for n in range(count):
        share, base = (0.05, before) if n % 10 == 9 else (0.4, bases[pick.randrange(len(bases))])
        other = draw.integers(0, len(vocabulary), len(base))
        before = np.where(draw.random(len(base)) < share, other, base)
        made.append(" ".join(vocabulary[before].tolist()))
    return made


class Clock:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the block takes to a stage."""
        began = time.process_time()
        yield
        self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - began


def run_day(data: Path, number: int, made: list[str], clock: Clock, spread: Spread = IN_PROCESS) -> Found:
    """What a run of one day does."""
    found = Found()
    with clock.stage("words"):
        entries = [
            Entry(f"s{n % SOURCES}", f"https://s.example/{number}/{n}", f"{number}", n, ("1",), "", to_words(text))
            for n, text in enumerate(made)
        ]
    with clock.stage("index"):
        index = Index(data)
        index.begin()
        index.put_entries(FIRST + number, entries)
        index.save_shards()
    with clock.stage("links"):
        changed = link_days(index, found, spread=spread)
    with clock.stage("tables"):
        write_days(index, data, changed, lambda *_: None)
        index.end()
    return found


def own_mebibytes() -> int:
    """Memory of this process now without the mapped files, where the system tells."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))


def measure_scale(documents: int = 1_000_000, days: int = 100) -> None:
    each = documents // days
    words = 0
    whole = Clock()
    with tempfile.TemporaryDirectory(dir=os.environ.get("SITO_BENCHMARK_FOLDER")) as folder:
        print(
            f"{'day':>4} {'before':>9} {'words':>7} {'index':>7} {'links':>7} {'tables':>7} {'CPU s':>7} {'own MiB':>8}"
        )
        for number in range(days):
            made = texts(each, number)
            words += sum(map(len, map(str.split, made)))
            clock = Clock()
            run_day(Path(folder), number, made, clock)
            for name, spent in clock.spent.items():
                whole.spent[name] = whole.spent.get(name, 0.0) + spent
            cells = " ".join(f"{spent:7.2f}" for spent in clock.spent.values())
            print(
                f"{number:4} {number * each:9,} {cells} {sum(clock.spent.values()):7.2f} {own_mebibytes():8,}",
                flush=True,
            )
        index = Path(folder) / "clean" / "stories" / "_index"
        size = sum(path.stat().st_size for path in index.iterdir())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print({name: round(spent, 1) for name, spent in whole.spent.items()})
        print(
            f"{documents:,} documents of {words / documents:.0f} words: "
            f"{documents / sum(whole.spent.values()):,.0f} a CPU second, {size / documents:,.0f} bytes of index a "
            f"document, {memory:,} MiB at most"
        )


def measure_dask(documents: int = 20_000, days: int = 4, bands: int = 4) -> None:
    """The same days linked here, and by bands over two processes of Dask on this machine: the same links."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
        tempfile.TemporaryDirectory() as here,
        tempfile.TemporaryDirectory() as there,
    ):
        over_dask = Spread(lambda function, jobs: client.gather(client.map(function, jobs, pure=False)), bands)
        for number in range(days):
            made = texts(documents // days, number)
            said = []
            for folder, spread in ((here, IN_PROCESS), (there, over_dask)):
                clock, began = Clock(), time.perf_counter()
                run_day(Path(folder), number, made, clock, spread)
                said.append(f"{time.perf_counter() - began:.1f} s ({clock.spent['links']:.1f} CPU s of links here)")
            print(f"day {number}: in process {said[0]}, by {bands} bands over Dask {said[1]}", flush=True)
        digests = [[DayFiles(Path(f)).known_links(FIRST + n).digest() for n in range(days)] for f in (here, there)]
        print("the same links" if digests[0] == digests[1] else "OTHER LINKS")
