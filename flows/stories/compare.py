"""Whether two texts tell one story: how much of the words they share, and whether they say the same of the same.

Texts of one template (weather, exchange rates, air-raid notes, match reports) share most of their words, too. What
tells them apart are the facts: numbers and names that stand between the same words and differ. Everything here depends
on the two texts alone, so that no other document, and no order of documents, changes the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cleaners.vocabulary import words as vocabulary
from flows.stories.day import EDITED, EXCERPT, EXTENDED
from flows.stories.words import NUMBER, SHORT, distinct, kinds, mix, shingles, sounds, word_number

if TYPE_CHECKING:
    from flows.stories.words import Hashes, Words

SHINGLE = 3
"""Words a shingle: a changed word costs three of them, not five."""
LEAST_WORDS = 8
"""Shorter texts are only ever the same text."""
LEAST_CONTAINMENT = 0.5
LEAST_SIMILARITY = 0.6
LEAST_EXCERPT = 25
"""Words of an excerpt at least."""
LEAST_PART = 0.15
"""An excerpt is at least so much of the longer text: a digest of many stories is none of them."""
MOST_OTHER = 0.3
"""More of the numbers, or names, that stand between the same words differ: two texts of one template."""
MANY_AGREED = 4
"""So many names that agree let one number be an update, and, where no number differs, other names other spellings."""
MOST_SPELT = 0.5
"""Of the names then: one that is spelt otherwise throughout, as in translations, looks like another name."""


Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Facts:
    """The slots of a text: for each name and number, what stands around it, what it is, and how it sounds."""

    context: Hashes
    value: Hashes
    both: Hashes
    sound: Hashes
    number: Mask
    date: Mask


@dataclass(frozen=True)
class Text:
    """What of a text is compared: its shingles, and its facts, which most comparisons do without."""

    in_order: Words

    @property
    def words(self) -> int:
        """How many."""
        return len(self.in_order)

    @cached_property
    def shingles(self) -> Hashes:
        """Its runs of words, sorted, each once."""
        return distinct(shingles(self.in_order, SHINGLE))

    @cached_property
    def facts(self) -> Facts:
        """Its names and numbers."""
        return _facts(self.in_order)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts: `similarity` (Jaccard) and `containment` (of the shorter) of their shingles, and their facts.

    Numbers and names count as agreed where they stand between the same words in both, as conflicting where others do.
    They are not looked at where the containment is below the least.
    """

    similarity: float
    containment: float
    agreed_numbers: int
    other_numbers: int
    agreed_names: int
    other_names: int
    agreed_dates: int
    other_dates: int


def compare(a: Text, b: Text) -> Comparison:
    """Compare two texts; the order of the two does not matter."""
    common = len(np.intersect1d(a.shingles, b.shingles, assume_unique=True))
    fewer = min(len(a.shingles), len(b.shingles))
    either = len(a.shingles) + len(b.shingles) - common
    containment = common / fewer if fewer else 1.0
    counts = _compare_facts(a.facts, b.facts) if common and containment >= LEAST_CONTAINMENT else (0,) * 6
    return Comparison(common / either if either else 1.0, containment, *counts)


def _facts(words: Words) -> Facts:
    kind = kinds(words)
    # Names, or numbers, in a row are one: "1 000" and "1000", a name and a surname.
    begins = np.ones(len(words), bool)
    begins[1:] = (kind[1:] == 0) | (kind[1:] != kind[:-1])
    starts = np.flatnonzero(begins)
    kind = kind[starts]
    hashed = mix(words >> np.uint32(2))
    value = np.add.reduceat(hashed, starts) if len(starts) else hashed
    sound = np.add.reduceat(mix(sounds(words)), starts) if len(starts) else hashed
    symbol = np.where(kind == 0, value, kind.astype(np.uint64))
    padded = np.concatenate([np.zeros(2, np.uint64), symbol, np.zeros(2, np.uint64)])
    at = np.flatnonzero(kind)
    context = kind[at].astype(np.uint64)
    for place in (0, 1, 3, 4):
        context = mix(context * np.uint64(31) + padded[at + place])
    number = kind[at] == NUMBER
    date = number & np.isin(padded[at + 3], _months())
    both, first = np.unique(mix(context ^ mix(value[at])), return_index=True)
    return Facts(
        context[first],
        value[at][first],
        both,
        np.where(number, np.uint64(0), mix(context + mix(sound[at])))[first],
        number[first],
        date[first],
    )


@cache
def _months() -> Hashes:
    names = {name for month in _MONTHS for name in vocabulary(f"month.{month}")}
    return mix(np.array(sorted(map(word_number, names)), np.uint32))


_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def _compare_facts(a: Facts, b: Facts) -> tuple[int, ...]:
    in_b, in_a = _met(a, b), _met(b, a)
    other_a = ~in_b & _is_in(a.context, b.context)
    other_b = ~in_a & _is_in(b.context, a.context)
    counts = []
    for wanted_a, wanted_b in ((a.number, b.number), (~a.number, ~b.number), (a.date, b.date)):
        agreed = len(distinct(a.value[in_b & wanted_a]))
        # A name that is written otherwise throughout is one conflict, not one for each place.
        other = min(len(distinct(a.value[other_a & wanted_a])), len(distinct(b.value[other_b & wanted_b])))
        counts += [agreed, other]
    return tuple(counts)


def _met(a: Facts, b: Facts) -> Mask:
    """Which facts of a text stand in another between the same words; a name also in another spelling."""
    met: Mask = _is_in(a.both, b.both) | ~a.number & _is_in(a.sound, b.sound)
    return met


def _is_in(values: Hashes, among: Hashes) -> Mask:
    """Which of the values are among others: as np.isin, which takes ten times as long for so few."""
    rising = np.append(np.sort(among), np.uint64(0))  # a place for what is greater than all
    at = np.searchsorted(rising[:-1], values)
    there: Mask = (rising[at] == values) & (at < len(among))
    return there


def kind_of(representative: Text, text: Text, compared: Comparison) -> int | None:
    """In which way a text tells the story of a representative; None: it tells another."""
    if min(representative.words, text.words) < LEAST_WORDS or compared.containment < LEAST_CONTAINMENT:
        return None
    if _is_template(compared, min(representative.words, text.words) < SHORT):
        return None
    if compared.similarity >= LEAST_SIMILARITY:
        return EDITED
    shorter, longer = sorted((representative.words, text.words))
    if shorter < LEAST_EXCERPT or shorter < LEAST_PART * longer:
        return None
    return EXCERPT if text.words <= representative.words else EXTENDED


def _is_template(compared: Comparison, short: bool) -> bool:
    """Whether the texts say other things of the same: too many of the facts that stand in both differ, or the date."""
    if compared.other_dates and not compared.agreed_dates:
        return True
    if short and compared.other_names:  # of whom it tells is all that a short note says
        return True
    spelt = compared.agreed_names >= MANY_AGREED and not compared.other_numbers
    most = MOST_SPELT if spelt else MOST_OTHER
    if compared.other_names > most * (compared.agreed_names + compared.other_names):
        return True
    if compared.other_numbers == 1 and compared.agreed_names >= MANY_AGREED:
        return False
    return compared.other_numbers > MOST_OTHER * (compared.agreed_numbers + compared.other_numbers)
