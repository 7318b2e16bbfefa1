"""Languages inside a line: Viterbi over its words, only where the words give evidence of mixing."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from operator import sub
from typing import NamedTuple

from cleaners.languages.model import CHUNK, CYRILLIC, FOCUS, STATES, Word, unpacked, weighed
from cleaners.languages.table import FIELD, STEPS_PER_NAT
from cleaners.languages.words import WORD

__all__ = ["Run", "candidates", "embeds", "host", "mixed", "suspicious"]

# The price of a change of language, by what stands between the two words.
_INSIDE, _COMMA, _STOP, _QUOTE, _SENTENCE = (round(nats * STEPS_PER_NAT) for nats in (11.0, 8.0, 5.0, 2.5, 1.5))
_PRICES = (_INSIDE, _COMMA, _STOP, _QUOTE, _SENTENCE)
_AT_QUOTE = re.compile("[\"«»“”„‟()\\[\\]{}<>*‹›\n]|''|``")
_AT_STOP = re.compile("[.!?…:;—–‒―•|/]| - ")
_AT_END = re.compile('[.!?…][^.!?…]{0,2}["»”)\\]]')  # a whole sentence was quoted
_AT_COMMA = re.compile("[,]")
# The price of a language that neither the line nor the document speaks.
_UNLIKELY = {
    name: round(nats * STEPS_PER_NAT) for name, nats in zip(FOCUS, (1.0, 1.0, 1.0, 2.0, 2.5, 3.0), strict=True)
}
_STRANGE = 7 * STEPS_PER_NAT
_ODD = round(1.5 * STEPS_PER_NAT)  # a word that costs so much more than elsewhere is a sign of another language
_ENOUGH = 2 * _QUOTE
_LOOK = _QUOTE + _SENTENCE  # less than any fragment costs
_PLACES = {"Cyrl": range(len(CYRILLIC)), "Latn": range(len(CYRILLIC), STATES.index("und")), "Zzzz": [len(STATES) - 1]}
_NAME = STEPS_PER_NAT  # a name in Latin letters speaks against a quotation in a Cyrillic line
_IN_TITLE = 2 * STEPS_PER_NAT
_SHORT = 3  # letters
_NEIGHBOUR = 3 * STEPS_PER_NAT // 2  # which Latin language it is matters less there than that it is one
_LATIN_FROM = len(CYRILLIC)
# What stands between a pair of quotes or brackets and could be a sentence of its own.
_EMBEDDED = re.compile(
    '«[^«»]{8,2000}»|“[^“”]{8,2000}”|„[^„“”]{8,2000}[“”]|"[^"]{8,2000}"|\\([^()]{8,2000}\\)|‹[^‹›]{8,2000}›'
)
_MOST_EMBEDDED = 16  # in a line: each is weighed against all the rest
_FOREIGN = 6 * STEPS_PER_NAT  # so much better must another language explain a quotation


class Run(NamedTuple):
    """Words [first, last) of a line in one state."""

    first: int
    last: int
    state: int


def embeds(text: str) -> bool:
    """Say whether a line holds anything in quotes or brackets that could be a sentence."""
    return _EMBEDDED.search(text) is not None


def host(text: str, words: list[Word]) -> list[Word]:
    """Give the words of a line without its quotations in another language.

    Those before and after a quotation belong together and say what the line itself is written in.
    """
    embedded = [match.span() for match in islice(_EMBEDDED.finditer(text), _MOST_EMBEDDED)]
    if not embedded:
        return words
    starts = [match.start() for match in WORD.finditer(text)]
    kept = list(words)
    for start, end in reversed(embedded):
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        inside, outside = weighed(kept[first:last]), weighed([*kept[:first], *kept[last:]])
        if last - first > 1 and inside and outside:
            main = outside.costs.index(min(outside.costs))
            if inside.costs[main] - min(inside.costs) > _FOREIGN:
                del kept[first:last]
    return kept


def suspicious(words: Sequence[Word], base: int) -> bool:
    """Say whether somewhere in a line enough words in a row speak against its language to look closer."""
    shift = FIELD * base
    against = odd = 0
    for cost in [(word.costs >> shift) & 0xFFFF for word in words]:
        if cost >= STEPS_PER_NAT:
            against += cost
            odd += 1
            if against > _LOOK:
                return True
        elif cost == 0:  # at home here more than anywhere
            against -= STEPS_PER_NAT // 2
            if against < 0:
                against = odd = 0
    return False


def mixed(words: Sequence[Word], gaps: Sequence[str], states: Sequence[int], known: Sequence[int]) -> list[Run]:
    """Cut a line into runs of one state.

    `gaps[i]` is the text between word i - 1 and word i, the first that before, the last that after all words. The first
    of `states` is that of the line as a whole; `known` are those of the document.
    """
    base = states[0]
    unlikely = [0 if state == base or state in known else _UNLIKELY.get(STATES[state], _STRANGE) for state in states]
    # What it costs to enter each state, by the price of the place; going home from a quotation is cheaper.
    entries = {
        price: [price // 2 if price <= _QUOTE else price, *(price + u for u in unlikely[1:])] for price in _PRICES
    }
    prices = [_price(gap) for gap in gaps]
    rows = _rows(words, gaps, prices, states)
    first, last = min(_STOP, prices[0]), min(_STOP, entries[prices[-1]][0])
    best = [rows[0][0], *(cost + u + first for cost, u in zip(rows[0][1:], unlikely[1:], strict=True))]
    steps: list[tuple[list[int], list[int]]] = []
    for row, price in zip(rows[1:], prices[1:-1], strict=True):
        least = min(best)
        entering = [least + entry for entry in entries[price]]
        steps.append((best, entering))
        best = [(b if b <= e else e) + cost for b, e, cost in zip(best, entering, row, strict=True)]
    at_end = [best[0], *(cost + last for cost in best[1:])]
    at = at_end.index(min(at_end))
    path = [states[at]]
    for before, entering in reversed(steps):
        if before[at] > entering[at]:
            at = before.index(min(before))
        path.append(states[at])
    path.reverse()
    return _joined(words, gaps, path, base) if path.count(base) < len(path) else [Run(0, len(path), base)]


def _rows(words: Sequence[Word], gaps: Sequence[str], prices: Sequence[int], states: Sequence[int]) -> list[list[int]]:
    """The costs of each word in each of the states, with the rule for names and quotations in Latin letters."""
    base = states[0]
    rows = [[(word.costs >> (FIELD * state)) & 0xFFFF for state in states] for word in words]
    titles = _titles(words, gaps) if base < _LATIN_FROM else []
    for i, word in enumerate(words):
        if word.script != "Latn":
            continue
        if base >= _LATIN_FROM:
            if word.name:
                rows[i] = [min(cost, _NAME) for cost in rows[i]]
            continue
        most = _NAME if i and prices[i] > _STOP else 0
        less = _IN_TITLE if titles[i] else 0
        rows[i] = [
            max(0, cost - less) if state < _LATIN_FROM else most if word.name else min(cost, _NEIGHBOUR)
            for cost, state in zip(rows[i], states, strict=True)
        ]
    return rows


def _joined(words: Sequence[Word], gaps: Sequence[str], path: Sequence[int], base: int) -> list[Run]:
    """Join neighbours of one state. What is too short for a fragment is a name or a loan and stays with its line."""
    runs = _runs(path)
    kept = list(path)
    for run in runs:
        if run.state != base and _size(words, gaps, run, base) < (2 if run.state < _LATIN_FROM <= base else 3):
            kept[run.first : run.last] = [base] * (run.last - run.first)
    return _runs(kept)


def _runs(path: Sequence[int]) -> list[Run]:
    runs: list[Run] = []
    for i, state in enumerate(path):
        if runs and runs[-1].state == state:
            runs[-1] = Run(runs[-1].first, i + 1, state)
        else:
            runs.append(Run(i, i + 1, state))
    return runs


def _size(words: Sequence[Word], gaps: Sequence[str], run: Run, base: int) -> int:
    """The number of words; the parts of a hyphenated one count once, names and initials between Latin languages not."""
    both_latin = base >= _LATIN_FROM and run.state >= _LATIN_FROM
    return sum(
        (i == run.first or gaps[i] != "-") and not (both_latin and (words[i].name or words[i].letters < 2))
        for i in range(run.first, run.last)
    )


def _price(gap: str) -> int:
    if gap == " ":
        return _INSIDE
    if _AT_QUOTE.search(gap):
        return _SENTENCE if _AT_END.search(gap) else _QUOTE
    if _AT_STOP.search(gap):
        return _STOP
    return _COMMA if _AT_COMMA.search(gap) else _INSIDE


def _titles(words: Sequence[Word], gaps: Sequence[str]) -> list[bool]:
    """Say of each word whether it is one of those short ones between names that titles hold: "Lord of the Rings"."""
    found = [False] * len(words)
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and words[end].letters <= _SHORT and not words[end].name and gaps[end] == " ":
            end += 1
        if 0 < at < end < len(words) and gaps[end] == " " and words[at - 1].name and words[end].name:
            found[at:end] = [True] * (end - at)
        at = max(end, at + 1)
    return found


def candidates(words: Sequence[Word], base: int, known: Sequence[int]) -> list[int]:
    """The states that could stand in this line: its own, the document's, and those that its odd words like best."""
    shift = FIELD * base
    votes = [0] * len(STATES)
    for script, possible in _PLACES.items():
        odd = [word.costs for word in words if word.script == script and (word.costs >> shift) & 0xFFFF >= _ODD]
        for at in range(0, len(odd), CHUNK):
            sums = unpacked(sum(odd[at : at + CHUNK]))
            for state in possible:
                votes[state] += sums[base] - sums[state]
    most = max(votes)
    rated = sorted((state for state in range(len(STATES)) if votes[state] > _ENOUGH), key=lambda s: (-votes[s], s))
    near = [s for s in rated if votes[s] * 2 >= most or s in known or STATES[s] in FOCUS][:6]
    at_home = [(word.costs >> shift) & 0xFFFF for word in words]
    return [base, *(s for s in near if s != base and _gain(words, at_home, s) > _LOOK)]


def _gain(words: Sequence[Word], at_home: Sequence[int], state: int) -> int:
    """The most that any words in a row would cost less in `state`."""
    shift = FIELD * state
    sums: list[int] = list(accumulate(map(sub, at_home, [(word.costs >> shift) & 0xFFFF for word in words]), initial=0))
    gains: Iterator[int] = map(sub, sums, accumulate(sums, min))
    return max(gains)
