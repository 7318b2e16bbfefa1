"""Sums of word costs: which language a line is in, and how far ahead of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add
from struct import Struct
from typing import NamedTuple

from cleaners.languages.states import COUNTS, CYRILLIC, FIELDS, KNOWN, LATIN, LATIN_FROM, LETTERS, STATES
from cleaners.languages.table import STEPS_PER_NAT

__all__ = ["WIDTH", "Score", "is_decided", "score", "sum_costs", "unknown_words"]

_ALL = Struct(f"<{FIELDS}H")
WIDTH = _ALL.size
"""Bytes of a packed integer."""
_CHUNK = 256  # sums of so many words at most WORST each stay inside a field
_COUNTS = slice(COUNTS["Cyrl"], LETTERS + 1)
_OTHER = len(STATES) - 1
_IMPOSSIBLE = 1_000_000
_NO_CYRILLIC, _NO_LATIN, _NO_OTHER = ((_IMPOSSIBLE,) * size for size in (len(CYRILLIC), len(LATIN), 1))
# Words of a line in the word lists, and a lead of the best state, from which its language is decided; the lead grows by
# the last for each word that no list holds.
_ENOUGH_KNOWN, _ENOUGH_LEAD, _LEAD_PER_UNKNOWN = 6, 10 * STEPS_PER_NAT, 3 * STEPS_PER_NAT


class Score(NamedTuple):
    """The costs of words together, by state; their letters; the best state, and its lead over the next one."""

    costs: tuple[int, ...]
    letters: int
    state: int
    lead: int


def sum_costs(words: Sequence[int]) -> tuple[int, ...]:
    """Return the sum of packed costs, a number for each field: those of the states first."""
    if len(words) <= _CHUNK:
        return _ALL.unpack(sum(words).to_bytes(WIDTH, "little"))
    fields = [0] * FIELDS
    for at in range(0, len(words), _CHUNK):
        fields = list(map(add, fields, sum_costs(words[at : at + _CHUNK])))
    return tuple(fields)


def score(fields: tuple[int, ...]) -> Score | None:
    """Return the score of a sum of costs, or None without words. Only states of a script that occurs can be best."""
    cyrillic, latin, other, letters = fields[_COUNTS]
    # Nearly all lines are in one script: sorting the states of the others would take most of the time.
    if cyrillic and not (latin or other):
        own = fields[:LATIN_FROM]
        costs = own + _NO_LATIN + _NO_OTHER
    elif latin and not (cyrillic or other):
        own = fields[LATIN_FROM:_OTHER]
        costs = _NO_CYRILLIC + own + _NO_OTHER
    elif cyrillic or latin or other:
        own = costs = (
            (fields[:LATIN_FROM] if cyrillic else _NO_CYRILLIC)
            + (fields[LATIN_FROM:_OTHER] if latin else _NO_LATIN)
            + (fields[_OTHER : _OTHER + 1] if other else _NO_OTHER)
        )
    else:
        return None
    best, second, *_ = sorted(own)
    return Score(costs, letters, costs.index(best), second - best)


def is_decided(fields: Sequence[int], found: Score) -> bool:
    """Whether the word lists alone decide the language of a line, so that the spelling of other words is not needed.

    The more words are in no list, the larger the lead must be: words that two languages share ("номер", "там") add up
    to a lead for the wrong one, which a few words that are not listed ("міняє") would reverse.
    """
    return fields[KNOWN] >= _ENOUGH_KNOWN and found.lead > _ENOUGH_LEAD + _LEAD_PER_UNKNOWN * unknown_words(fields)


def unknown_words(fields: Sequence[int]) -> int:
    """The number of words in a sum that are in no list and whose spelling was not counted."""
    return sum(fields[COUNTS["Cyrl"] : LETTERS]) - fields[KNOWN]
