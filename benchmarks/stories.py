"""How well stories are found, beside datatrove and text-dedup, and what a million documents cost.

    python -m benchmarks.stories gold
    python -m benchmarks.stories fresh
    python -m benchmarks.stories candidates
    python -m benchmarks.stories scale [DOCUMENTS] [DAYS] [news|dense]
    python -m benchmarks.stories growth [DOCUMENTS A DAY] [news|dense]
    python -m benchmarks.stories dask [DOCUMENTS] [DAYS] [BANDS]

The others are in `story_tools`, which says how they are installed. Both take MinHash over runs of 5 words, put all
texts that meet in a band into one group, and verify nothing.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations

from benchmarks.story_gold import Page, gold
from benchmarks.story_tools import Proposing, datasketch_lsh, datatrove, rensa_lsh, text_dedup, winnowing
from flows.stories.candidates import candidates
from flows.stories.day import Day, Entry, Links, make_day
from flows.stories.grouping import WINDOW_DAYS, link_day
from flows.stories.words import to_words


def ours(pages: Sequence[Page], proposing: Proposing | None = None) -> list[object]:
    """The story of each page."""
    days = defaultdict(list)
    for number, page in enumerate(pages):
        entry = Entry(page.source, str(number), "", number, (), "", to_words(page.text))
        days[page.day.toordinal()].append(entry)
    past: list[tuple[Day, Links]] = []
    found: dict[int, object] = {}
    for number in sorted(days):
        day = make_day(number, days[number])
        past = [(d, links) for d, links in past if d.number >= number - WINDOW_DAYS]
        links = link_day(day, past, proposing.of_day(day, past) if proposing else candidates)
        past.append((day, links))
        for row, offset in enumerate(day.offset.tolist()):
            found[offset] = (int(links.day[row]), int(links.row[row]))
    return [found[n] for n in range(len(pages))]


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


def measure_gold(*, fresh: bool = False) -> None:
    pages = gold(fresh=fresh)
    groups = Counter(p.group for p in pages)
    print(f"{len(pages):,} pages, {sum(n > 1 for n in groups.values())} stories of more than one page")
    for tool in (ours, datatrove, text_dedup):
        began = time.process_time()
        try:
            found = tool(pages)
        except ImportError as error:
            print(f"{tool.__name__}: {error}")
            continue
        print(tool.__name__, rounded(figures(pages, found)), f"{time.process_time() - began:.1f} CPU s")
        for name, counts in missed(pages, found).items():
            print("   ", name, dict(counts.most_common(12)))


def measure_candidates() -> None:
    """Our comparison of texts with candidates from each library."""
    pages = gold()
    ways: list[tuple[str, Callable[[], Proposing]]] = [("winnowing (used)", winnowing)]
    for name, lsh in (("datasketch", datasketch_lsh), ("rensa", rensa_lsh)):
        ways += [(f"{name}, {t}", lambda lsh=lsh, t=t: Proposing(lsh(t))) for t in (0.5, 0.3, 0.1)]
    for name, make in ways:
        try:
            proposing = make()
        except ImportError as error:
            print(f"{name}: {error}")
            continue
        found = figures(pages, ours(pages, proposing))
        print(f"{name}: {rounded(found)}", f"{proposing.proposed:,} candidates, {proposing.seconds:.1f} CPU s")


def rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in found.items()}


if __name__ == "__main__":
    if sys.argv[1:2] == ["scale"]:
        from benchmarks.story_scale import measure_scale

        measure_scale(*map(int, sys.argv[2:4]), *sys.argv[4:])
    elif sys.argv[1:2] == ["growth"]:
        from benchmarks.story_scale import measure_growth

        measure_growth(*map(int, sys.argv[2:3]), *sys.argv[3:])
    elif sys.argv[1:2] == ["dask"]:
        from benchmarks.story_scale import measure_dask

        measure_dask(*map(int, sys.argv[2:]))
    elif sys.argv[1:2] == ["candidates"]:
        measure_candidates()
    else:
        measure_gold(fresh=sys.argv[1:2] == ["fresh"])
