"""How well stories are found, beside the settings of datatrove and text-dedup, and what a million documents cost.

    python -m benchmarks.stories gold
    python -m benchmarks.stories scale [DOCUMENTS] [DAYS]

The two others are rebuilt here by their parameters, in numpy: both take MinHash over runs of 5 words, put all texts
that meet in a band into one group, and verify nothing.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from zlib import crc32

import numpy as np

from benchmarks.story_gold import Page, gold
from flows.stories.day import Entry, make_day
from flows.stories.grouping import WINDOW_DAYS, link_day
from flows.stories.words import mix, to_words


def ours(pages: Sequence[Page]) -> list[object]:
    """The story of each page."""
    days = defaultdict(list)
    for number, page in enumerate(pages):
        entry = Entry(page.source, str(number), "", number, (), "", to_words(page.text))
        days[page.day.toordinal()].append(entry)
    past: list[tuple[object, object]] = []
    found: dict[int, object] = {}
    for number in sorted(days):
        day = make_day(number, days[number])
        past = [(d, links) for d, links in past if d.number >= number - WINDOW_DAYS]
        links = link_day(day, past)
        past.append((day, links))
        for row, offset in enumerate(day.offset.tolist()):
            found[offset] = (int(links.day[row]), int(links.row[row]))
    return [found[n] for n in range(len(pages))]


def minhash(texts: Sequence[list[str]], bands: int, rows: int) -> list[object]:
    """Groups by single linkage of the texts (as words) that share a band."""
    draw = np.random.default_rng(1)
    a = draw.integers(1, 2**63, bands * rows, dtype=np.uint64) | np.uint64(1)
    b = draw.integers(0, 2**63, bands * rows, dtype=np.uint64)
    parent = list(range(len(texts)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    first: dict[tuple[int, bytes], int] = {}
    for n, words in enumerate(texts):
        runs = {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}
        if len(words) < 5:
            continue
        hashes = np.array([crc32(run.encode()) | crc32(run[::-1].encode()) << 32 for run in sorted(runs)], np.uint64)
        signature = mix(hashes[:, None] * a + b).min(axis=0)
        for band in range(bands):
            other = first.setdefault((band, signature[band * rows : (band + 1) * rows].tobytes()), n)
            parent[root(n)] = root(other)
    return [root(n) for n in range(len(texts))]


def datatrove(pages: Sequence[Page]) -> list[object]:
    """14 bands of 8 rows; lower case, no punctuation, numbers all one."""
    return minhash([re.findall(r"\w+", re.sub(r"\d+", "0", p.text.lower())) for p in pages], 14, 8)


def text_dedup(pages: Sequence[Page]) -> list[object]:
    """A threshold of 0.7 over 250 hashes: 25 bands of 10 rows; lower case."""
    return minhash([re.findall(r"\w+", p.text.lower()) for p in pages], 25, 10)


def figures(pages: Sequence[Page], found: Sequence[object]) -> dict[str, float]:
    """Precision and recall of pairs, and of groups by B-cubed."""
    true, given = Counter(p.group for p in pages), Counter(found)
    both = Counter((p.group, f) for p, f in zip(pages, found, strict=True))
    pairs = {name: sum(n * (n - 1) for n in of.values()) for name, of in (("t", true), ("g", given), ("b", both))}
    cells = [(n, true[group], given[story]) for (group, story), n in both.items()]
    return {
        "pair precision": pairs["b"] / max(1, pairs["g"]),
        "pair recall": pairs["b"] / max(1, pairs["t"]),
        "B3 precision": sum(n * n / g for n, _, g in cells) / len(pages),
        "B3 recall": sum(n * n / t for n, t, _ in cells) / len(pages),
    }


def missed(pages: Sequence[Page], found: Sequence[object]) -> dict[str, Counter[str]]:
    """By how a page was made: pages that are not with their original, and strangers joined."""
    original = {p.group: f for p, f in zip(pages, found, strict=True) if p.how == "original"}
    counts: dict[str, Counter[str]] = {"apart": Counter(), "joined": Counter()}
    for page, story in zip(pages, found, strict=True):
        if page.group in original and story != original[page.group]:
            counts["apart"][page.how] += 1
    by_story = defaultdict(list)
    for page, story in zip(pages, found, strict=True):
        by_story[story].append(page)
    for members in by_story.values():
        for one, other in combinations(members, 2):
            if one.group != other.group:
                counts["joined"][" / ".join(sorted((one.how, other.how)))] += 1
    return counts


def measure_gold() -> None:
    pages = gold()
    groups = Counter(p.group for p in pages)
    print(f"{len(pages):,} pages, {sum(n > 1 for n in groups.values())} stories of more than one page")
    for tool in (ours, datatrove, text_dedup):
        found = tool(pages)
        print(tool.__name__, {name: round(value, 4) for name, value in figures(pages, found).items()})
        for name, counts in missed(pages, found).items():
            print("   ", name, dict(counts.most_common(12)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["scale"]:
        from benchmarks.story_scale import measure_scale

        measure_scale(*map(int, sys.argv[2:]))
    else:
        measure_gold()
