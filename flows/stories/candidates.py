"""Which earlier texts a text may repeat: those that share fingerprints with it, the closest first.

What texts share can be counted by bands, each a part of all fingerprints, wherever and in whatever order: the sums are
those of one count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flows.stories.fingerprints import Fingerprints, Prints

TOO_COMMON = 200
"""A fingerprint of more texts than this belongs to a template or a set phrase, and proposes none of them."""
LEAST_SHARE = 0.1
"""Of the fingerprints of the text with fewer of them, so many are shared by a candidate."""
MOST_CANDIDATES = 24

_TABLE = 2**24
_BUCKETS = 2**21
_AT_ONCE = 2_000_000
"""Pairs of equal fingerprints that are counted in one go: 100 MB."""

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a day by their fingerprints, and which of them are compared."""

    prints: Prints
    wanted: Mask


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


def candidates(days: Sequence[Texts]) -> Iterator[list[int]]:
    """For each wanted text of the last day, which wanted texts before it share most with it.

    Texts have the numbers in which they stand in all days. Gives one list for each text, in order, the closest first; a
    longer list than `MOST_CANDIDATES` is for the caller to end.
    """
    window = _Window(days)
    for mine, shared in window.count(0, 1, only_close=True):
        yield from window.closest(shared, mine)


def count_band(days: Sequence[Texts], band: int, bands: int) -> Shared:
    """The pairs that share fingerprints of one band of so many."""
    found = [shared for _, shared in _Window(days).count(band, bands)]
    none = np.zeros(0, np.int64)
    return Shared(
        np.concatenate([none, *(each.pairs for each in found)]),
        np.concatenate([none, *(each.counts for each in found)]),
    )


def candidates_of_bands(days: Sequence[Texts], bands: Iterable[Shared]) -> Iterator[list[int]]:
    """As `candidates` gives, from the counts of all bands."""
    window = _Window(days)
    return window.closest(Shared.sum(bands), window.own)


class _Window:
    """The texts of all days."""

    def __init__(self, days: Sequence[Texts]) -> None:
        self.days = days
        self.before = sum(len(each.prints) for each in days[:-1])
        self.own = np.flatnonzero(days[-1].wanted) + self.before
        """The numbers of the wanted texts of the last day."""

    @cached_property
    def sizes(self) -> Numbers:
        return np.concatenate([each.prints.sizes for each in self.days])

    def count(self, band: int, bands: int, *, only_close: bool = False) -> Iterator[tuple[Numbers, Shared]]:
        """What own texts share with those before them, some own texts at a time: their numbers, and the pairs.

        Of the pairs that are not close, `only_close` leaves out nearly all.
        """
        owners, first, last = self._equal(band, bands)
        if not len(last):
            yield self.own, Shared(first, first)
            return
        counts = last - first
        ends = np.searchsorted(owners[last], self.own, "right")
        total = np.concatenate([[0], np.cumsum(counts)])
        begin = 0
        while begin < len(self.own):
            low = int(ends[begin - 1]) if begin else 0
            # As many texts as there is room for, one at least.
            end = max(begin + 1, int(np.searchsorted(total[ends], total[low] + _AT_ONCE, "right")))
            part = slice(low, int(ends[end - 1]))
            yield self.own[begin:end], self._share(owners, first[part], last[part], only_close=only_close)
            begin = end

    def _equal(self, band: int, bands: int) -> tuple[Numbers, Numbers, Numbers]:
        """Who owns each fingerprint, equal ones in a row; by own text, where that row begins and the own one stands."""
        owned = self._owned(band, bands)
        value = owned >> np.uint64(32)
        owners = (owned & np.uint64(2**32 - 1)).astype(np.int64)
        cuts = np.concatenate([np.flatnonzero(np.diff(value, prepend=~value[:1])), [len(value)]])
        sizes = np.diff(cuts)
        first = np.repeat(cuts[:-1], sizes)
        usual = np.repeat(sizes <= TOO_COMMON, sizes)
        mine = np.flatnonzero((owners >= self.before) & usual & (first < np.arange(len(first))))
        mine = mine[np.argsort(owners[mine], kind="stable")]
        return owners, first[mine], mine

    def _owned(self, band: int, bands: int) -> npt.NDArray[np.uint64]:
        """The fingerprints of own texts, and past ones that these may have, rising, as `value << 32 | text`."""
        # Two tables of bits sort out nearly all of the past, at the cost of one look-up each.
        own = self.days[-1].prints.values
        low, high = np.zeros(_TABLE, bool), np.zeros(_TABLE, bool)
        low[_low(own)] = True
        high[_high(own)] = True
        found, before = [], 0
        for each in self.days:
            at = np.flatnonzero(low[_low(each.prints.values)])
            values = each.prints.values[at]
            met = high[_high(values)]
            if bands > 1:
                met &= values % np.uint32(bands) == band
            at, values = at[met], values[met]
            owner = np.searchsorted(each.prints.starts, at, "right") - 1
            wanted = each.wanted[owner]
            owner = (owner[wanted] + before).astype(np.uint64)
            found.append(values[wanted].astype(np.uint64) << np.uint64(32) | owner)
            before += len(each.prints)
        owned = np.concatenate(found)
        owned.sort()
        return owned

    def _share(self, owners: Numbers, first: Numbers, last: Numbers, *, only_close: bool) -> Shared:
        """The pairs of the texts at `last` and all those of their rows before them."""
        count = last - first
        flat = np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count)
        mine, other = np.repeat(owners[last], count), owners[flat]
        if only_close:
            # Counted in buckets first, where strangers may meet: which only ever makes a pair look closer.
            bucket = (mine * 0x9E3779B1 + other) & (_BUCKETS - 1)
            shared = np.bincount(bucket, minlength=_BUCKETS)[bucket]
            close = shared / np.minimum(self.sizes[mine], self.sizes[other]) >= LEAST_SHARE
            mine, other = mine[close], other[close]
        pairs, counts = np.unique(mine << 32 | other, return_counts=True)
        return Shared(pairs, counts)

    def closest(self, found: Shared, own: Numbers) -> Iterator[list[int]]:
        """The candidates of each of these own texts."""
        mine, other = found.pairs >> 32, found.pairs & (2**32 - 1)
        share = found.counts / np.minimum(self.sizes[mine], self.sizes[other])
        close = share >= LEAST_SHARE
        mine, other, share = mine[close], other[close], share[close]
        order = np.lexsort((other, -share, mine))
        mine, other = mine[order], other[order]
        begins, ends = np.searchsorted(mine, own), np.searchsorted(mine, own, "right")
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            yield other[begin:end].tolist()


def _low(values: Fingerprints) -> Fingerprints:
    return values & np.uint32(_TABLE - 1)


def _high(values: Fingerprints) -> Fingerprints:
    return values >> np.uint32(8)
