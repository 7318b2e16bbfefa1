"""What a word costs in each language: counted words first, spelling for the others, and the rule for foreign scripts.

A cost is -log P above that of the best language, in steps of 1/12 nat and at most `WORST`: one odd name never outvotes
a sentence. All states of both scripts stand in one packed integer, Cyrillic first, then Latin, then `OTHER`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleaners.languages.table import FIELD, STEPS_PER_NAT, PackedTable, load
from cleaners.languages.words import WORD, Script, plain, script_of

__all__ = ["CYRILLIC", "FOCUS", "LATIN", "OTHER", "STATES", "WORST", "Word", "costs_of", "weigh", "weighed", "words_of"]

CYRILLIC = ("uk", "ru", "be", "bg", "mk", "sr", "kk", "ky")
LATIN = (
    "en", "pl", "de", "nl", "sv", "fr", "es", "pt", "it", "ro", "cs", "sk", "hr", "hu", "lt", "tr", "fi", "id", "und",
)  # fmt: skip
OTHER = "other"
STATES = (*CYRILLIC, *LATIN, OTHER)
"""Every language or group of languages that the model tells apart; `OTHER` is any other script."""

FOCUS = ("uk", "en", "ru", "be", "pl", "bg")
"""The languages that are told apart by our own means; the others are named by langdetect."""

WORST = 9 * STEPS_PER_NAT
_WORST_SPELT = 7 * STEPS_PER_NAT  # spelling is weaker evidence than a word that is known
_WORST_NAME = 6 * STEPS_PER_NAT  # and the spelling of names hardly any: they come from everywhere
_FIELD_OF_UND = FIELD * LATIN.index("und")
_MASK = (1 << FIELD) - 1
_ONES = {
    "Cyrl": sum(1 << (FIELD * i) for i in range(len(CYRILLIC))),
    "Latn": sum(1 << (FIELD * i) for i in range(len(CYRILLIC), len(CYRILLIC) + len(LATIN))),
    "Zzzz": 1 << (FIELD * (len(STATES) - 1)),
}
_SHIFT = {"Cyrl": 0, "Latn": FIELD * len(CYRILLIC)}
_CHUNK = 256  # sums of so many words at most WORST each stay inside a field
_LONGEST = 40  # letters of a word that are looked at
_CACHED = 60_000


class Word(NamedTuple):
    """What is known of one written word: its script, letters, packed costs in all states; `name`: it may be one."""

    script: Script
    letters: int
    costs: int
    name: bool


_ROMAN = re.compile("[IVX]{2,5}")
"""A Roman numeral stands in every language."""

_cache: dict[str, Word] = {}


def words_of(text: str) -> list[Word]:
    """Weigh the words of `text`, in order."""
    found = WORD.findall(text)
    words = [_cache.get(token) for token in found]
    if None in words:
        return [word or weigh(token) for word, token in zip(words, found, strict=True)]
    return words  # type: ignore[return-value]  # no None is in it


def weigh(token: str) -> Word:
    """Weigh one word as it is written. What was weighed is remembered; that changes no answer."""
    known = _cache.get(token)
    if known is not None:
        return known
    form = plain(token[: 2 * _LONGEST])[:_LONGEST]
    script = script_of(form[0]) if form else "Zzzz"
    if _ROMAN.fullmatch(token):
        word = Word("Zyyy", len(token), 0, True)
    elif script == "Zzzz":
        foreign = _ONES["Cyrl"] + _ONES["Latn"]
        word = Word(script, len(token), foreign * 2 * STEPS_PER_NAT, False)
    else:
        table = load(script)
        own = table.words.get(form)
        listed = own is not None
        name = not token.islower()
        worst = WORST if own is not None else _WORST_NAME if name else _WORST_SPELT
        costs = _capped(_spell(form, table) if own is None else own, len(table.states), worst)
        if name and script == "Latn":
            costs = _no_transliteration(costs)
        away = _ONES["Cyrl" if script == "Latn" else "Latn"] * _foreign(token, form, script, listed)
        rest = away + _ONES["Zzzz"] * 2 * STEPS_PER_NAT
        word = Word(script, len(form), (costs << _SHIFT[script]) + rest, name)
    if len(_cache) >= _CACHED:
        _cache.clear()
    _cache[token] = word
    return word


def _foreign(token: str, form: str, script: Script, listed: bool) -> int:
    """Say what a word costs in languages of the other script.

    A brand or a name in Latin letters is at home in any Ukrainian sentence; a running word such as "which" speaks for a
    quotation. Cyrillic in a Latin text is never a brand.
    """
    if script == "Cyrl":
        return 8 * STEPS_PER_NAT if token[0].islower() else 3 * STEPS_PER_NAT
    if not token.islower() or len(form) < 2:
        return 0
    if listed:
        return 4 * STEPS_PER_NAT
    return 3 * STEPS_PER_NAT if len(form) > 3 else STEPS_PER_NAT


def _spell(form: str, table: PackedTable) -> int:
    """The cost of a word that is in no list: letter by letter, by the longest sequence that the table holds."""
    get = table.grams.get
    marked = f"^{form}$"
    cost = table.unlisted
    for end in range(2, len(marked) + 1):
        for start in range(max(0, end - 5), end):
            found = get(marked[start:end])
            if found is not None:
                cost += found
                break
    return cost


def _no_transliteration(costs: int) -> int:
    """Names are no evidence of Ukrainian in Latin letters: "Olena Kovalenko" is at home in any English text."""
    first, last = costs & _MASK, _FIELD_OF_UND
    return costs if (costs >> last) & _MASK >= first else costs + ((first - ((costs >> last) & _MASK)) << last)


def _capped(packed: int, width: int, worst: int) -> int:
    """Packed costs above the least of them, none above `worst`."""
    costs = [(packed >> shift) & _MASK for shift in range(0, FIELD * width, FIELD)]
    least = min(costs)
    result = 0
    for cost in reversed(costs):
        result = (result << FIELD) | min(cost - least, worst)
    return result


def weighed(words: Sequence[Word]) -> list[int] | None:
    """Sum the costs of words by state; None without words. A script that does not stand there is out."""
    scripts = {word.script for word in words}
    if not scripts - {"Zyyy"}:
        return None
    sums = [0] * len(STATES)
    for at in range(0, len(words), _CHUNK):
        packed = sum([word.costs for word in words[at : at + _CHUNK]])
        sums = [a + ((packed >> shift) & _MASK) for a, shift in zip(sums, _SHIFTS, strict=True)]
    for script, states in _PLACES.items():
        if script not in scripts:
            for state in states:
                sums[state] += _BARRED
    return sums


_PLACES = {
    "Cyrl": range(len(CYRILLIC)),
    "Latn": range(len(CYRILLIC), len(CYRILLIC) + len(LATIN)),
    "Zzzz": range(len(CYRILLIC) + len(LATIN), len(STATES)),
}
_BARRED = 10_000
_SHIFTS = tuple(range(0, FIELD * len(STATES), FIELD))


def costs_of(word: Word, states: Sequence[int]) -> list[int]:
    """The costs of one word in the given states (places in `STATES`)."""
    return [(word.costs >> (FIELD * state)) & _MASK for state in states]
