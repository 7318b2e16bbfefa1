"""Signs and buttons that say the same in several languages: "Вхід / Entrance", "Не курити — No smoking"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaners.languages.model import lexicon_costs, word_costs
from cleaners.languages.scores import Score, score, sum_costs
from cleaners.languages.states import COUNTS, KNOWN, LATIN_FROM, STATES
from cleaners.languages.table import STEPS_PER_NAT
from cleaners.languages.words import WORD

__all__ = ["MOST_WORDS", "Side", "sides"]

_STRONG = re.compile(r"(?:(?<!\s)\s+)?[/|\n]\s*")
_WEAK = re.compile(r"(?<!\s)\s+[—–-]\s+")
_MARK = re.compile(r"[/|\n—–]|\s-\s")
MOST_WORDS = 16
"""Of a line that may be a sign."""
_MOST_SIDES = 4
_EN = STATES.index("en")
_OTHER = len(STATES) - 1
_NEAR = 2 * STEPS_PER_NAT  # so near must English be to the best language of a side in Latin letters
_LEAD = 4 * STEPS_PER_NAT  # so much better must a side in the same letters be in another language


class Side(NamedTuple):
    """One side as a span of the line, its letters and its state."""

    start: int
    end: int
    letters: int
    state: int


def sides(text: str, state: int, rare: Sequence[float], known: Collection[int]) -> list[Side]:
    """Split a short line into its sides, each in one state; empty where it is no sign.

    `state` is that of the whole line, `rare` what a state costs before any word is read, `known` the states of the
    document. At a dash, the sides must be in different scripts and one must be more than a name.
    """
    if _MARK.search(text) is None:
        return []
    for separator, strong in ((_STRONG, True), (_WEAK, False)):
        marks = [match.span() for match in separator.finditer(text)]
        if not 0 < len(marks) < _MOST_SIDES:
            continue
        bounds = [0, *(end for _, end in marks), len(text)]
        parts = [_side(text, *span, state, rare, known, strong) for span in pairwise(bounds)]
        found = [part for part in parts if part is not None]
        scripts = {_script(side.state) for side in found}
        apart = strong and not any(text[start:end] == "/" for start, end in marks)  # "км/год" is in one language
        if len(found) == len(parts) and (len(scripts) > 1 or (apart and scripts == {0})):
            return found
    return []


def _script(state: int) -> int:
    return 0 if state < LATIN_FROM else 1 if state < _OTHER else 2


def _side(
    text: str, start: int, end: int, state: int, rare: Sequence[float], known: Collection[int], strong: bool
) -> Side | None:
    tokens = WORD.findall(text, start, end)
    fields = sum_costs(word_costs(tokens)) if tokens else None
    found = score(fields) if fields else None
    if fields is None or found is None or sum(map(bool, fields[COUNTS["Cyrl"] : COUNTS["Zzzz"] + 1])) > 1:
        return None
    if fields[COUNTS["Latn"]]:
        own = _latin(tokens, found, strong)
    elif fields[COUNTS["Cyrl"]]:
        own = _cyrillic(found, state, rare, known, strong)
    else:
        own = _OTHER
    return None if own is None else Side(start, end, found.letters, own)


def _latin(tokens: Sequence[str], found: Score, strong: bool) -> int | None:
    """The state of a side in Latin letters; None if it may be a name."""
    unlike_words = [token for token in tokens[1:] if not token.islower()]
    unlike_words += [tokens[0]] if tokens[0].isupper() else []
    if sum_costs(lexicon_costs(unlike_words))[KNOWN] < len(unlike_words) or not (
        strong or any(map(str.islower, tokens))
    ):
        return None
    return _EN if found.costs[_EN] - found.costs[found.state] <= _NEAR else found.state


def _cyrillic(found: Score, state: int, rare: Sequence[float], known: Collection[int], strong: bool) -> int:
    """The state of a side in Cyrillic letters: that of the line, unless another is much better."""
    if state < LATIN_FROM and (not strong or found.costs[state] - found.costs[found.state] < _LEAD):
        return state
    costs = [cost + (0 if i in known else rare[i]) for i, cost in enumerate(found.costs)]
    return costs.index(min(costs))
