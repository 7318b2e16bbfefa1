"""Elimination by alphabet: Cyrillic languages that neither the tables here nor langdetect's profiles have.

Letters are certain where words are not: ҷ and ӯ are Tajik, whatever the words around them look like.
"""

from __future__ import annotations

import re

__all__ = ["by_alphabet"]

# The letters of each that Ukrainian, Russian, Belarusian and Bulgarian lack. ў is shared with Belarusian.
_SPECIAL = {
    "kk": "әғқңөұүһ",
    "ky": "ңөү",
    "mn": "өү",
    "tt": "әҗңөүһ",
    "ba": "әғҙҡңөҫүһ",
    "tg": "ғӣқӯҳҷ",
    "uz": "ғқҳ",
    "cv": "ӑӗҫӳ",
}
_LETTERS = "".join(sorted(set("".join(_SPECIAL.values()))))
_ANY = re.compile(f"[{_LETTERS}{_LETTERS.upper()}]")
_ENOUGH = 2
_SHARE = 0.02  # of all characters; a quoted name in a Ukrainian text stays far below


def by_alphabet(text: str, likely: str) -> str:
    """Name the language of a Cyrillic text by the letters that only some languages have; `likely` where they are few.

    Of the languages whose alphabet holds all of them, `likely` is taken if it is one, else that whose own letters are
    seen most fully.
    """
    if _ANY.search(text) is None:
        return likely
    seen = _ANY.findall(text.lower())
    if len(seen) < _ENOUGH or len(seen) < _SHARE * len(text):
        return likely
    letters = set(seen)
    fitting = [name for name, special in _SPECIAL.items() if letters <= set(special)]
    if not fitting or likely in fitting:
        return likely
    return max(fitting, key=lambda name: len(letters) / len(_SPECIAL[name]))
