"""What a word costs in each language: counted words first, spelling for the others, and the rule for foreign scripts.

A cost is -log P above that of the best language, in steps of 1/12 nat and at most `WORST`: one odd name never outvotes
a sentence. All states of both scripts stand in one packed integer, Cyrillic first, then Latin, then `OTHER`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import nsmallest
from operator import add
from struct import Struct
from typing import NamedTuple

from cleaners.languages.table import FIELD, STEPS_PER_NAT, PackedTable, load
from cleaners.languages.words import WORD, Script, plain, script_of

__all__ = [
    "CHUNK",
    "CYRILLIC",
    "FOCUS",
    "LATIN",
    "OTHER",
    "STATES",
    "WORST",
    "Word",
    "clear",
    "spelt",
    "unpacked",
    "weighed",
    "words_of",
]

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
_UND = LATIN.index("und")
_FIELDS = {"Cyrl": Struct(f"<{len(CYRILLIC)}H"), "Latn": Struct(f"<{len(LATIN)}H")}
# Beside the costs: how many words are Cyrillic, Latin, of another script, and how many letters they all have.
_ALL_FIELDS = len(STATES) + 4
_ALL = Struct(f"<{_ALL_FIELDS}H")
_COUNTS = {
    "Cyrl": 1 << (FIELD * len(STATES)),
    "Latn": 1 << (FIELD * (len(STATES) + 1)),
    "Zzzz": 1 << (FIELD * (len(STATES) + 2)),
}
_LETTERS = FIELD * (len(STATES) + 3)
_ONES = {
    "Cyrl": sum(1 << (FIELD * i) for i in range(len(CYRILLIC))),
    "Latn": sum(1 << (FIELD * i) for i in range(len(CYRILLIC), len(CYRILLIC) + len(LATIN))),
    "Zzzz": 1 << (FIELD * (len(STATES) - 1)),
}
_ELSEWHERE = {script: 2 * STEPS_PER_NAT * _ONES["Zzzz"] + _COUNTS[script] for script in ("Cyrl", "Latn")}
_MOST_LETTERS = 255  # so that the sum of CHUNK words stays inside a field
_SHIFT = {"Cyrl": 0, "Latn": FIELD * len(CYRILLIC)}
CHUNK = 256  # sums of so many words at most WORST each stay inside a field
_LONGEST = 40  # letters of a word that are looked at
_CACHED = 60_000


class Word(NamedTuple):
    """What is known of one written word: its plain form, script, letters, and packed costs in all states.

    `name` says that it may be one; `known` that its own script has its say in the costs: it is in a list, or was spelt.
    """

    token: str
    form: str
    script: Script
    letters: int
    costs: int
    name: bool
    known: bool


_ROMAN = re.compile("[IVX]{2,5}")
"""A Roman numeral stands in every language."""


class Sum(NamedTuple):
    """What words cost together, by state, and how many letters they have."""

    costs: list[int]
    letters: int


_cache: dict[str, Word] = {}
_spelt: dict[str, Word] = {}


def words_of(text: str) -> list[Word]:
    """Weigh the words of `text`, in order."""
    found = WORD.findall(text)
    try:
        return [_cache[token] for token in found]
    except KeyError:
        return [_cache.get(token) or weigh(token) for token in found]


def spelt(words: Sequence[Word]) -> list[Word]:
    """Weigh the words that are in no list by their spelling, too."""
    return [word if word.known else _spelt.get(word.token) or _weigh_spelling(word) for word in words]


def weigh(token: str) -> Word:
    """Weigh one word as it is written, if it is in a list. What was weighed is remembered; that changes no answer."""
    form = plain(token[: 2 * _LONGEST])[:_LONGEST]
    script = script_of(form[0]) if form else "Zzzz"
    name = not token.islower()
    if _ROMAN.fullmatch(token):
        word = Word(token, form, "Zyyy", len(token), len(token) << _LETTERS, True, True)
    elif script == "Zzzz":
        letters = min(len(token), _MOST_LETTERS)
        foreign = (_ONES["Cyrl"] + _ONES["Latn"]) * 2 * STEPS_PER_NAT
        word = Word(token, form, script, letters, foreign + _COUNTS[script] + (letters << _LETTERS), False, True)
    else:
        own = load(script).words.get(form)
        if own is not None and name and script == "Latn":
            own = _above_least(own, script, WORST, name)
        costs = 0 if own is None else own << _SHIFT[script]
        rest = _elsewhere(token, form, script, own is not None)
        word = Word(token, form, script, len(form), costs + rest, name, own is not None)
    return _remember(_cache, word)


def _weigh_spelling(word: Word) -> Word:
    worst = _WORST_NAME if word.name else _WORST_SPELT
    costs = _above_least(_spell(word.form, load(word.script)), word.script, worst, word.name)
    return _remember(_spelt, word._replace(costs=word.costs + (costs << _SHIFT[word.script]), known=True))


def _remember(cache: dict[str, Word], word: Word) -> Word:
    if len(cache) >= _CACHED:
        cache.clear()
    cache[word.token] = word
    return word


def _elsewhere(token: str, form: str, script: Script, listed: bool) -> int:
    """What a word costs in all states of other scripts, and its counts, packed."""
    away = _ONES["Cyrl" if script == "Latn" else "Latn"] * _foreign(token, form, script, listed)
    return away + _ELSEWHERE[script] + (len(form) << _LETTERS)


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
    grams = table.grams
    marked = f"^{form}$"
    cost = table.unlisted
    size = 1
    for end in range(2, len(marked) + 1):
        # With a sequence, the table holds its beginnings: nothing longer than one more than the last can be there.
        start = end - size - 1 if size < 4 else end - 5
        while start < end:
            found = grams.get(marked[start:end])
            if found is not None:
                cost += found
                break
            start += 1
        size = end - start
    return cost


def _above_least(packed: int, script: Script, worst: int, name: bool) -> int:
    """Packed costs above the least of them, none above `worst`.

    Names are no evidence of Ukrainian in Latin letters: "Olena Kovalenko" is at home in any English text.
    """
    fields = _FIELDS[script]
    costs = fields.unpack(packed.to_bytes(fields.size, "little"))
    least = min(costs)
    capped = [cost - least if cost - least < worst else worst for cost in costs]
    if name and script == "Latn" and capped[_UND] < capped[0]:
        capped[_UND] = capped[0]
    return int.from_bytes(fields.pack(*capped), "little")


def weighed(words: Sequence[Word]) -> Sum | None:
    """Sum words; None where none has a language. A script that does not stand there is out of the question."""
    sums = [0] * _ALL_FIELDS
    for at in range(0, len(words), CHUNK):
        part = unpacked(sum([word.costs for word in words[at : at + CHUNK]]))
        sums = list(map(add, sums, part)) if at else list(part)
    *costs, cyrillic, latin, other, letters = sums
    if not (cyrillic or latin or other):
        return None
    if not cyrillic:
        costs[: len(CYRILLIC)] = _OUT_CYRILLIC
    if not latin:
        costs[len(CYRILLIC) : -1] = _OUT_LATIN
    if not other:
        costs[-1] = _BARRED
    return Sum(costs, letters)


_BARRED = 1_000_000
_OUT_CYRILLIC = [_BARRED] * len(CYRILLIC)
_OUT_LATIN = [_BARRED] * len(LATIN)


def clear(words: Sequence[Word], found: Sum) -> bool:
    """Say whether the listed words of a line leave no doubt of its language, so that the others need no spelling."""
    if sum([word.known for word in words]) < _MANY:
        return False
    best, second = nsmallest(2, found.costs)
    return second - best > _DISTANT


_MANY, _DISTANT = 6, 10 * STEPS_PER_NAT


def unpacked(costs: int) -> tuple[int, ...]:
    """The costs in all states, in the order of `STATES`, and the counts behind them."""
    return _ALL.unpack(costs.to_bytes(_ALL.size, "little"))
