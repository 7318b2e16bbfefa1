"""Which earlier texts a text may repeat: those that share fingerprints with it, the closest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.stories.fingerprints import Fingerprints

TOO_COMMON = 200
"""A fingerprint of more texts than this belongs to a template or a set phrase, and proposes none of them."""
LEAST_SHARE = 0.1
"""Of the fingerprints of the text with fewer of them, so many are shared by a candidate."""
MOST_CANDIDATES = 24

_TABLE = 2**24
_CHUNK = 1000


def candidates(own: Sequence[Fingerprints], past: Sequence[Fingerprints]) -> Iterator[list[int]]:
    """For each of our own texts, which texts share most with it: numbers of `past` texts, then of own ones before it.

    Gives one list for each own text, in order, the closest first; a longer list than `MOST_CANDIDATES` is for the
    caller to end.
    """
    hashes = np.concatenate([*own, np.zeros(0, np.uint32)])
    # A table of bits sorts out nearly all of the past at the cost of one look-up each.
    table = np.zeros(_TABLE, bool)
    table[hashes & np.uint32(_TABLE - 1)] = True
    past_hashes = np.concatenate([*past, np.zeros(0, np.uint32)])
    past_owners = np.repeat(np.arange(len(past)), [len(p) for p in past])
    met = table[past_hashes & np.uint32(_TABLE - 1)]
    sizes = np.array([*map(len, past), *map(len, own)])
    owners = np.concatenate([past_owners[met], np.repeat(np.arange(len(own)) + len(past), [len(p) for p in own])])
    pool = np.concatenate([past_hashes[met], hashes])
    order = np.argsort(pool, kind="stable")
    pool, owners = pool[order], owners[order]
    for start in range(0, len(own), _CHUNK):
        yield from _chunk(own[start : start + _CHUNK], len(past) + start, pool, owners, sizes)


def _chunk(
    own: Sequence[Fingerprints],
    first: int,
    pool: Fingerprints,
    owners: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
) -> Iterator[list[int]]:
    hashes = np.concatenate([*own, np.zeros(0, np.uint32)])
    of = np.repeat(np.arange(len(own)) + first, [len(p) for p in own])
    begin, end = np.searchsorted(pool, hashes, "left"), np.searchsorted(pool, hashes, "right")
    count = np.where(end - begin <= TOO_COMMON, end - begin, 0)
    total = int(count.sum())
    flat = np.arange(total) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
    mine, other = np.repeat(of, count), owners[flat]
    before = other < mine
    pairs, shared = np.unique(mine[before] * np.int64(2**32) + other[before], return_counts=True)
    mine, other = pairs >> 32, pairs & (2**32 - 1)
    share = shared / np.minimum(sizes[mine], sizes[other])
    close = share >= LEAST_SHARE
    mine, other, share = mine[close], other[close], share[close]
    order = np.lexsort((other, -share, mine))
    mine, other = mine[order], other[order]
    cuts = np.searchsorted(mine, np.arange(len(own) + 1) + first)
    for row in range(len(own)):
        yield other[cuts[row] : cuts[row + 1]].tolist()
