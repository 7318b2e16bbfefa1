"""Fingerprints by which candidates are found: winnowing (Schleimer, Wilkerson and Aiken 2003).

Of every `WINDOW` shingles in a row the smallest hash is kept. So any run of `WINDOW + SHINGLE - 1` words that two texts
share gives both a fingerprint in common, wherever it stands and however long the rest of each is. MinHash, which keeps
so many hashes for a whole text, finds similar texts but misses an excerpt in a longer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flows.stories.words import distinct, shingles

if TYPE_CHECKING:
    from flows.stories.words import Words

Fingerprints = npt.NDArray[np.uint32]

SHINGLE = 4
WINDOW = 9
_AT_ONCE = 2_000_000
"""Words whose fingerprints are taken in one go."""


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of many texts, one after another: `starts` cuts `values` into those of each."""

    values: Fingerprints
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many each text has."""
        return np.diff(self.starts)


def fingerprints(words: Words, starts: npt.NDArray[np.int64]) -> Prints:
    """The fingerprints of texts that `starts` cuts out of `words`: of each sorted, each once.

    32 bits are enough: candidates are verified.
    """
    parts, sizes, first = [], [np.zeros(1, np.int64)], 0
    while first < len(starts) - 1:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _AT_ONCE, "right")) - 1)
        found = _prints(words[starts[first] : starts[last]], starts[first : last + 1] - starts[first])
        parts.append(found.values)
        sizes.append(found.sizes)
        first = last
    values = np.concatenate(parts) if parts else np.zeros(0, np.uint32)
    return Prints(values, np.cumsum(np.concatenate(sizes), dtype=np.int64))


def _prints(words: Words, starts: npt.NDArray[np.int64]) -> Prints:
    lengths = np.diff(starts)
    owner = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    run = SHINGLE + WINDOW - 1
    keys = [np.zeros(0, np.uint64)]
    if len(words) >= run:
        hashes = shingles(words, SHINGLE)
        smallest = hashes[: len(hashes) - WINDOW + 1].copy()
        for place in range(1, WINDOW):
            np.minimum(smallest, hashes[place : place + len(smallest)], out=smallest)
        inside = owner[: len(smallest)] == owner[run - 1 :]  # a run across two texts is of neither
        keys.append(_key(owner[: len(smallest)][inside], smallest[inside]))
    for short in np.flatnonzero((lengths < run) & (lengths > 0)).tolist():
        smallest = shingles(words[starts[short] : starts[short + 1]], SHINGLE).min(keepdims=True)
        keys.append(_key(np.array([short], np.uint64), smallest))
    found = distinct(np.concatenate(keys))
    cuts = np.searchsorted(found, np.arange(len(lengths) + 1, dtype=np.uint64) << np.uint64(32))
    return Prints(found.astype(np.uint32), cuts.astype(np.int64))


def _key(owner: npt.NDArray[np.uint64], hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    # The smallest hashes are all near 0: their high bits say little.
    return owner << np.uint64(32) | hashes & np.uint64(0xFFFFFFFF)
