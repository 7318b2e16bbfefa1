"""The language of each line in the light of its document: its neighbours, all lines, the declared language.

The lines are a Markov chain: a line stays in the language of the line before, or changes to one that the document has.
The forward-backward algorithm combines each line's own evidence with that of all others. The evidence of a line is as
good as unbounded (a sentence brings a hundred nats), the price of a change is not: so context decides only between
languages that a short line leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from operator import add, mul
from typing import NamedTuple

from cleaners.languages.scores import Score
from cleaners.languages.states import FOCUS, STATES
from cleaners.languages.table import STEPS_PER_NAT

__all__ = ["Prior", "choose", "prior"]

# Prior probability of each language at the start of a page; the rest is shared by all others.
_SHARES = {"uk": 0.40, "en": 0.30, "ru": 0.12, "be": 0.05, "pl": 0.03, "bg": 0.02}
_REST = 0.01 / (len(STATES) - len(_SHARES))
# Probability that a line is in the language of the line before: between two paragraphs, two short lines, one of each.
# Chrome is beside chrome and prose beside prose.
_STAY, _STAY_SHORT, _STAY_CHANGE = 0.75, 0.85, 0.5
_SHORT = 25  # letters
_PARAGRAPH, _DOUBT = 200, 20  # letters
_FLOOR = 0.3  # the part of the prior that stays, whatever languages the document has
_DECLARED, _HINTED = 3.0, 2.0  # factors for what a page and a source declare: they are often wrong
_TEMPER = 0.8 / STEPS_PER_NAT  # the words of a line are not independent evidence
_NAME_PENALTY = round(3.0 / _TEMPER)  # a short line in a language outside the focus is mostly a name
_NEAR = 10.0 / _TEMPER
_SURE = 25.0 / _TEMPER  # more than all context together can change: the rarest state on both sides, and the penalty
_MOST = 60.0  # nats: beyond this nothing changes, and no probability underflows


class Prior(NamedTuple):
    """The probability of each state before any line is read, and its negative logarithm as a cost."""

    shares: list[float]
    rare: list[float]


def prior(declared: str | None, hint: str | None) -> Prior:
    """Return the prior with what page and source declare; None, or a code that is not a state, changes nothing."""
    return _prior(declared if declared in STATES else None, hint if hint in STATES else None)


@cache
def _prior(declared: str | None, hint: str | None) -> Prior:
    shares = [_SHARES.get(state, _REST) for state in STATES]
    for said, factor in ((declared, _DECLARED), (hint, _HINTED)):
        if said is not None:
            shares[STATES.index(said)] *= factor
    shares = _normalized(shares)
    return Prior(shares, [-math.log(share) / _TEMPER for share in shares])


def choose(lines: Sequence[Score | None], before: Prior) -> list[int | None]:
    """Choose the state of each line; None for a line without a score."""
    answers = [line and line.state for line in lines]
    scored = [line for line in lines if line is not None]
    if all(line.lead >= _SURE for line in scored):
        return answers
    active = _active(scored, before.rare)
    shares = _normalized([before.shares[state] for state in active])
    extra = [0 if STATES[state] in FOCUS else _NAME_PENALTY for state in active]
    evidence = [
        active.index(line.state)
        if line.lead >= _SURE
        else _likelihood(
            [line.costs[state] + (w if line.letters < _SHORT else 0) for state, w in zip(active, extra, strict=True)]
        )
        for line in scored
    ]
    letters = [line.letters for line in scored]
    short = [n < _SHORT for n in letters]
    stay = [_STAY_CHANGE if a != b else _STAY_SHORT if a else _STAY for a, b in pairwise(short)]
    # The languages of the document, from a first pass; no line, however long, counts for more than a paragraph.
    weights = [min(n, _PARAGRAPH) for n in letters]
    whole = sum(weights) + _DOUBT
    beliefs = _smooth(evidence, stay, shares, shares)
    letters_in = [sum(map(mul, weights, column)) for column in zip(*beliefs, strict=True)]
    document = [
        _FLOOR * share + (1 - _FLOOR) * (_DOUBT * share + n) / whole
        for share, n in zip(shares, letters_in, strict=True)
    ]
    chosen = (active[belief.index(max(belief))] for belief in _smooth(evidence, stay, document, shares))
    return [None if line is None else next(chosen) for line in lines]


def _active(lines: Sequence[Score], rare: Sequence[float]) -> list[int]:
    """The states that are possible at all: those that come near the best one in some line."""
    found: set[int] = set()
    for line in lines:
        if line.lead >= _SURE:
            found.add(line.state)
            continue
        costs = list(map(add, line.costs, rare))
        most = min(costs) + _NEAR
        found.update([state for state, cost in enumerate(costs) if cost <= most])
    return sorted(found)


def _likelihood(costs: Sequence[int]) -> list[float]:
    least = min(costs)
    return [math.exp(-x if (x := (cost - least) * _TEMPER) < _MOST else -_MOST) for cost in costs]


def _smooth(
    evidence: Sequence[int | list[float]], stay: Sequence[float], document: Sequence[float], first: Sequence[float]
) -> list[list[float]]:
    """Forward-backward over the chain of lines: for each line, the probability of each state.

    `stay[i]` is the probability that line i + 1 is in the language of line i. The evidence of a line is its
    likelihoods, or the index of the one state that is certain: then it separates the lines before from those after.
    """
    certain = _one_hot(len(first))
    forward: list[list[float]] = []
    for i, line in enumerate(evidence):
        if isinstance(line, int):
            forward.append(certain[line])
        elif i == 0:
            forward.append(_normalized(list(map(mul, first, line))))
        else:
            s, t = stay[i - 1], 1 - stay[i - 1]
            forward.append(
                _normalized([(s * b + t * d) * p for b, d, p in zip(forward[-1], document, line, strict=True)])
            )
    after = [1.0] * len(first)
    beliefs = [forward[-1]]
    for i in range(len(stay) - 1, -1, -1):
        line = evidence[i + 1]
        seen = certain[line] if isinstance(line, int) else list(map(mul, after, line))
        if isinstance(evidence[i], int):  # whatever comes after
            beliefs.append(forward[i])
            continue
        jump = (1 - stay[i]) * sum(map(mul, document, seen))
        after = _normalized([stay[i] * v + jump for v in seen])
        beliefs.append(_normalized(list(map(mul, forward[i], after))))
    return beliefs[::-1]


@cache
def _one_hot(size: int) -> list[list[float]]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


def _normalized(values: Sequence[float]) -> list[float]:
    whole = sum(values)
    return [value / whole for value in values]
