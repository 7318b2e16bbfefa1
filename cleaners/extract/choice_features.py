"""What the blocks of a page are to those that trafilatura and the rules chose, as arrays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement

from cleaners.extract.features import MAX_DISTANCE
from cleaners.extract.page_layout import LEVELS, Array, PageLayout, flags, gaps, sums
from cleaners.extract.subject import SHARED_FEATURES, shared_columns
from cleaners.extract.surroundings import common_columns
from cleaners.read.blocks import Blocks

__all__ = ["CHOICE_FEATURES", "Choice", "choice_rows"]

CHOICE_FEATURES = (
    *("found", "chosen", "from_found", "until_found", "since_prose", "until_prose"),
    *(f"found_{n}" for n in range(LEVELS)),
    *("common_above", "common_below", "common_words", "common_found"),
    *("alike_found", "page_found", "page_found_words"),
    *SHARED_FEATURES,
)
"""The columns of `choice_rows`. "found" is trafilatura's choice, "chosen" that choice after the rules."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen before the blocks are classified.

    `found` are the indices that trafilatura chose, `chosen` those after the rules; `container` is the element around
    the chosen ones.
    """

    found: Collection[int] = frozenset()
    chosen: Collection[int] = frozenset()
    container: HtmlElement | None = None


def choice_rows(blocks: Blocks, layout: PageLayout, choice: Choice) -> Array:
    """The features of every block, shape (blocks, features), in the order of `CHOICE_FEATURES`. Linear in the page."""
    n = len(blocks)
    count = layout.words
    indices = np.arange(n)
    found, chosen = flags(n, choice.found), flags(n, choice.chosen)
    is_found_prose = (found > 0) & layout.is_prose
    total = count.sum() or 1.0
    word_sums, found_sums = sums(count), sums(count * found)
    at_found = np.flatnonzero(found)
    first, last = (at_found[0], at_found[-1]) if len(at_found) else (0, n - 1)
    columns = [
        *(found, chosen),
        *(np.clip(indices - first, -300, 300), np.clip(last - indices, -300, 300)),
        *gaps(word_sums, is_found_prose, MAX_DISTANCE, MAX_DISTANCE),
    ]
    for level in range(LEVELS):
        element = layout.up[:, level]
        start, stop = layout.start[element], layout.stop[element]
        columns.append((found_sums[stop] - found_sums[start]) / np.maximum(word_sums[stop] - word_sums[start], 1))
    columns += common_columns(blocks, choice.container, word_sums / total, found_sums / max(found_sums[-1], 1))
    columns.append(layout.mean_of_alike(found))
    columns += [np.full(n, float(value)) for value in (found_sums[-1] / total, found_sums[-1])]
    return np.column_stack([*columns, *shared_columns(blocks, layout, is_found_prose)])
