"""What many documents cost: made from the gold by other words for four in ten.

One document in ten is a light edit of the one before it.

Prints, by day, seconds for its words, index and links, and at the end documents a second, bytes of index a document and
the largest memory.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from functools import cache
from pathlib import Path

from benchmarks.story_gold import base_texts
from flows.stories.day import Entry
from flows.stories.grouping import WINDOW_DAYS, link_day
from flows.stories.index import Index
from flows.stories.words import to_words


@cache
def _bases() -> list[list[str]]:
    return [" ".join(parts).split() for _, parts in base_texts(600)]


def texts(count: int, seed: int) -> list[str]:
    """The base texts, endlessly, with other words."""
    bases = _bases()
    vocabulary = sorted({word for base in bases for word in base})
    draw = random.Random(seed)
    made: list[str] = []
    for n in range(count):
        share, words = (0.05, made[-1].split()) if n % 10 == 9 else (0.4, bases[draw.randrange(len(bases))])
        made.append(" ".join(draw.choice(vocabulary) if draw.random() < share else word for word in words))
    return made


def measure_scale(documents: int = 1_000_000, days: int = 100) -> None:
    each = documents // days
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder))
        index.begin()
        window: list[tuple] = []
        spent = []
        for number in range(days):
            made = texts(each, number)
            began = time.perf_counter()
            entries = [
                Entry("s", f"{number}/{n}", "x", number * each + n, ("1",), "", to_words(text))
                for n, text in enumerate(made)
            ]
            index.put_entries(number, entries)
            day = index.day(number)
            window = [(d, links) for d, links in window if d.number >= number - WINDOW_DAYS]
            links = link_day(day, window)
            index.put_links(number, links)
            window.append((day, links))
            spent.append(time.perf_counter() - began)
            print(f"day {number}: {spent[-1]:.2f} s", flush=True)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.*") if path.is_file())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{documents / sum(spent):,.0f} documents/s, {size / documents:,.0f} bytes a document, {memory:,} MiB")
