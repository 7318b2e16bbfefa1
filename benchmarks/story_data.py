"""Texts by the day, without end, made from the texts of the gold by other words: for what many documents cost.

`dense`: the 600 base texts over and over, each with other words for four in ten: a day's texts share a run of words
with ever more of the past, all over the window. One in ten is a light edit of the one before it.

`news`: as news come. The same, but the words of each day are the day's own, so that a text has strangers like it on its
own day alone; one in ten is a light edit of the one before it, and one in twenty of one of an earlier day, mostly of
the day before. Each text holds one of 100,000 set phrases, by Zipf's law: so 1.2 % of all pairs of strangers share a
fingerprint, as do 0.6 to 1.6 % in the folders of news in the gold, language by language.
"""

from __future__ import annotations

import random
from functools import cache

import numpy as np

from benchmarks.story_gold import base_texts

_PHRASES = 100_000
_PHRASE_WORDS = 12
_LONGEST_LAG = 7
_KEPT = 500
"""Texts of a day of which later ones may be an edit."""


@cache
def _bases() -> tuple[np.ndarray, list[np.ndarray]]:
    """All words of the base texts, and each text as numbers of them."""
    bases = [" ".join(parts).split() for _, parts in base_texts(600)]
    vocabulary = sorted({word for base in bases for word in base})
    number = {word: n for n, word in enumerate(vocabulary)}
    return np.array(vocabulary, object), [np.array([number[word] for word in base]) for base in bases]


class Texts:
    """Days of texts, one after the other."""

    def __init__(self, *, dense: bool) -> None:
        self.dense = dense
        self._vocabulary, self._bases = _bases()
        self._kept: dict[int, list[np.ndarray]] = {}
        if not dense:
            draw = np.random.default_rng(0)
            self._phrases = draw.integers(0, len(self._vocabulary), (_PHRASES, _PHRASE_WORDS))
            weights = 1 / np.arange(1, _PHRASES + 1)
            self._zipf = np.cumsum(weights / weights.sum())

    def day(self, number: int, count: int) -> list[str]:
        """The texts of a day; those before it come first."""
        draw, pick = np.random.default_rng(number), random.Random(number)
        words_of_day = np.random.default_rng(number).permutation(len(self._vocabulary))
        made: list[np.ndarray] = []
        before = self._bases[0]
        for n in range(count):
            earlier = [] if self.dense or n % 20 != 4 else self._earlier(number, pick)
            if n % 10 == 9:
                before = self._edit(before, 0.05, draw)
            elif earlier:
                before = self._edit(pick.choice(earlier), 0.05, draw)
            else:
                base = self._bases[pick.randrange(len(self._bases))]
                before = self._edit(base if self.dense else words_of_day[base], 0.4, draw)
                before = before if self.dense else self._with_phrase(before, draw)
            made.append(before)
        self._kept = {day: of for day, of in self._kept.items() if day > number - _LONGEST_LAG}
        self._kept[number] = made[:: max(1, count // _KEPT)]
        return [" ".join(self._vocabulary[each].tolist()) for each in made]

    def _earlier(self, number: int, pick: random.Random) -> list[np.ndarray]:
        """Texts of an earlier day: of the one before in half of the cases, of the one before that in a quarter."""
        return self._kept.get(number - 1 - int(-np.log2(1 - pick.random())), [])

    def _edit(self, text: np.ndarray, share: float, draw: np.random.Generator) -> np.ndarray:
        other = draw.integers(0, len(self._vocabulary), len(text))
        return np.where(draw.random(len(text)) < share, other, text)

    def _with_phrase(self, text: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        phrase = self._phrases[min(int(np.searchsorted(self._zipf, draw.random())), _PHRASES - 1)]
        return np.insert(text, int(draw.integers(0, len(text))), phrase)
