"""Words in another alphabet, by the rules that people write them with."""

from __future__ import annotations

import re

__all__ = ["belarusian_in_latin", "crimean_tatar_in_cyrillic", "ukrainian_in_latin"]

_UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'"
# The national rules of 2010, the older ones of passports, the scholarly ones, and those of chats.
_WAYS = (
    "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch - iu ia -",
    "a b v g g d e ye zh z y i yi y k l m n o p r s t u f h c ch sh sch ' yu ya '",
    "a b v h g d e je ž z y i ji j k l m n o p r s t u f x c č š šč ' ju ja '",
    "a b v h g d e je zh z y i ji j k l m n o p r s t u f x ts ch sh shch - ju ja -",
)
_TABLES = [dict(zip(_UKRAINIAN, way.replace("-", "\0").split(), strict=True)) for way in _WAYS]

_BELARUSIAN = dict(
    zip(
        "абвгґдежзійклмнопрстуўфхцчшыэ",
        [
            "a",
            "b",
            "v",
            "h",
            "g",
            "d",
            "e",
            "ž",
            "z",
            "i",
            "j",
            "k",
            "ł",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "ŭ",
            "f",
            "ch",
            "c",
            "č",
            "š",
            "y",
            "e",
        ],
        strict=True,
    )
)
_SOFT = {"с": "ś", "з": "ź", "ц": "ć", "н": "ń", "л": "l", "дз": "dź"}
_IOTATED = {"е": "e", "ё": "o", "ю": "u", "я": "a"}

_CRIMEAN = dict(
    zip(
        "abcçdefgğhıijklmnñopqrsştuvyzöüâ",
        [
            "а",
            "б",
            "дж",
            "ч",
            "д",
            "е",
            "ф",
            "г",
            "гъ",
            "х",
            "ы",
            "и",
            "ж",
            "к",
            "л",
            "м",
            "н",
            "нъ",
            "о",
            "п",
            "къ",
            "р",
            "с",
            "ш",
            "т",
            "у",
            "в",
            "й",
            "з",
            "о",
            "у",
            "я",
        ],
        strict=True,
    )
)
_CRIMEAN_IOTATED = {"ya": "я", "ye": "е", "yu": "ю", "yü": "ю", "yo": "ё", "yö": "ё"}


def ukrainian_in_latin(word: str) -> list[str]:
    """A Ukrainian word in Latin letters, by each way of writing it."""
    return ["".join(table.get(c, "") for c in word).replace("\0", "") for table in _TABLES]


def belarusian_in_latin(word: str) -> str:
    """A Belarusian word in the Latin alphabet of Belarusian."""
    letters: list[str] = []
    for i, c in enumerate(word):
        before = word[i - 1] if i else ""
        if c == "ь":
            if letters:
                letters[-1] = _SOFT.get(before, letters[-1])
        elif c in _IOTATED:
            hard = not before or before in "аеёіоуўыэюяь'"
            letters.append(("j" if hard else "" if before == "л" else "i") + _IOTATED[c])
            if before == "л":
                letters[-2] = "l"
        elif c != "'":
            if c == "і" and before == "л":
                letters[-1] = "l"
            letters.append(_BELARUSIAN.get(c, ""))
    return "".join(letters)


def crimean_tatar_in_cyrillic(word: str) -> str:
    """A Crimean Tatar word, in Latin letters, in Cyrillic ones."""
    word = re.sub("y[aeuüoö]", lambda match: _CRIMEAN_IOTATED[match[0]], word)
    if word.startswith("e"):
        word = "э" + word[1:]
    word = re.sub("(?<=[bcçdfgğhjklmnñpqrsştvyz])ü", "ю", word, count=1)
    return "".join(_CRIMEAN.get(c, c) for c in word)
