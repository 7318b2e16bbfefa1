"""What the document says of a line: neighbours, the other lines, the declared language.

The lines are a chain: a line stays in the language of the line before, or goes over into one that the document holds.
Forward and backward probabilities of that chain weigh each line's own evidence with that of all others. The evidence
of a line has no bound that matters (a sentence brings a hundred nats), the price of a change has: context decides
between the languages that a short line leaves open, and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from cleaners.languages.model import STATES
from cleaners.languages.table import STEPS_PER_NAT

__all__ = ["choose", "prior"]

# How often each language starts a page, before anything is read; what is left is shared by all others.
_SHARES = {"uk": 0.40, "en": 0.30, "ru": 0.12, "be": 0.05, "pl": 0.03, "bg": 0.02}
_REST = 0.01 / (len(STATES) - len(_SHARES))
# How often a line speaks the language of the line before: chrome stands beside chrome and prose beside prose.
_STAY, _STAY_SHORT, _STAY_CHANGE = 0.75, 0.85, 0.5
_SHORT = 25  # letters
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
    short = [n < _SHORT for _, _, n in heard]
    stay = [_STAY_CHANGE if a != b else _STAY_SHORT if a else _STAY for a, b in pairwise(short)]
    document = list(shares)
    for _ in range(2):
        beliefs = _smooth(likely, stay, document, shares)
        weights = [min(n, 200) for _, _, n in heard]
        whole = sum(weights) + 20
        document = [
            0.3 * share
            + 0.7 * (20 * share + sum(w * belief[i] for w, belief in zip(weights, beliefs, strict=True))) / whole
            for i, share in enumerate(shares)
        ]
    for (place, _, _), belief in zip(heard, _smooth(likely, stay, document, shares), strict=True):
        answers[place] = max(range(len(belief)), key=belief.__getitem__)
    return answers


def _likelihood(costs: Sequence[int]) -> list[float]:
    least = min(costs)
    return [math.exp(-min((cost - least) * _TEMPER, _MOST)) for cost in costs]


def _smooth(
    likely: Sequence[Sequence[float]], stay: Sequence[float], document: Sequence[float], first: Sequence[float]
) -> list[list[float]]:
    """Forward and backward over the chain of lines; `stay[i]` is how often line i + 1 speaks as line i."""
    forward = [_normal([f * p for f, p in zip(first, likely[0], strict=True)])]
    for s, line in zip(stay, likely[1:], strict=True):
        forward.append(
            _normal([(s * b + (1 - s) * d) * p for b, d, p in zip(forward[-1], document, line, strict=True)])
        )
    after = [1.0] * len(first)
    beliefs = [forward[-1]]
    for i in range(len(stay) - 1, -1, -1):
        seen = [a * p for a, p in zip(after, likely[i + 1], strict=True)]
        jump = (1 - stay[i]) * sum([d * v for d, v in zip(document, seen, strict=True)])
        after = _normal([stay[i] * v + jump for v in seen])
        beliefs.append(_normal([a * b for a, b in zip(forward[i], after, strict=True)]))
    return beliefs[::-1]


def _normal(values: Sequence[float]) -> list[float]:
    whole = sum(values)
    return [value / whole for value in values]
