"""Where the blocks of a page are, as arrays: in which elements, under which heading, built like which others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from lxml.html import HtmlElement

from cleaners.read.blocks import Blocks

__all__ = ["LEVELS", "Array", "PageLayout", "container", "flags", "gaps", "page_layout", "sums"]

Array = np.ndarray

LEVELS = 4
"""Elements from a block's own outwards that are known of it."""


@dataclass(frozen=True, slots=True)
class PageLayout:
    """Where the blocks of a page are: arrays over its n blocks, and over its elements.

    `words` counts those of each block, `is_prose` says which are running text. `start` and `stop` are the blocks of
    each element; `up` (n, levels) the elements around each block, its own first; `alike` and `section` number the
    groups of blocks that are built alike, or stand under one heading. `all_words` are the words themselves in order,
    those of all blocks together: to go over them once is cheaper than block by block.
    """

    words: Array
    is_prose: Array
    start: Array
    stop: Array
    up: Array
    alike: Array
    section: Array
    all_words: list[str]

    def count(self, is_one: Callable[[str], object]) -> Array:
        """How many words of each block are of this kind, shape (n,)."""
        upto = sums(np.fromiter(map(is_one, self.all_words), bool, len(self.all_words)))
        ends = np.cumsum(self.words, dtype=int)
        found: Array = upto[ends] - upto[ends - self.words.astype(int)]
        return found

    def mean_of_alike(self, values: Array) -> Array:
        """The mean of one value a block over all blocks that are built like it, shape (n,)."""
        mean: Array = (np.bincount(self.alike, values) / np.bincount(self.alike))[self.alike]
        return mean


def page_layout(blocks: Blocks) -> PageLayout:
    """The layout of a page that has at least one block."""
    spans = blocks.spans
    numbers = {element: k for k, element in enumerate(spans)}
    parents = np.zeros(len(spans), dtype=int)  # the first is around all, and its own
    known = {blocks[0].path[0]}
    for b in blocks:
        path = b.path
        at = len(path) - 1
        while path[at] not in known:
            known.add(path[at])
            parents[numbers[path[at]]] = numbers[path[at - 1]]
            at -= 1
    up = [np.array([numbers[b.path[-1]] for b in blocks])]
    for _ in range(LEVELS - 1):
        up.append(parents[up[-1]])
    built: dict[object, int] = {}
    alike = [
        built.setdefault(
            (b.tag, tuple([e.tag for e in b.path[-4:]]), *[e.get("class") for e in b.path[-2:]]), len(built)
        )
        for b in blocks
    ]
    headings = np.array([b.tag in ("h1", "h2", "h3", "h4", "h5", "h6") for b in blocks])
    return PageLayout(
        words=np.array([len(b.words) for b in blocks], dtype=float),
        is_prose=np.array([b.is_prose for b in blocks], dtype=bool),
        start=np.array([span.start for span in spans.values()]),
        stop=np.array([span.stop for span in spans.values()]),
        up=np.column_stack(up),
        alike=np.array(alike),
        section=np.cumsum(headings),
        all_words=list(chain.from_iterable([b.words for b in blocks])),
    )


def container(blocks: Blocks, chosen: Collection[int], share: float = 0.9) -> HtmlElement:
    """The deepest element that holds this share, above a half, of the chosen words; raises ValueError for none."""
    ordered = sorted(chosen)
    upto = [0, *accumulate(len(blocks[i].words) for i in ordered)]
    if not upto[-1]:  # signs alone
        return max((e for i in chosen for e in blocks[i].path), key=lambda e: sum(1 for _ in e.iterancestors()))
    # Whatever holds more than half of them holds the word in the middle.
    middle = ordered[bisect_right(upto, upto[-1] // 2) - 1]
    inside = ((e, blocks.spans[e]) for e in reversed(blocks[middle].path))
    held = ((e, upto[bisect_left(ordered, s.stop)] - upto[bisect_left(ordered, s.start)]) for e, s in inside)
    return next(e for e, words in held if words >= share * upto[-1])


def flags(n: int, indices: Collection[int]) -> Array:
    """1 for each of the `n` blocks that is among the indices, else 0, shape (n,)."""
    flagged = np.zeros(n)
    flagged[list(indices)] = 1.0
    return flagged


def sums(values: Array) -> Array:
    """Sums up to each block: an element's blocks follow one another, so that any sum is a difference."""
    return np.concatenate([[0.0], np.cumsum(values)])


def gaps(word_sums: Array, ends: Array, most: float, none: float) -> list[Array]:
    """Words between each block and the nearest of the `ends` before it, and after it.

    `word_sums` are the `sums` of the words of the blocks. Of more than `most` words, or where there is none on that
    side, it is `most`; where there are no ends at all, `none`.
    """
    at = np.flatnonzero(ends)
    n = len(ends)
    if not len(at):
        return [np.full(n, float(none))] * 2
    indices = np.arange(n)
    before, after = np.searchsorted(at, indices) - 1, np.searchsorted(at, indices, side="right")
    since = np.where(before >= 0, word_sums[indices] - word_sums[at[np.maximum(before, 0)] + 1], most)
    until = np.where(after < len(at), word_sums[at[np.minimum(after, len(at) - 1)]] - word_sums[indices + 1], most)
    return [np.minimum(since, most), np.minimum(until, most)]
