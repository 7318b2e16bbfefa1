"""What many documents cost, a day after the other, and what a day costs after a longer past; data of `story_data`.

Each day is a run of its own: it opens the index, takes in the day, links it and writes the days that change, as `sito
stories` does every day but for reading the documents. CPU seconds are given by stage: other work on the machine counts
less there.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.story_data import Texts
from flows.stories import candidates, grouping
from flows.stories.day import Entry
from flows.stories.find_stories import Found, link_days
from flows.stories.index import DayFiles, Index
from flows.stories.spread import IN_PROCESS, Spread
from flows.stories.stories_table import write_days
from flows.stories.words import to_words

if TYPE_CHECKING:
    from flows.stories.compare import Comparison, Text

PASTS = (7, 14, 28)
FIRST = date(2026, 1, 1).toordinal()
SOURCES = 20


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


def to_entries(number: int, made: list[str], clock: Clock) -> list[Entry]:
    """The texts of a day, read."""
    with clock.stage("words"):
        return [
            Entry(f"s{n % SOURCES}", f"https://s.example/{number}/{n}", f"{number}", n, ("1",), "", to_words(text))
            for n, text in enumerate(made)
        ]


def run_day(data: Path, number: int, entries: list[Entry], clock: Clock, spread: Spread = IN_PROCESS) -> Found:
    """What a run of one day does."""
    found = Found()
    with clock.stage("index"):
        index = Index(data)
        index.begin()
        index.put_entries(FIRST + number, entries)
        index.save_shards()
    with clock.stage("links"):
        changed = link_days(index, found, spread=spread)
    with clock.stage("tables"):
        found.files = write_days(index, data, changed, lambda *_: None)
        index.end()
    return found


def own_mebibytes() -> int:
    """Memory of this process now without the mapped files, where the system tells."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))


def measure_scale(documents: int = 1_000_000, days: int = 100, data: str = "news") -> None:
    """CPU seconds by day, and at the end documents a second, bytes of index a document and the largest memory."""
    texts, each = Texts(dense=data == "dense"), documents // days
    words = 0
    whole = Clock()
    with tempfile.TemporaryDirectory(dir=os.environ.get("SITO_BENCHMARK_FOLDER")) as folder:
        print(
            f"{'day':>4} {'before':>9} {'words':>7} {'index':>7} {'links':>7} {'tables':>7} {'CPU s':>7} {'own MiB':>8}"
        )
        for number in range(days):
            made = texts.day(number, each)
            words += sum(map(len, map(str.split, made)))
            clock = Clock()
            run_day(Path(folder), number, to_entries(number, made, clock), clock)
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


def measure_growth(each: int = 5_000, data: str = "news", rounds: int = 3) -> None:
    """What one day costs after 7, 14 and 28 days of documents: CPU seconds, the least of the rounds, and counts."""
    texts, last = Texts(dense=data == "dense"), max(PASTS)
    with tempfile.TemporaryDirectory(dir=os.environ.get("SITO_BENCHMARK_FOLDER")) as folder:
        pasts = {days: Path(folder) / str(days) for days in PASTS}
        for number in range(last):
            entries = to_entries(number, texts.day(number, each), Clock())
            for days, past in pasts.items():
                if number >= last - days:
                    run_day(past, number, entries, Clock())
        made = texts.day(last, each)
        clocks = {days: [Clock() for _ in range(rounds)] for days in PASTS}
        counts = {}
        for turn in range(rounds):
            for days, past in pasts.items():
                copy = Path(folder) / "copy"
                shutil.copytree(past, copy, copy_function=os.link)  # files are replaced, never written into
                with counting() as counts[days]:
                    entries = to_entries(last, made, clocks[days][turn])
                    counts[days]["files"] = run_day(copy, last, entries, clocks[days][turn]).files
                shutil.rmtree(copy)
    print(f"{each:,} documents a day, {data}")
    stages = ("words", "index", "links", "tables")
    print(f"{'before':>9}", *(f"{name:>8}" for name in (*stages, "day", "compared", "equal", "files")))
    for days in PASTS:
        spent = [min(clock.spent[stage] for clock in clocks[days]) for stage in stages]
        cells = " ".join(f"{each:8.2f}" for each in (*spent, sum(spent)))
        print(f"{days * each:9,} {cells}", *(f"{counts[days][name]:8,}" for name in ("compared", "equal", "files")))


@contextmanager
def counting() -> Iterator[dict[str, int]]:
    """Count comparisons of texts, and pairs of equal fingerprints of two texts."""
    found = {"compared": 0, "equal": 0}
    compare, equal = grouping.compare, candidates._Window._equal

    def counted_compare(a: Text, b: Text) -> Comparison:
        found["compared"] += 1
        return compare(a, b)

    def counted_equal(window: candidates._Window, band: int, bands: int) -> tuple[Any, ...]:
        owners, first, last = equal(window, band, bands)
        found["equal"] += int((last - first).sum())
        return owners, first, last

    with patch.object(grouping, "compare", counted_compare), patch.object(candidates._Window, "_equal", counted_equal):
        yield found


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
        texts = Texts(dense=False)
        for number in range(days):
            made = texts.day(number, documents // days)
            said = []
            for folder, spread in ((here, IN_PROCESS), (there, over_dask)):
                clock, began = Clock(), time.perf_counter()
                run_day(Path(folder), number, to_entries(number, made, clock), clock, spread)
                said.append(f"{time.perf_counter() - began:.1f} s ({clock.spent['links']:.1f} CPU s of links here)")
            print(f"day {number}: in process {said[0]}, by {bands} bands over Dask {said[1]}", flush=True)
        digests = [[DayFiles(Path(f)).known_links(FIRST + n).digest() for n in range(days)] for f in (here, there)]
        print("the same links" if digests[0] == digests[1] else "OTHER LINKS")
