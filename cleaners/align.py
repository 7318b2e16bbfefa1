"""Which blocks of a page a text is made of: finds an extractor's output, or JSON-LD's, again in the page itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from cleaners.lines import Block, words

__all__ = ["Alignment", "align"]

LONG = 6
"""Words from which a block is told by its words alone; shorter ones ("Новини") must stand between known neighbours."""

PARTLY = 0.6
"""Share of a block's word triples that must be in the text where the block as a whole is not."""

MOST_PLACES = 50
"""Places of one block in the text that are looked at."""


class Alignment:
    """`chosen[i]` says whether block i is in the text; `found` is the share of the text's words that the blocks hold."""

    def __init__(self, chosen: list[bool], found: float) -> None:
        self.chosen = chosen
        self.found = found


def align(blocks: Sequence[Block], text: str) -> Alignment:
    """Find the blocks that `text` was made of, both being in the order of the page."""
    wanted = words(text)
    whole = f" {' '.join(wanted)} "
    place: list[tuple[int, int] | None] = [None] * len(blocks)
    copies: dict[str, list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        if len(block.words) >= LONG:
            copies[f" {' '.join(block.words)} "].append(i)
    repeated: list[tuple[str, list[int], list[int]]] = []
    for key, at in copies.items():
        places = list(_places(whole, key))
        if len(at) == 1 and places:
            place[at[0]] = (places[0], places[0] + len(key) - 1)
        elif places:
            repeated.append((key, at, places))
    for key, at, places in repeated:
        if len(places) >= len(at):
            for i, start in zip(at, places, strict=False):
                place[i] = (start, start + len(key) - 1)
            continue
        for start in places:  # fewer in the text than on the page: the copies whose neighbours fit best
            free = [i for i in at if place[i] is None]
            best = min(free, key=lambda i: _distance(place, i, start))
            place[best] = (start, start + len(key) - 1)
    _place_short(blocks, whole, place)
    _place_parts(blocks, wanted, place)
    found = sum(len(b.words) for b, p in zip(blocks, place, strict=True) if p is not None)
    return Alignment([p is not None for p in place], min(1.0, found / len(wanted)) if wanted else 0.0)


def _places(whole: str, key: str) -> Iterator[int]:
    start = whole.find(key)
    for _ in range(MOST_PLACES):
        if start < 0:
            return
        yield start
        start = whole.find(key, start + len(key) - 1)


def _distance(place: Sequence[tuple[int, int] | None], i: int, start: int) -> int:
    """How far `start` lies from where the nearest placed neighbours of block i say that it should be."""
    before = next((p[1] for p in reversed(place[max(0, i - 40) : i]) if p), None)
    after = next((p[0] for p in place[i + 1 : i + 40] if p), None)
    off = [abs(start - p) for p in (before, after) if p is not None]
    return min(off) if off else 10**9


def _place_short(blocks: Sequence[Block], whole: str, place: list[tuple[int, int] | None]) -> None:
    """Short blocks, each between the end of the last placed block before it and the start of the first after it."""
    limit = len(whole)
    next_start = [limit] * (len(blocks) + 1)
    for i in range(len(blocks) - 1, -1, -1):
        here = place[i]
        next_start[i] = here[0] if here else next_start[i + 1]
    end = 0
    for i, block in enumerate(blocks):
        here = place[i]
        if here is not None:
            end = here[1]
        elif 0 < len(block.words) < LONG:
            key = f" {' '.join(block.words)} "
            start = whole.find(key, end, next_start[i + 1] + 1)
            if start >= 0:
                end = start + len(key) - 1
                place[i] = (start, end)


def _place_parts(blocks: Sequence[Block], wanted: Sequence[str], place: list[tuple[int, int] | None]) -> None:
    """Long blocks of which the text holds most but not all: something inside was left away."""
    triples = {tuple(wanted[k : k + 3]) for k in range(len(wanted) - 2)}
    for i, block in enumerate(blocks):
        if place[i] is None and len(block.words) >= LONG:
            own = [tuple(block.words[k : k + 3]) for k in range(len(block.words) - 2)]
            if sum(t in triples for t in own) >= PARTLY * len(own):
                place[i] = (-1, -1)
