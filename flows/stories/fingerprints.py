"""Fingerprints by which candidates are found: winnowing (Schleimer, Wilkerson and Aiken 2003).

Of every `WINDOW` shingles in a row the smallest hash is kept. So any run of `WINDOW + SHINGLE - 1` words that two texts
share gives both a fingerprint in common, wherever it stands and however long the rest of each is. MinHash, which keeps
so many hashes for a whole text, finds similar texts but misses an excerpt in a longer one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flows.stories.words import shingles

if TYPE_CHECKING:
    from flows.stories.words import Words

Fingerprints = npt.NDArray[np.uint32]

SHINGLE = 4
WINDOW = 9


def fingerprints(words: Words) -> Fingerprints:
    """The fingerprints of a text, sorted, each once. 32 bits are enough: candidates are verified."""
    hashes = shingles(words, SHINGLE)
    if len(hashes) > WINDOW:
        hashes = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW).min(axis=1)
    elif len(hashes):
        hashes = hashes.min(keepdims=True)
    # The smallest hashes are all near 0: their high bits say little.
    return np.unique(hashes.astype(np.uint32))
