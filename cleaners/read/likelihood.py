"""How likely letters are to be Ukrainian or Russian text, and not such text read in a wrong encoding."""

from __future__ import annotations

import re

__all__ = ["MIN_LEAD", "MIN_LIKELIHOOD", "likelihood"]

MIN_LIKELIHOOD = 0.65
"""Score from which letters are Cyrillic text: sentences have 0.8 to 0.9, Greek read as Cyrillic 0.6."""

MIN_LEAD = 0.15
"""By how much another reading must score above the present one to take its place."""

_COMMON = "оаніитевсрклмдупязьбгчйхжцшюыєїщфэёґъ"
"""Letters of Ukrainian and Russian, the most frequent first."""
_WEIGHT = {c: 1.2 - 1.2 * i / len(_COMMON) for i, c in enumerate(_COMMON)}
_WEIGHT |= {c.upper(): w * 0.8 for c, w in _WEIGHT.items()} | dict.fromkeys("«»—–“”„’‘…№•©° \xad", 0.3)

_TURNED = re.compile("[а-яіїєґ][А-ЯІЇЄҐ]")
"""A capital after a small letter: KOI8 read as another encoding, or another as KOI8, swaps the cases."""


def likelihood(text: str) -> float:
    """The score of a text of characters beyond ASCII, with spaces between them: at most 1.2, the better the higher."""
    letters = text.replace(" ", "")
    turned = len(_TURNED.findall(text))
    return (sum(_WEIGHT.get(c, -1.0) for c in letters) - turned) / len(letters) if letters else 0.0
