"""Which earlier texts a text may repeat: those that share fingerprints with it, the closest first.

What texts share can be counted by bands, each a part of all fingerprints, wherever and in whatever order: the sums are
those of one count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flows.stories.fingerprints import Fingerprints, Prints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TOO_COMMON = 200
"""A fingerprint of more texts than this belongs to a template or a set phrase, and proposes none of them."""
LEAST_SHARE = 0.1
"""Of the fingerprints of the text with fewer of them, so many are shared by a candidate."""
MOST_CANDIDATES = 24

_TABLE = 2**24
_CHUNK = 1000

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shared:
    """Pairs of an own text and an earlier one, rising, as `own << 32 | earlier`; how many fingerprints each shares."""

    pairs: Numbers
    counts: Numbers

    @classmethod
    def sum(cls, bands: Iterable[Shared]) -> Shared:
        """The counts of all bands together."""
        found = [*bands]
        if len(found) == 1:
            return found[0]
        pairs, places = np.unique(np.concatenate([each.pairs for each in found]), return_inverse=True)
        counts = np.zeros(len(pairs), np.int64)
        np.add.at(counts, places, np.concatenate([each.counts for each in found]))
        return cls(pairs, counts)


def candidates(own: Prints, past: Sequence[Prints]) -> Iterator[list[int]]:
    """For each of our own texts, which texts share most with it: numbers of `past` texts, then of own ones before it.

    Gives one list for each own text, in order, the closest first; a longer list than `MOST_CANDIDATES` is for the
    caller to end.
    """
    sizes = _sizes(own, past)
    before = len(sizes) - len(own)
    for first, shared in _count(own, past, 0, 1):
        rows = min(_CHUNK, len(own) - first)
        yield from _closest(shared, sizes, before + first, rows)


def count_band(own: Prints, past: Sequence[Prints], band: int, bands: int) -> Shared:
    """The pairs that share fingerprints of one band of so many."""
    found = [shared for _, shared in _count(own, past, band, bands)]
    none = np.zeros(0, np.int64)
    return Shared(
        np.concatenate([none, *(each.pairs for each in found)]),
        np.concatenate([none, *(each.counts for each in found)]),
    )


def candidates_of_bands(own: Prints, past: Sequence[Prints], bands: Iterable[Shared]) -> Iterator[list[int]]:
    """As `candidates` gives, from the counts of all bands."""
    sizes = _sizes(own, past)
    return _closest(Shared.sum(bands), sizes, len(sizes) - len(own), len(own))


def _sizes(own: Prints, past: Sequence[Prints]) -> Numbers:
    return np.concatenate([*(each.sizes for each in past), own.sizes])


def _count(own: Prints, past: Sequence[Prints], band: int, bands: int) -> Iterator[tuple[int, Shared]]:
    """What the own texts share with those before them, a thousand own texts at a time, each with its first number."""
    pool, owners = _pool(own, past, band, bands)
    before = sum(map(len, past))
    for first in range(0, len(own), _CHUNK):
        last = min(first + _CHUNK, len(own))
        hashes = own.values[own.starts[first] : own.starts[last]]
        of = np.repeat(np.arange(first, last) + before, own.sizes[first:last])
        inside = _of_band(hashes, band, bands)
        yield first, _share(hashes[inside], of[inside], pool, owners)


def _of_band(hashes: Fingerprints, band: int, bands: int) -> npt.NDArray[np.bool_]:
    chosen: npt.NDArray[np.bool_] = hashes % np.uint32(bands) == band if bands > 1 else np.ones(len(hashes), bool)
    return chosen


def _pool(own: Prints, past: Sequence[Prints], band: int, bands: int) -> tuple[Fingerprints, npt.NDArray[np.int32]]:
    """The fingerprints of own texts, and of past ones those that own ones may have, sorted, each with its text."""
    # A table of bits sorts out nearly all of the past at the cost of one look-up each.
    table = np.zeros(_TABLE, bool)
    table[own.values & np.uint32(_TABLE - 1)] = True
    hashes, owners, before = [], [], 0
    for each in (*past, own):
        met = table[each.values & np.uint32(_TABLE - 1)]
        if bands > 1:
            met &= _of_band(each.values, band, bands)
        at = np.flatnonzero(met)
        hashes.append(each.values[at])
        owners.append((np.searchsorted(each.starts, at, "right") - 1 + before).astype(np.int32))
        before += len(each)
    pool, owner = np.concatenate(hashes), np.concatenate(owners)
    order = np.argsort(pool, kind="stable")
    return pool[order], owner[order]


def _share(hashes: Fingerprints, of: Numbers, pool: Fingerprints, owners: npt.NDArray[np.int32]) -> Shared:
    begin, end = np.searchsorted(pool, hashes, "left"), np.searchsorted(pool, hashes, "right")
    count = np.where(end - begin <= TOO_COMMON, end - begin, 0)
    flat = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
    mine, other = np.repeat(of, count), owners[flat]
    before = other < mine
    pairs, shared = np.unique(mine[before] << 32 | other[before], return_counts=True)
    return Shared(pairs, shared)


def _closest(found: Shared, sizes: Numbers, first: int, rows: int) -> Iterator[list[int]]:
    mine, other = found.pairs >> 32, found.pairs & (2**32 - 1)
    share = found.counts / np.minimum(sizes[mine], sizes[other])
    close = share >= LEAST_SHARE
    mine, other, share = mine[close], other[close], share[close]
    order = np.lexsort((other, -share, mine))
    mine, other = mine[order], other[order]
    cuts = np.searchsorted(mine, np.arange(rows + 1) + first)
    for row in range(rows):
        yield other[cuts[row] : cuts[row + 1]].tolist()
