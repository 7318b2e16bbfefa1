"""Whether two texts tell one story: how much of the words they share, and whether they say the same of the same.

Texts of one template (weather, exchange rates, air-raid notes, match reports) share most of their words, too. What
tells them apart are the facts: numbers and names that stand between the same words and differ. Everything here depends
on the two texts alone, so that no other document, and no order of documents, changes the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flows.stories.words import NUMBER, kinds, mix, shingles

if TYPE_CHECKING:
    from flows.stories.words import Hashes, Words

SHINGLE = 3
"""Words a shingle: a changed word costs three of them, not five."""
LEAST_WORDS = 8
"""Shorter texts are only ever the same text."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The slots of a text: for each name and number, what stands around it, and what it is; sorted by `both`."""

    context: Hashes
    value: Hashes
    number: np.ndarray[tuple[int], np.dtype[np.bool_]]
    both: Hashes


@dataclass(frozen=True, slots=True)
class Text:
    """What of a text is compared."""

    words: int
    shingles: Hashes
    facts: Facts


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts: `similarity` (Jaccard) and `containment` (of the shorter) of their shingles, and their facts.

    Numbers and names count as agreed where they stand between the same words in both, as conflicting where others do.
    """

    similarity: float
    containment: float
    agreed_numbers: int
    other_numbers: int
    agreed_names: int
    other_names: int


def to_text(words: Words) -> Text:
    """Prepare a text for comparing."""
    return Text(len(words), np.unique(shingles(words, SHINGLE)), _facts(words))


def compare(a: Text, b: Text) -> Comparison:
    """Compare two texts; the order of the two does not matter."""
    common = len(np.intersect1d(a.shingles, b.shingles, assume_unique=True))
    fewer = min(len(a.shingles), len(b.shingles))
    either = len(a.shingles) + len(b.shingles) - common
    counts = _compare_facts(a.facts, b.facts) if common else (0, 0, 0, 0)
    return Comparison(common / either if either else 1.0, common / fewer if fewer else 1.0, *counts)


def _facts(words: Words) -> Facts:
    kind = kinds(words)
    # Names, or numbers, in a row are one: "1 000" and "1000", a name and a surname.
    begins = np.ones(len(words), bool)
    begins[1:] = (kind[1:] == 0) | (kind[1:] != kind[:-1])
    starts = np.flatnonzero(begins)
    if not len(starts):
        none = np.zeros(0, np.uint64)
        return Facts(none, none, np.zeros(0, bool), none)
    kind = kind[starts]
    hashed = mix(words >> np.uint32(2))
    value = np.add.reduceat(hashed, starts)
    symbol = np.where(kind == 0, value, kind.astype(np.uint64))
    padded = np.concatenate([np.zeros(2, np.uint64), symbol, np.zeros(2, np.uint64)])
    at = np.flatnonzero(kind)
    context = kind[at].astype(np.uint64)
    for place in (0, 1, 3, 4):
        context = mix(context * np.uint64(31) + padded[at + place])
    both = mix(context ^ mix(value[at]))
    both, first = np.unique(both, return_index=True)
    return Facts(context[first], value[at][first], kind[at][first] == NUMBER, both)


def _compare_facts(a: Facts, b: Facts) -> tuple[int, int, int, int]:
    in_b, in_a = np.isin(a.both, b.both), np.isin(b.both, a.both)
    other_a = ~in_b & np.isin(a.context, b.context)
    other_b = ~in_a & np.isin(b.context, a.context)
    counts = []
    for wanted_a, wanted_b in ((a.number, b.number), (~a.number, ~b.number)):
        agreed = len(np.unique(a.value[in_b & wanted_a]))
        # A name that is written otherwise throughout is one conflict, not one for each place.
        other = min(len(np.unique(a.value[other_a & wanted_a])), len(np.unique(b.value[other_b & wanted_b])))
        counts += [agreed, other]
    return counts[0], counts[1], counts[2], counts[3]
