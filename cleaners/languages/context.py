"""What the document says of a line: neighbours, the other lines, the declared language.

The lines are a chain: a line stays in the language of the line before, or goes over into one that the document holds.
Forward and backward probabilities of that chain weigh each line's own evidence with that of all others. The evidence
of a line has no bound that matters (a sentence brings a hundred nats), the price of a change has: context decides
between the languages that a short line leaves open, and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from cleaners.languages.model import STATES
from cleaners.languages.table import STEPS_PER_NAT

__all__ = ["choose", "prior"]

# How often each language starts a page, before anything is read; what is left is shared by all others.
_SHARES = {"uk": 0.40, "en": 0.30, "ru": 0.12, "be": 0.05, "pl": 0.03, "bg": 0.02}
_REST = 0.01 / (len(STATES) - len(_SHARES))
_STAY = 0.7
_DECLARED, _HINTED = 3.0, 2.0  # what a page and a source say of themselves: they are often wrong
_TEMPER = 0.8 / STEPS_PER_NAT  # words of a line are no independent witnesses
_MOST = 60.0  # nats: beyond this nothing changes, and no probability underflows


def prior(declared: str | None, hint: str | None) -> list[float]:
    """The share of each state before a line is read."""
    shares = [_SHARES.get(state, _REST) for state in STATES]
    for said, factor in ((declared, _DECLARED), (hint, _HINTED)):
        if said in STATES:
            shares[STATES.index(said)] *= factor
    return _normal(shares)


def choose(costs: Sequence[Sequence[int] | None], letters: Sequence[int], shares: Sequence[float]) -> list[int | None]:
    """Choose the state of each line; None where there is nothing to weigh.

    `costs` are the summed costs of a line by state, or None for a line without words; `letters` its number of letters.
    """
    heard = [(place, _likelihood(line), letters[place]) for place, line in enumerate(costs) if line is not None]
    answers: list[int | None] = [None] * len(costs)
    if not heard:
        return answers
    likely = [line for _, line, _ in heard]
    document = list(shares)
    for _ in range(2):
        beliefs = _smooth(likely, document, shares)
        weights = [min(n, 200) for _, _, n in heard]
        whole = sum(weights) + 20
        document = [
            0.3 * share + 0.7 * (20 * share + sum(w * belief[i] for w, belief in zip(weights, beliefs, strict=True))) / whole
            for i, share in enumerate(shares)
        ]
    for (place, _, _), belief in zip(heard, _smooth(likely, document, shares), strict=True):
        answers[place] = max(range(len(belief)), key=belief.__getitem__)
    return answers


def _likelihood(costs: Sequence[int]) -> list[float]:
    least = min(costs)
    return [math.exp(-min((cost - least) * _TEMPER, _MOST)) for cost in costs]


def _smooth(likely: Sequence[Sequence[float]], document: Sequence[float], first: Sequence[float]) -> list[list[float]]:
    """Forward and backward over the chain of lines."""
    forward: list[list[float]] = []
    before = list(first)
    for line in likely:
        before = _normal([(_STAY * b + (1 - _STAY) * d) * p for b, d, p in zip(before, document, line, strict=True)])
        forward.append(before)
    after = [1.0] * len(first)
    beliefs: list[list[float]] = []
    for line, state in zip(reversed(likely), reversed(forward), strict=True):
        beliefs.append(_normal([a * b for a, b in zip(state, after, strict=True)]))
        seen = [a * p for a, p in zip(after, line, strict=True)]
        jump = (1 - _STAY) * sum(d * s for d, s in zip(document, seen, strict=True))
        after = _normal([_STAY * s + jump for s in seen])
    return beliefs[::-1]


def _normal(values: Sequence[float]) -> list[float]:
    whole = sum(values)
    return [value / whole for value in values]


def mapping(values: Sequence[float]) -> Mapping[str, float]:
    """The same by name, for looking at."""
    return dict(zip(STATES, values, strict=True))
