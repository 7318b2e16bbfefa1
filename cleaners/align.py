"""Which blocks of a page a text is made of: finds an extractor's output, or JSON-LD's, again in the page itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaners.lines import Block, words

__all__ = ["Alignment", "align"]

LONG = 6
"""Words from which a block is told by its words alone; shorter ones ("Новини") must stand between known neighbours."""

PARTLY = 0.6
"""Share of a block's word triples that must be in the text where the block as a whole is not."""

MOST_PLACES = 50
"""Places of one block in the text that are looked at."""


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`chosen[i]`: block i is in the text. `found`: share of the text's words that the blocks hold, 0 to 1."""

    chosen: list[bool]
    found: float


def align(blocks: Sequence[Block], text: str) -> Alignment:
    """Find the blocks that `text` was made of, both being in the order of the page.

    Each word of the text is given to one block at most, the longest that fits, so that a headline does not pass for
    body because a paragraph quotes it, nor a paragraph's second copy because of the first.
    """
    wanted = words(text)
    whole = f" {' '.join(wanted)} "
    taken = bytearray(len(whole))
    place: list[Span | None] = [None] * len(blocks)
    copies: dict[str, list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        if len(block.words) >= LONG:
            copies[f" {' '.join(block.words)} "].append(i)
    fewer: list[tuple[list[int], list[Span]]] = []
    for key in sorted(copies, key=len, reverse=True):
        spans = [(a, a + len(key) - 1) for a in _places(whole, key) if not taken[a + 1]]
        for a, b in spans:
            taken[a + 1 : b] = b"\1" * (b - a - 1)
        if len(spans) >= len(copies[key]):
            for i, span in zip(copies[key], spans, strict=False):
                place[i] = span
        elif spans:
            fewer.append((copies[key], spans))
    for at, spans in fewer:  # fewer in the text than on the page: the copies whose neighbours fit best
        for span in spans:
            free = [i for i in at if place[i] is None]
            place[min(free, key=lambda i: _distance(place, i, span[0]))] = span
    _place_short(blocks, whole, taken, place)
    left = "".join(" " if t else c for c, t in zip(whole, taken, strict=True)).split()
    _place_parts(
        blocks, left, {i for at in copies.values() for i in at if f" {' '.join(blocks[i].words)} " in whole}, place
    )
    found = sum(len(b.words) for b, p in zip(blocks, place, strict=True) if p is not None)
    return Alignment([p is not None for p in place], min(1.0, found / len(wanted)) if wanted else 0.0)


def _places(whole: str, key: str) -> Iterator[int]:
    start = whole.find(key)
    for _ in range(MOST_PLACES):
        if start < 0:
            return
        yield start
        start = whole.find(key, start + len(key) - 1)


def _distance(place: Sequence[Span | None], i: int, start: int) -> int:
    """How far `start` lies from where the nearest placed neighbours of block i say that it should be."""
    before = next((p[1] for p in reversed(place[max(0, i - 40) : i]) if p), None)
    after = next((p[0] for p in place[i + 1 : i + 40] if p), None)
    off = [abs(start - p) for p in (before, after) if p is not None]
    return min(off) if off else 10**9


def _place_short(blocks: Sequence[Block], whole: str, taken: bytearray, place: list[Span | None]) -> None:
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
            if start >= 0 and not taken[start + 1]:
                taken[start + 1 : start + len(key) - 1] = b"\1" * (len(key) - 2)
                end = start + len(key) - 1
                place[i] = (start, end)


def _place_parts(blocks: Sequence[Block], left: Sequence[str], present: set[int], place: list[Span | None]) -> None:
    """Long blocks of which the words that are `left` hold most but not all: something inside was left away."""
    triples = {tuple(left[k : k + 3]) for k in range(len(left) - 2)}
    for i, block in enumerate(blocks):
        if place[i] is None and i not in present and len(block.words) >= LONG:
            own = [tuple(block.words[k : k + 3]) for k in range(len(block.words) - 2)]
            if sum(t in triples for t in own) >= PARTLY * len(own):
                place[i] = (-1, -1)
