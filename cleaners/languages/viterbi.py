"""The cheapest language for each word of a line (Viterbi), where changing the language has a price.

The price depends on what is between two words: a change is cheap at the end of a sentence or at a quotation mark, and
dear inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import sub

from cleaners.languages.table import STEPS_PER_NAT

__all__ = [
    "AT_QUOTE",
    "AT_SENTENCE",
    "AT_STOP",
    "INSIDE",
    "best_path",
    "best_path_of_two",
    "breaks_at_quote",
    "switch_prices",
]

# The price of a change of language, by what stands between the two words.
INSIDE, _COMMA, AT_STOP, AT_QUOTE, AT_SENTENCE = (round(nats * STEPS_PER_NAT) for nats in (11.0, 8.0, 5.0, 2.5, 1.5))
_PRICES = (INSIDE, _COMMA, AT_STOP, AT_QUOTE, AT_SENTENCE)
_QUOTES = re.compile('["«»“”„‟()\\[\\]{}<>*‹›\n]')
_STOP_SIGN = re.compile("[.!?…:;—–‒―•|/]| - ")
_SENTENCE_END = re.compile('[.!?…][^.!?…]{0,2}["»”)\\]]')  # the quotation is a whole sentence
_COMMA_SIGN = re.compile("[,]")


def breaks_at_quote(text: str) -> bool:
    """Whether the text has a quotation mark, a bracket or a line break, at which a change of language is cheap."""
    return _QUOTES.search(text) is not None or "''" in text or "``" in text


class _Prices(dict[str, int]):
    """The price of a change of language, by the text between two words."""

    def __missing__(self, gap: str) -> int:
        if breaks_at_quote(gap):
            price = AT_SENTENCE if _SENTENCE_END.search(gap) else AT_QUOTE
        elif _STOP_SIGN.search(gap):
            price = AT_STOP
        else:
            price = _COMMA if _COMMA_SIGN.search(gap) else INSIDE
        if len(gap) <= 4 and len(self) < 10_000:
            self[gap] = price
        return price


_prices = _Prices()


def switch_prices(gaps: Iterable[str]) -> list[int]:
    """Return the price of a change of language in each gap, the text between two words."""
    return list(map(_prices.__getitem__, gaps))


def best_path_of_two(home: Sequence[int], away: Sequence[int], prices: Sequence[int], unlikely: int) -> list[int]:
    """Choose for each word between the line's state, 0, and one other, 1.

    `home` and `away` are the costs of the words in the two states. Only the difference of the two paths is kept, which
    makes it several times faster than `best_path`. The list is empty where all words stay in the line's state.
    """
    # What the other state costs more than the line's own, so far; never more than it costs to go there.
    more = unlikely + min(AT_STOP, prices[0]) + away[0] - home[0]
    turns = [0] * len(home)  # 1: the other state was entered here; -1: it was left
    returned = False
    for i, (price, change) in enumerate(zip(prices[1:-1], islice(map(sub, away, home), 1, None), strict=True), 1):
        if more > price + unlikely:
            more = price + unlikely
            turns[i] = 1
        elif more < 0:
            back = price // 2 if price <= AT_QUOTE else price
            if -more > back:
                more = -back
                turns[i] = -1
                returned = True
        more += change
    last = prices[-1]
    at = int(more + min(AT_STOP, last // 2 if last <= AT_QUOTE else last) < 0)
    if not (at or returned):
        return []
    path = [at]
    for turn in reversed(turns[1:]):
        if turn == (1 if at else -1):
            at = 1 - at
        path.append(at)
    path.reverse()
    return path


def best_path(columns: Sequence[Sequence[int]], prices: Sequence[int], unlikely: Sequence[int]) -> list[int]:
    """Choose a state for each word, by the index of its column; the first column is the line's own state.

    `columns` are the costs of the words in each state, `unlikely` what each state costs on top when it is entered.
    """
    # What it costs to enter each state, by the price of the gap; returning from a quotation is cheaper.
    entries = {
        price: [price // 2 if price <= AT_QUOTE else price, *(price + u for u in unlikely[1:])]
        for price in {*_PRICES, *prices}
    }
    rows = list(zip(*columns, strict=True))
    first, last = min(AT_STOP, prices[0]), min(AT_STOP, entries[prices[-1]][0])
    best = [rows[0][0], *(cost + u + first for cost, u in zip(rows[0][1:], unlikely[1:], strict=True))]
    steps: list[tuple[list[int], list[int]]] = []
    for row, price in zip(rows[1:], prices[1:-1], strict=True):
        least = min(best)
        entering = [least + entry for entry in entries[price]]
        steps.append((best, entering))
        best = [(b if b <= e else e) + cost for b, e, cost in zip(best, entering, row, strict=True)]
    at_end = [best[0], *(cost + last for cost in best[1:])]
    at = at_end.index(min(at_end))
    path = [at]
    for before, entering in reversed(steps):
        if before[at] > entering[at]:
            at = before.index(min(before))
        path.append(at)
    path.reverse()
    return path
