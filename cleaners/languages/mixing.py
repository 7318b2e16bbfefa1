"""Languages inside a line: Viterbi over its words, only where the words give evidence of mixing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleaners.languages.model import CYRILLIC, FOCUS, STATES, Word, costs_of
from cleaners.languages.table import STEPS_PER_NAT

__all__ = ["Run", "mixed", "suspicious"]

# The price of a change of language, by what stands between the two words.
_INSIDE, _COMMA, _STOP, _QUOTE = (round(nats * STEPS_PER_NAT) for nats in (9.0, 6.0, 4.5, 3.5))
_AT_QUOTE = re.compile("[\"«»“”„‟()\\[\\]{}<>*|/‹›\n]|''|``")
_AT_STOP = re.compile("[.!?…:;—–‒―•]| - ")
_AT_COMMA = re.compile("[,]")
# The price of a language that neither the line nor the document speaks: one of the focus, any other.
_UNLIKELY, _STRANGE = (round(nats * STEPS_PER_NAT) for nats in (1.5, 7.0))
_ODD = round(1.5 * STEPS_PER_NAT)  # a word that costs so much more than elsewhere is a sign of another language
_ENOUGH = 2 * _QUOTE
_NAME = STEPS_PER_NAT  # a name in Latin letters speaks against a quotation in a Cyrillic line
_LATIN_FROM, _UND = len(CYRILLIC), STATES.index("und")


class Run(NamedTuple):
    """Words [first, last) of a line in one state."""

    first: int
    last: int
    state: int


def suspicious(words: Sequence[Word], base: int) -> bool:
    """Say whether enough words speak against the language of the line to look closer."""
    shift = 16 * base
    against = [cost for cost in [(word.costs >> shift) & 0xFFFF for word in words] if cost >= 12]
    return sum(against) > _ENOUGH


def mixed(words: Sequence[Word], gaps: Sequence[str], base: int, known: Sequence[int]) -> list[Run]:
    """Cut a line into runs of one state.

    `gaps[i]` is the text between word i - 1 and word i (`gaps[0]`: before the first); `base` is the state of the line
    as a whole, `known` are those of the document.
    """
    states = _candidates(words, base, known)
    if len(states) == 1:
        return [Run(0, len(words), base)]
    unlikely = [
        0 if state == base or state in known else _UNLIKELY if STATES[state] in FOCUS else _STRANGE for state in states
    ]
    count = len(states)
    best = [0 if state == base else u + _QUOTE for state, u in zip(states, unlikely, strict=True)]
    came: list[list[int]] = []
    for i, word in enumerate(words):
        costs = costs_of(word, states)
        price = _price(gaps[i])
        if word.name and word.script == "Latn" and base < _LATIN_FROM and price > _STOP and i:
            costs = [cost + _NAME if state >= _LATIN_FROM else cost for cost, state in zip(costs, states, strict=True)]
        if i:
            cheapest = min(range(count), key=best.__getitem__)
            over = best[cheapest] + price
            step = []
            for s in range(count):
                if over + unlikely[s] < best[s]:
                    best[s] = over + unlikely[s]
                    step.append(cheapest)
                else:
                    step.append(s)
            came.append(step)
        for s in range(count):
            best[s] += costs[s]
    at_end = [cost + (0 if states[s] == base else _QUOTE) for s, cost in enumerate(best)]
    state = min(range(count), key=at_end.__getitem__)
    path = [state]
    for step in reversed(came):
        state = step[state]
        path.append(state)
    path.reverse()
    runs: list[Run] = []
    for i, s in enumerate(path):
        if runs and runs[-1].state == states[s]:
            runs[-1] = Run(runs[-1].first, i + 1, states[s])
        else:
            runs.append(Run(i, i + 1, states[s]))
    return runs


def _price(gap: str) -> int:
    if _AT_QUOTE.search(gap):
        return _QUOTE
    if _AT_STOP.search(gap):
        return _STOP
    return _COMMA if _AT_COMMA.search(gap) else _INSIDE


def _candidates(words: Sequence[Word], base: int, known: Sequence[int]) -> list[int]:
    """The states that could stand in this line: its own, the document's, and those that its odd words like best."""
    votes = [0] * len(STATES)
    scripts = {word.script for word in words}
    possible = [
        *(range(_LATIN_FROM) if "Cyrl" in scripts else ()),
        *(range(_LATIN_FROM, _UND) if "Latn" in scripts else ()),
        *([len(STATES) - 1] if "Zzzz" in scripts else ()),
    ]
    for word in words:
        costs = costs_of(word, range(len(STATES)))
        if costs[base] >= _ODD:
            for state in possible:
                votes[state] += max(0, costs[base] - costs[state])
    most = max(votes)
    rated = sorted((state for state in possible if votes[state] > _ENOUGH), key=lambda s: (-votes[s], s))
    near = [s for s in rated if votes[s] * 2 >= most or s in known][:5]
    return [base, *(s for s in near if s != base)]
