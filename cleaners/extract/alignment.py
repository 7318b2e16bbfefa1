"""Which blocks of a page a text is made of: finds an extractor's output, or JSON-LD's, again in the page itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.read.blocks import Block, words

__all__ = ["Alignment", "align"]

LONG = 6
"""Words from which a block is told by its words alone; shorter ones ("Новини") must stand between known neighbours."""

PARTLY = 0.6
"""Share of a block's word triples that must be in the text where the block as a whole is not."""

MOST_PLACES = 50
"""Places of one block in the text that are looked at."""


WIDEST_GAP = 400
"""Words between two placed blocks that are searched for a short one."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`chosen[i]`: block i is in the text. `found`: share of the text's words that the blocks hold, 0 to 1."""

    chosen: list[bool]
    found: float


def align(blocks: Sequence[Block], text: str) -> Alignment:
    """Find the blocks that `text` was made of, both being in the order of the page.

    Each word of the text is given to one block at most, the longest that fits, so that a headline does not pass for
    body because a paragraph quotes it, nor a paragraph's second copy because of the first. Linear in the page.
    """
    wanted = words(text)
    starts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k in range(len(wanted) - LONG + 1):
        starts[tuple(wanted[k : k + LONG])].append(k)
    taken = bytearray(len(wanted))
    place: list[Span | None] = [None] * len(blocks)
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        if len(block.words) >= LONG:
            copies[tuple(block.words)].append(i)
    present: set[int] = set()
    fewer: list[tuple[list[int], list[Span]]] = []
    for key in sorted(copies, key=len, reverse=True):
        at = copies[key]
        places = [k for k in starts.get(key[:LONG], ())[:MOST_PLACES] if tuple(wanted[k : k + len(key)]) == key]
        if places:
            present.update(at)
        spans = []
        for k in places:
            if not taken[k]:
                spans.append((k, k + len(key)))
                taken[k : k + len(key)] = b"\1" * len(key)
        if len(spans) >= len(at):
            for i, span in zip(at, spans, strict=False):
                place[i] = span
        elif spans:
            fewer.append((at, spans))
    for at, spans in fewer:  # fewer in the text than on the page: the copies whose neighbours fit best
        for span in spans:
            free = [i for i in at[: 2 * MOST_PLACES] if place[i] is None]
            if free:
                place[min(free, key=lambda i: _distance(place, i, span[0]))] = span
    _place_short(blocks, wanted, taken, place)
    left = [word for word, is_taken in zip(wanted, taken, strict=True) if not is_taken]
    _place_parts(blocks, left, present, place)
    found = sum(len(b.words) for b, p in zip(blocks, place, strict=True) if p is not None)
    return Alignment([p is not None for p in place], min(1.0, found / len(wanted)) if wanted else 0.0)


def _distance(place: Sequence[Span | None], i: int, start: int) -> int:
    """How far `start` lies from where the nearest placed neighbours of block i say that it should be."""
    before = next((p[1] for p in reversed(place[max(0, i - 40) : i]) if p), None)
    after = next((p[0] for p in place[i + 1 : i + 40] if p), None)
    off = [abs(start - p) for p in (before, after) if p is not None]
    return min(off) if off else 10**9


def _place_short(blocks: Sequence[Block], wanted: Sequence[str], taken: bytearray, place: list[Span | None]) -> None:
    """Short blocks, each between the end of the last placed block before it and the start of the first after it."""
    next_start = [len(wanted)] * (len(blocks) + 1)
    for i in range(len(blocks) - 1, -1, -1):
        here = place[i]
        next_start[i] = here[0] if here else next_start[i + 1]
    end = 0
    for i, block in enumerate(blocks):
        here = place[i]
        if here is not None:
            end = here[1]
            continue
        n = len(block.words)
        if not 0 < n < LONG:
            continue
        for k in range(end, min(next_start[i + 1] - n + 1, end + WIDEST_GAP)):
            if not taken[k] and wanted[k] == block.words[0] and wanted[k : k + n] == block.words:
                taken[k : k + n] = b"\1" * n
                end = k + n
                place[i] = (k, end)
                break


def _place_parts(blocks: Sequence[Block], left: Sequence[str], present: set[int], place: list[Span | None]) -> None:
    """Long blocks of which the words that are `left` hold most but not all: something inside was left away."""
    triples = {tuple(left[k : k + 3]) for k in range(len(left) - 2)}
    for i, block in enumerate(blocks):
        if triples and place[i] is None and i not in present and len(block.words) >= LONG:
            own = [tuple(block.words[k : k + 3]) for k in range(len(block.words) - 2)]
            if sum(t in triples for t in own) >= PARTLY * len(own):
                place[i] = (-1, -1)
