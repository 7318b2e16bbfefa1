"""The documents of one day as arrays, in the order in which they may represent a story, and what was found of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flows.stories.fingerprints import fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.stories.fingerprints import Prints
    from flows.stories.words import Hashes, Words

SAME, EDITED, EXCERPT, EXTENDED, VERSION, REPRESENTATIVE = range(6)
KINDS = ("same text", "edited", "excerpt", "extended", "version", None)
"""As in the column `kind`, by these numbers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One documents row with text. `rank` orders the entries of a day; `captured` those of one page."""

    source: str
    url: str
    shard: str
    offset: int
    rank: tuple[str, ...]
    captured: str
    words: Words

    @property
    def order(self) -> tuple[tuple[str, ...], str, str, str, str, int]:
        """By which the entries of a day stand in it, whatever order they came in."""
        return self.rank, self.source, self.url, self.captured, self.shard, self.offset


@dataclass(frozen=True)
class Links:
    """What each entry of a day is linked to: day and row of its representative, in which way, and how close."""

    day: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    similarity: npt.NDArray[np.float64]
    containment: npt.NDArray[np.float64]

    @classmethod
    def to_themselves(cls, day: int, size: int) -> Links:
        """Every entry represents itself."""
        return cls(
            np.full(size, day, np.int32),
            np.arange(size, dtype=np.int32),
            np.full(size, REPRESENTATIVE, np.int8),
            np.ones(size),
            np.ones(size),
        )

    def digest(self) -> str:
        """Of all links."""
        whole = hashlib.blake2b(digest_size=16)
        for part in (self.day, self.row, self.kind, self.similarity, self.containment):
            whole.update(part.tobytes())
        return whole.hexdigest()


@dataclass(frozen=True)
class Day:
    """The entries of a day: `starts` cuts `words` into those of each.

    `last` is the row of the last capture of the same page on that day: only that one is compared.
    """

    number: int
    offset: npt.NDArray[np.int64]
    page: Hashes
    text: Hashes
    last: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    words: Words
    prints: Prints

    def __len__(self) -> int:
        return len(self.page)

    def words_of(self, row: int) -> Words:
        """The words of one entry."""
        return self.words[self.starts[row] : self.starts[row + 1]]

    @cached_property
    def is_last(self) -> npt.NDArray[np.bool_]:
        """Which entries are the last capture of their page on this day."""
        last: npt.NDArray[np.bool_] = self.last == np.arange(len(self), dtype=np.int32)
        return last


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in the order of their day; one that comes twice is taken once."""
    return sorted({(e.source, e.shard, e.offset): e for e in entries}.values(), key=lambda entry: entry.order)


def make_day(number: int, entries: Iterable[Entry]) -> Day:
    """The entries, in whatever order, as a day."""
    found = in_order(entries)
    last: dict[tuple[str, str], int] = {}
    for row, entry in enumerate(found):
        before = last.setdefault((entry.source, entry.url), row)
        if (entry.captured, entry.shard, entry.offset) >= (
            found[before].captured,
            found[before].shard,
            found[before].offset,
        ):
            last[entry.source, entry.url] = row
    words = np.concatenate([e.words for e in found] or [np.zeros(0, np.uint32)])
    starts = np.cumsum([0, *(len(e.words) for e in found)], dtype=np.int64)
    return Day(
        number,
        np.array([e.offset for e in found], np.int64),
        np.array([_hash(f"{e.source}\0{e.url}".encode("utf-8", "surrogatepass")) for e in found], np.uint64),
        np.array([_hash((e.words >> np.uint32(2)).tobytes()) for e in found], np.uint64),
        np.array([last[e.source, e.url] for e in found], np.int32),
        starts,
        words,
        fingerprints(words, starts),
    )


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())
