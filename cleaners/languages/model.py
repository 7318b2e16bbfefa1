"""What a word costs in each language: by word lists, else by its spelling; and the rule for foreign scripts.

A cost is -log P above that of the best language, in steps of 1/12 nat and at most `WORST`, so that one odd name never
outweighs a sentence. The layout of the costs is that of `cleaners.languages.states`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from struct import Struct

from cleaners.languages import table
from cleaners.languages.states import COUNTS, CYRILLIC, KNOWN, LATIN, LETTERS, STATES
from cleaners.languages.table import FIELD, STEPS_PER_NAT
from cleaners.languages.words import Script, odd_letter, plain, script_of_word

__all__ = ["WORST", "lexicon_costs", "word_costs"]

WORST = 9 * STEPS_PER_NAT
_WORST_SPELT = 7 * STEPS_PER_NAT  # spelling is weaker evidence than a word that is known
_WORST_NAME = 6 * STEPS_PER_NAT  # and the spelling of names is hardly any: they come from everywhere
_UND = LATIN.index("und")  # the last
_UND_AT, _FIELD = FIELD * _UND, (1 << FIELD) - 1
_FIELDS = {"Cyrl": Struct(f"<{len(CYRILLIC)}H"), "Latn": Struct(f"<{len(LATIN)}H")}
_ONES = {
    "Cyrl": sum(1 << (FIELD * i) for i in range(len(CYRILLIC))),
    "Latn": sum(1 << (FIELD * i) for i in range(len(CYRILLIC), len(CYRILLIC) + len(LATIN))),
    "Zzzz": 1 << (FIELD * (len(STATES) - 1)),
}
_IS_KNOWN = 1 << (FIELD * KNOWN)
# In another script, a Cyrillic word is a quotation and a Latin one mostly a brand.
_ELSEWHERE = {
    "Cyrl": 6 * STEPS_PER_NAT * _ONES["Zzzz"] + (1 << (FIELD * COUNTS["Cyrl"])),
    "Latn": 2 * STEPS_PER_NAT * _ONES["Zzzz"] + (1 << (FIELD * COUNTS["Latn"])),
}
_OTHER = (1 << (FIELD * COUNTS["Zzzz"])) + _IS_KNOWN
_LONGEST = 40  # letters of a word that are looked at
_MOST_LETTERS = 255  # so that the sum of a chunk of words (see `scores`) stays inside a field
_LETTERS_AT, _KNOWN_AT = FIELD * LETTERS, FIELD * KNOWN
_SHIFT = {"Cyrl": 0, "Latn": FIELD * len(CYRILLIC)}
# What a word costs in the languages of other scripts, by its number of letters, whatever the word lists say. A Cyrillic
# word in a Latin text is never a brand, but may be a name. Computed once: most words of a text cost nothing else.
_SIZES = [size << _LETTERS_AT for size in range(_LONGEST + 1)]
_CYRILLIC, _CYRILLIC_NAME = (
    [_ONES["Latn"] * nats * STEPS_PER_NAT + _ELSEWHERE["Cyrl"] + size for size in _SIZES] for nats in (8, 3)
)
_LATIN = [[_ONES["Cyrl"] * nats * STEPS_PER_NAT + _ELSEWHERE["Latn"] + size for size in _SIZES] for nats in range(5)]
_CACHED = 60_000
_ROMAN = re.compile("[IVX]{2,5}")
"""A Roman numeral belongs to every language."""


class _LexiconCosts(dict[str, int]):
    """A cache of the costs of words by the word lists, keyed by the word as it is written.

    A word that is in no list costs the same in all states of its script. Every new word is looked up here once, so the
    code avoids calls. The cache never changes an answer.
    """

    def __missing__(self, token: str) -> int:
        lower = token.lower()
        if lower.isascii():
            costs = _latin_lexicon_cost(token, lower if lower.isalpha() else plain(token))
        else:
            known = table.words("Cyrl")
            offset = known.offsets.get(lower)  # nearly all words are in their plain form, but for capitals
            if offset is None and odd_letter(lower):
                costs = _odd_lexicon_cost(token)
            else:
                bare = _CYRILLIC if token == lower or token[0] == lower[0] else _CYRILLIC_NAME
                size = len(lower)
                costs = bare[size if size < _LONGEST else _LONGEST]
                if offset is not None:
                    costs += int.from_bytes(known.rows[offset : offset + known.width], "little") + _IS_KNOWN
        if len(token) <= 2 * _LONGEST:
            if len(self) >= _CACHED:
                self.clear()
            self[token] = costs
        return costs


class _WordCosts(dict[str, int]):
    """The same, where a word that is in no list costs what its spelling says."""

    def __missing__(self, token: str) -> int:
        costs = _lexicon_costs[token]
        if not costs >> _KNOWN_AT:
            form = plain(token[: 2 * _LONGEST])[:_LONGEST]
            script = script_of_word(form)
            name = not token.islower()
            worst = _WORST_NAME if name else _WORST_SPELT
            own = _relative_costs(_char_ngram_cost(form, table.grams(script)), script, worst, name and script == "Latn")
            costs += (own << _SHIFT[script]) + _IS_KNOWN
        if len(token) <= 2 * _LONGEST:
            if len(self) >= _CACHED:
                self.clear()
            self[token] = costs
        return costs


def _odd_lexicon_cost(token: str) -> int:
    """The lexicon cost of a word with look-alike letters, marks or apostrophes in it, or in another script."""
    form = plain(token[: 2 * _LONGEST])
    script = script_of_word(form) if form else "Zzzz"
    if script == "Latn":
        return _latin_lexicon_cost(token, form)
    if script == "Zzzz":
        return _other_cost(form, min(len(token), _MOST_LETTERS))
    form = form[:_LONGEST]
    costs = (_CYRILLIC if token[0] == form[0] else _CYRILLIC_NAME)[len(form)]
    known = table.words("Cyrl")
    offset = known.offsets.get(form)
    if offset is None:
        return costs
    return int.from_bytes(known.rows[offset : offset + known.width], "little") + costs + _IS_KNOWN


def _other_cost(form: str, size: int) -> int:
    """What a word in another script costs in the languages of ours: the script is certain, the word need not be.

    One letter of an alphabet is a sign ("α-частинки") and no word. Ideographs come without spaces, so that a sentence
    may be one word.
    """
    if len(form) < 2 and form < "\u1100":
        return (size << _LETTERS_AT) + _IS_KNOWN
    nats = min(len(form), 8) * (1 + (form[-1] >= "\u1100"))
    return (_ONES["Cyrl"] + _ONES["Latn"]) * nats * STEPS_PER_NAT + _OTHER + (size << _LETTERS_AT)


def _latin_lexicon_cost(token: str, lower: str) -> int:
    """The lexicon cost of a word in Latin letters; `lower` is its plain form."""
    name = not token.islower()
    if name and token[0] in "IVX" and _ROMAN.fullmatch(token):
        return (len(token) << _LETTERS_AT) + _IS_KNOWN
    form = lower[:_LONGEST]
    known = table.words("Latn")
    offset = known.offsets.get(form)
    # Brands and names occur in any Ukrainian sentence; an ordinary word such as "which" is evidence of a quotation.
    nats = 0 if name or len(form) < 2 else 4 if offset is not None else 3 if len(form) > 3 else 1
    costs = _LATIN[nats][len(form)]
    if offset is None:
        return costs
    own = int.from_bytes(known.rows[offset : offset + known.width], "little")
    if name:
        short = (own & _FIELD) - (own >> _UND_AT)
        if short > 0:
            own += short << _UND_AT  # for the reason in `_relative_costs`
    return (own << _SHIFT["Latn"]) + costs + _IS_KNOWN


_lexicon_costs, _word_costs = _LexiconCosts(), _WordCosts()


def lexicon_costs(tokens: Sequence[str]) -> list[int]:
    """Return packed costs by the word lists alone; a word in none costs the same in all states of its script."""
    return list(map(_lexicon_costs.__getitem__, tokens))


def word_costs(tokens: Sequence[str]) -> list[int]:
    """Return packed costs by the word lists, and by spelling for words that are in none."""
    return list(map(_word_costs.__getitem__, tokens))


def _char_ngram_cost(form: str, grams: table.Packed) -> int:
    """The packed cost of a word by its spelling: letter by letter, each after the longest sequence in the table."""
    find, rows, width, number = grams.offsets.get, grams.rows, grams.width, int.from_bytes
    marked = f"^{form}$"
    cost = grams.unknown_cost
    start = 0
    for end in range(2, len(marked) + 1):
        # The table holds every beginning of its sequences: none that begins further back than the last match matches.
        if end - start > 5:
            start = end - 5
        while (offset := find(marked[start:end])) is None and start < end:
            start += 1
        if offset is not None:
            cost += number(rows[offset : offset + width], "little")
    return cost


def _relative_costs(packed: int, script: Script, worst: int, name: bool) -> int:
    """Packed costs less the smallest of them, and at most `worst`.

    Names in Latin letters are no evidence of Ukrainian (state `und`): "Olena Kovalenko" occurs in English texts too.
    """
    fields = _FIELDS[script]
    costs = fields.unpack(packed.to_bytes(fields.size, "little"))
    least = min(costs)
    capped = [cost - least if cost - least < worst else worst for cost in costs]
    if name and capped[_UND] < capped[0]:
        capped[_UND] = capped[0]
    return int.from_bytes(fields.pack(*capped), "little")
