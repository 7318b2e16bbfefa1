"""What a word costs in each language: counted words first, spelling for the others, and the rule for foreign scripts.

A cost is -log P above that of the best language, in steps of 1/12 nat and at most `WORST`: one odd name never outvotes
a sentence. All states of both scripts stand in one packed integer, Cyrillic first, then Latin, then `OTHER`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import add
from struct import Struct
from typing import NamedTuple

from cleaners.languages import table
from cleaners.languages.table import FIELD, STEPS_PER_NAT
from cleaners.languages.words import Script, odd_letter, plain, script_of

__all__ = [
    "CHUNK",
    "COUNTS",
    "CYRILLIC",
    "FIELDS",
    "FOCUS",
    "KNOWN",
    "LATIN",
    "LETTERS",
    "OTHER",
    "STATES",
    "WIDTH",
    "WORST",
    "Sum",
    "clear",
    "listed",
    "spelt",
    "totals",
    "unlisted",
    "weighed",
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
_UND = LATIN.index("und")  # the last
_UND_AT, _FIELD = FIELD * _UND, (1 << FIELD) - 1
_FIELDS = {"Cyrl": Struct(f"<{len(CYRILLIC)}H"), "Latn": Struct(f"<{len(LATIN)}H")}
COUNTS: dict[Script, int] = {"Cyrl": len(STATES), "Latn": len(STATES) + 1, "Zzzz": len(STATES) + 2}
"""The fields behind the costs: how many words are Cyrillic, Latin, of another script."""
LETTERS = len(STATES) + 3
"""The field of the letters of a word."""
KNOWN = len(STATES) + 4
"""The field that says whether a word's own script has its say in the costs: it is in a list, or was spelt."""
FIELDS = len(STATES) + 5
_ALL = Struct(f"<{FIELDS}H")
WIDTH = _ALL.size
"""Bytes of a packed integer."""
_ONES = {
    "Cyrl": sum(1 << (FIELD * i) for i in range(len(CYRILLIC))),
    "Latn": sum(1 << (FIELD * i) for i in range(len(CYRILLIC), len(CYRILLIC) + len(LATIN))),
    "Zzzz": 1 << (FIELD * (len(STATES) - 1)),
}
_IS_KNOWN = 1 << (FIELD * KNOWN)
_ELSEWHERE = {
    script: 2 * STEPS_PER_NAT * _ONES["Zzzz"] + (1 << (FIELD * COUNTS[script])) for script in ("Cyrl", "Latn")
}
_AWAY_OTHER = (_ONES["Cyrl"] + _ONES["Latn"]) * 2 * STEPS_PER_NAT + (1 << (FIELD * COUNTS["Zzzz"])) + _IS_KNOWN
_LONGEST = 40  # letters of a word that are looked at
_MOST_LETTERS = 255  # so that the sum of CHUNK words stays inside a field
_LETTERS_AT, _KNOWN_AT = FIELD * LETTERS, FIELD * KNOWN
_SHIFT = {"Cyrl": 0, "Latn": FIELD * len(CYRILLIC)}
# What a word costs by its letters alone: in other scripts, whatever lists say. A Cyrillic word in a Latin text is never
# a brand, but may be a name. Made once: most words of a text have no more to say.
_SIZES = [size << _LETTERS_AT for size in range(_LONGEST + 1)]
_CYRILLIC, _CYRILLIC_NAME = (
    [_ONES["Latn"] * nats * STEPS_PER_NAT + _ELSEWHERE["Cyrl"] + size for size in _SIZES] for nats in (8, 3)
)
_LATIN = [[_ONES["Cyrl"] * nats * STEPS_PER_NAT + _ELSEWHERE["Latn"] + size for size in _SIZES] for nats in range(5)]
CHUNK = 256  # sums of so many words at most WORST each stay inside a field
_CACHED = 60_000
_ROMAN = re.compile("[IVX]{2,5}")
"""A Roman numeral stands in every language."""


class Sum(NamedTuple):
    """What words cost together, by state; how many letters they have; the best state, and how far the next is."""

    costs: list[int]
    letters: int
    state: int
    lead: int


class _Listed(dict[str, int]):
    """Words as they are written with what lists say of them.

    What is in no list costs the same in all states of its script. Remembering changes no answer. Every new word comes
    by here once: no calls that could be spared.
    """

    def __missing__(self, token: str) -> int:
        lower = token.lower()
        if lower.isascii():
            costs = _weigh_latin(token, lower)
        else:
            known = table.words("Cyrl")
            place = known.places.get(lower)  # nearly all words are in their plain form, but for capitals
            if place is None and odd_letter(lower):
                costs = _weigh_odd(token)
            else:
                bare = _CYRILLIC if token == lower or token[0] == lower[0] else _CYRILLIC_NAME
                size = len(lower)
                costs = bare[size if size < _LONGEST else _LONGEST]
                if place is not None:
                    costs += int.from_bytes(known.rows[place : place + known.width], "little") + _IS_KNOWN
        if len(token) <= 2 * _LONGEST:
            if len(self) >= _CACHED:
                self.clear()
            self[token] = costs
        return costs


class _Spelt(dict[str, int]):
    """The same with what its spelling says of a word that is in no list."""

    def __missing__(self, token: str) -> int:
        costs = _listed[token]
        if not costs >> _KNOWN_AT:
            form = plain(token[: 2 * _LONGEST])[:_LONGEST]
            script = script_of(form[0])
            name = not token.islower()
            worst = _WORST_NAME if name else _WORST_SPELT
            own = _above_least(_spell(form, table.grams(script)), script, worst, name and script == "Latn")
            costs += (own << _SHIFT[script]) + _IS_KNOWN
        if len(token) <= 2 * _LONGEST:
            if len(self) >= _CACHED:
                self.clear()
            self[token] = costs
        return costs


def _weigh_odd(token: str) -> int:
    """What lists say of a word with look-alikes, marks or apostrophes in it, or in another script."""
    form = plain(token[: 2 * _LONGEST])
    script = script_of(form[0]) if form else "Zzzz"
    if script == "Latn":
        return _weigh_latin(token, form)
    if script == "Zzzz":
        return _AWAY_OTHER + (min(len(token), _MOST_LETTERS) << _LETTERS_AT)
    form = form[:_LONGEST]
    costs = (_CYRILLIC if token[0] == form[0] else _CYRILLIC_NAME)[len(form)]
    known = table.words("Cyrl")
    place = known.places.get(form)
    if place is None:
        return costs
    return int.from_bytes(known.rows[place : place + known.width], "little") + costs + _IS_KNOWN


def _weigh_latin(token: str, lower: str) -> int:
    name = not token.islower()
    if name and token[0] in "IVX" and _ROMAN.fullmatch(token):
        return (len(token) << _LETTERS_AT) + _IS_KNOWN
    form = lower[:_LONGEST]
    known = table.words("Latn")
    place = known.places.get(form)
    # A brand or a name is at home in any Ukrainian sentence; a running word such as "which" speaks for a quotation.
    nats = 0 if name or len(form) < 2 else 4 if place is not None else 3 if len(form) > 3 else 1
    costs = _LATIN[nats][len(form)]
    if place is None:
        return costs
    own = int.from_bytes(known.rows[place : place + known.width], "little")
    if name:
        short = (own & _FIELD) - (own >> _UND_AT)
        if short > 0:
            own += short << _UND_AT  # as `_above_least` says
    return (own << _SHIFT["Latn"]) + costs + _IS_KNOWN


_listed, _spelt = _Listed(), _Spelt()


def listed(tokens: Sequence[str]) -> list[int]:
    """Weigh words by lists alone; what is in none costs the same in all states of its script."""
    return list(map(_listed.__getitem__, tokens))


def spelt(tokens: Sequence[str]) -> list[int]:
    """Weigh words, those that are in no list by their spelling."""
    return list(map(_spelt.__getitem__, tokens))


def _spell(form: str, grams: table.Packed) -> int:
    """The cost of a word that is in no list: letter by letter, by the longest sequence that the table holds."""
    find, rows, width, number = grams.places.get, grams.rows, grams.width, int.from_bytes
    marked = f"^{form}$"
    cost = grams.unlisted
    size = 1
    for end in range(2, len(marked) + 1):
        # With a sequence, the table holds its beginnings: nothing longer than one more than the last can be there.
        start = end - size - 1 if size < 4 else end - 5
        while start < end:
            place = find(marked[start:end])
            if place is not None:
                cost += number(rows[place : place + width], "little")
                break
            start += 1
        size = end - start
    return cost


def _above_least(packed: int, script: Script, worst: int, name: bool) -> int:
    """Packed costs above the least of them, none above `worst`.

    Names in Latin letters are no evidence of Ukrainian: "Olena Kovalenko" is at home in any English text.
    """
    fields = _FIELDS[script]
    costs = fields.unpack(packed.to_bytes(fields.size, "little"))
    least = min(costs)
    capped = [cost - least if cost - least < worst else worst for cost in costs]
    if name and capped[_UND] < capped[0]:
        capped[_UND] = capped[0]
    return int.from_bytes(fields.pack(*capped), "little")


def totals(words: Sequence[int]) -> tuple[int, ...]:
    """Sum packed costs; give all fields, those of the states first."""
    if len(words) <= CHUNK:
        return _ALL.unpack(sum(words).to_bytes(WIDTH, "little"))
    fields = [0] * FIELDS
    for at in range(0, len(words), CHUNK):
        fields = list(map(add, fields, totals(words[at : at + CHUNK])))
    return tuple(fields)


def weighed(fields: Sequence[int]) -> Sum | None:
    """Read a total; None where no word has a language. A script that does not stand there is out of the question."""
    cyrillic, latin, other, letters = fields[_COUNTS]
    # Nearly all lines are in one script: the other states are not looked at.
    if cyrillic and not (latin or other):
        costs = [*fields[:_LATIN_FROM], *_OUT_LATIN, _BARRED]
        best, second = sorted(fields[:_LATIN_FROM])[:2]
    elif latin and not (cyrillic or other):
        costs = [*_OUT_CYRILLIC, *fields[_LATIN_FROM:_OTHER], _BARRED]
        best, second = sorted(fields[_LATIN_FROM:_OTHER])[:2]
    elif cyrillic or latin or other:
        costs = [
            *(fields[:_LATIN_FROM] if cyrillic else _OUT_CYRILLIC),
            *(fields[_LATIN_FROM:_OTHER] if latin else _OUT_LATIN),
            fields[_OTHER] if other else _BARRED,
        ]
        best, second = sorted(costs)[:2]
    else:
        return None
    return Sum(costs, letters, costs.index(best), second - best)


_COUNTS = slice(COUNTS["Cyrl"], LETTERS + 1)
_LATIN_FROM, _OTHER = len(CYRILLIC), len(STATES) - 1
_BARRED = 1_000_000
_OUT_CYRILLIC = [_BARRED] * len(CYRILLIC)
_OUT_LATIN = [_BARRED] * len(LATIN)


def clear(fields: Sequence[int], found: Sum) -> bool:
    """Say whether the listed words of a line leave no doubt of its language, so that the others need no spelling.

    The more words are in no list, the further ahead it must be: words that two languages share ("номер", "там") add up
    to a lead for the wrong one, which the few that are not listed ("міняє") would turn.
    """
    return fields[KNOWN] >= _MANY and found.lead > _DISTANT + _TURN * unlisted(fields)


def unlisted(fields: Sequence[int]) -> int:
    """The number of words in a total that have no say in it yet."""
    return sum(fields[COUNTS["Cyrl"] : LETTERS]) - fields[KNOWN]


_MANY, _DISTANT, _TURN = 6, 10 * STEPS_PER_NAT, 3 * STEPS_PER_NAT
