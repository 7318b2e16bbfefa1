"""Which blocks of a page a text consists of: finds the output of an extractor in the page again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.read.blocks import Block
from cleaners.read.words import words

__all__ = ["Alignment", "align"]

MIN_LONG_WORDS = 6
"""Words from which a block is identified by its words alone; a shorter one ("Новини") needs known neighbours."""

MIN_SHARED_TRIPLES = 0.6
"""Share of a block's word triples that must be in the text where the block as a whole is not."""

MAX_POSITIONS = 50
"""Positions of one block in the text that are looked at."""

MAX_GAP = 400
"""Words between two matched blocks that are searched for a short one."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`chosen[i]`: block i is in the text. `found`: share of the text's words that are in the blocks, 0 to 1."""

    chosen: list[bool]
    found: float

    @property
    def blocks(self) -> set[int]:
        """The indices of the blocks that are in the text."""
        return {i for i, is_chosen in enumerate(self.chosen) if is_chosen}


def align(blocks: Sequence[Block], text: str) -> Alignment:
    """Find the blocks that `text` consists of; both are in document order.

    Each word of the text is matched to one block at most, the longest that fits. So a headline is not taken for body
    because a paragraph quotes it, nor the second copy of a paragraph because of the first. Linear in the page.
    """
    wanted = words(text)
    taken = bytearray(len(wanted))
    matched: list[Span | None] = [None] * len(blocks)
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        if len(block.words) >= MIN_LONG_WORDS:
            copies[tuple(block.words)].append(i)
    starts: dict[tuple[str, ...], list[int]] = {key[:MIN_LONG_WORDS]: [] for key in copies}
    for k, opening in enumerate(zip(*(wanted[n:] for n in range(MIN_LONG_WORDS)), strict=False)):
        if opening in starts:
            starts[opening].append(k)
    present: set[int] = set()
    fewer: list[tuple[list[int], list[Span]]] = []
    for key in sorted(copies, key=len, reverse=True):
        at = copies[key]
        positions = [k for k in starts[key[:MIN_LONG_WORDS]][:MAX_POSITIONS] if tuple(wanted[k : k + len(key)]) == key]
        if positions:
            present.update(at)
        spans: list[Span] = []
        for k in positions:
            if not taken[k] and len(spans) < len(at):
                spans.append((k, k + len(key)))
                taken[k : k + len(key)] = b"\1" * len(key)
        if len(spans) == len(at):
            for i, span in zip(at, spans, strict=True):
                matched[i] = span
        elif spans:
            fewer.append((at, spans))
    for at, spans in fewer:  # fewer copies in the text than on the page: those whose neighbours fit best
        for span in spans:
            free = [i for i in at[: 2 * MAX_POSITIONS] if matched[i] is None]
            if free:
                matched[min(free, key=lambda i: _distance(matched, i, span[0]))] = span
    _match_short(blocks, wanted, taken, matched)
    left = [word for word, is_taken in zip(wanted, taken, strict=True) if not is_taken]
    _match_parts(blocks, left, present, matched)
    found = sum(len(b.words) for b, p in zip(blocks, matched, strict=True) if p is not None)
    return Alignment([p is not None for p in matched], min(1.0, found / len(wanted)) if wanted else 0.0)


def _distance(matched: Sequence[Span | None], i: int, start: int) -> int:
    """Words between `start` and the nearest matched neighbours of block i."""
    before = next((p[1] for p in reversed(matched[max(0, i - 40) : i]) if p), None)
    after = next((p[0] for p in matched[i + 1 : i + 40] if p), None)
    off = [abs(start - p) for p in (before, after) if p is not None]
    return min(off) if off else 10**9


def _match_short(blocks: Sequence[Block], wanted: Sequence[str], taken: bytearray, matched: list[Span | None]) -> None:
    """Match short blocks, each between the last matched block before it and the first after it."""
    next_start = [len(wanted)] * (len(blocks) + 1)
    for i in range(len(blocks) - 1, -1, -1):
        here = matched[i]
        next_start[i] = here[0] if here else next_start[i + 1]
    end = 0
    for i, block in enumerate(blocks):
        here = matched[i]
        if here is not None:
            end = here[1]
            continue
        n = len(block.words)
        if not 0 < n < MIN_LONG_WORDS:
            continue
        for k in range(end, min(next_start[i + 1] - n + 1, end + MAX_GAP)):
            if not taken[k] and wanted[k] == block.words[0] and wanted[k : k + n] == block.words:
                taken[k : k + n] = b"\1" * n
                end = k + n
                matched[i] = (k, end)
                break


def _match_parts(blocks: Sequence[Block], left: Sequence[str], present: set[int], matched: list[Span | None]) -> None:
    """Match long blocks most of whose words are `left`: the extractor dropped something inside of them."""
    triples = {tuple(left[k : k + 3]) for k in range(len(left) - 2)}
    for i, block in enumerate(blocks):
        if triples and matched[i] is None and i not in present and len(block.words) >= MIN_LONG_WORDS:
            own = [tuple(block.words[k : k + 3]) for k in range(len(block.words) - 2)]
            if sum(t in triples for t in own) >= MIN_SHARED_TRIPLES * len(own):
                matched[i] = (-1, -1)
