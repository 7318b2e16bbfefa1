"""Languages inside a line: Viterbi over its words, only where the words give evidence of mixing."""

from __future__ import annotations

import re
from array import array
from bisect import bisect
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, groupby, islice
from operator import add, sub
from typing import NamedTuple

from cleaners.languages.model import (
    COUNTS,
    CYRILLIC,
    FIELDS,
    FOCUS,
    KNOWN,
    LETTERS,
    STATES,
    WIDTH,
    Sum,
    spelt,
    totals,
    unlisted,
    weighed,
)
from cleaners.languages.table import FIELD, STEPS_PER_NAT
from cleaners.languages.words import Script

__all__ = ["Run", "Words", "at_home", "embedded", "mixed", "quoting", "suspicious", "threshold"]

# The price of a change of language, by what stands between the two words.
_INSIDE, _COMMA, _STOP, _QUOTE, _SENTENCE = (round(nats * STEPS_PER_NAT) for nats in (11.0, 8.0, 5.0, 2.5, 1.5))
_PRICES = (_INSIDE, _COMMA, _STOP, _QUOTE, _SENTENCE)
_QUOTES = re.compile('["«»“”„‟()\\[\\]{}<>*‹›\n]')
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
_LOOK, _LOOK_BARE = _QUOTE + _SENTENCE, 2 * _STOP  # less than any fragment costs, with quotes in the line and without
_PLACES: dict[Script, Sequence[int]] = {
    "Cyrl": range(len(CYRILLIC)),
    "Latn": range(len(CYRILLIC), STATES.index("und")),
    "Zzzz": [len(STATES) - 1],
}
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
_LISTED, _LEAD = 2, 2 * STEPS_PER_NAT  # times as many words listed as not, and so much ahead: nothing left to ask
_BRAND = 2  # words
_FOREIGN = 6 * STEPS_PER_NAT  # so much better must another language explain a quotation


class Run(NamedTuple):
    """Words [first, last) of a line in one state."""

    first: int
    last: int
    state: int


def _quoted(text: str) -> bool:
    return _QUOTES.search(text) is not None or "''" in text or "``" in text


class _Prices(dict[str, int]):
    """The price of a change of language, by the text between two words."""

    def __missing__(self, gap: str) -> int:
        if _quoted(gap):
            price = _SENTENCE if _AT_END.search(gap) else _QUOTE
        elif _AT_STOP.search(gap):
            price = _STOP
        else:
            price = _COMMA if _AT_COMMA.search(gap) else _INSIDE
        if len(gap) <= 4 and len(self) < 10_000:
            self[gap] = price
        return price


_prices = _Prices()


class Words:
    """The words of a line and their costs by state."""

    def __init__(self, tokens: Sequence[str], costs: Sequence[int]) -> None:
        self.tokens = tokens
        self.costs = costs
        self._fields = array("H")
        self._fields.frombytes(b"".join([cost.to_bytes(WIDTH, "little") for cost in costs]))

    def column(self, field: int) -> array[int]:
        """One field of every word."""
        return self._fields[field::FIELDS]

    def names(self) -> list[bool]:
        """Which words may be names."""
        return [not token.islower() for token in self.tokens]


def quoting(text: str) -> bool:
    """Say whether a line holds quotes or brackets."""
    return "«" in text or '"' in text or "(" in text or "“" in text or "„" in text or "‹" in text


def embedded(text: str, gaps: Sequence[str], tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Give the places of the words, first and last, in each pair of quotes or brackets that could hold a sentence.

    `gaps[i]` is the text before word i, the last that after all words.
    """
    found: list[tuple[int, int]] = []
    starts: list[int] = []
    for match in islice(_EMBEDDED.finditer(text), _MOST_EMBEDDED):
        if not starts:
            lengths = list(map(len, tokens))
            starts = list(accumulate(map(add, map(len, gaps), [0, *lengths])))
        found.append((bisect(starts, match.start(), 0, len(tokens)), bisect(starts, match.end(), 0, len(tokens))))
    return found


def at_home(
    inside: Sequence[tuple[int, int]], tokens: Sequence[str], costs: list[int], fields: Sequence[int], whole: Sum
) -> Sequence[int]:
    """Give the total of a line without its quotations in another language; `fields` and `whole` are that with them.

    Those before and after a quotation belong together and say what the line itself is written in. Where its listed
    words leave a doubt of a quotation, all are spelt: `costs` is changed.
    """
    everything = fields
    for first, last in reversed(inside):
        quoted = totals(costs[first:last])
        if quoted[KNOWN] == last - first and quoted[whole.state] <= _FOREIGN and fields is everything:
            rest = list(map(sub, whole.costs, quoted))
            if rest.index(min(rest)) == whole.state:
                continue  # the line is in the same language without it, and that is not foreign to it
        outside = tuple(map(sub, fields, quoted))
        if _names_alone([*tokens[:first], *tokens[last:]], outside, quoted):
            continue
        line, quotation = weighed(outside), weighed(quoted)
        if quoted[KNOWN] < last - first and not (line and quotation and _plainly_home(line, quotation, quoted)):
            costs[first:last] = spelt(tokens[first:last])
            quoted = totals(costs[first:last])
            quotation = weighed(quoted)
        foreign = line and quotation and quotation.costs[line.state] - quotation.costs[quotation.state] > _FOREIGN
        fields = outside if last - first > 1 and foreign else tuple(map(add, outside, quoted))
    return fields


def _names_alone(tokens: Sequence[str], outside: Sequence[int], quoted: Sequence[int]) -> bool:
    """Say whether the brackets are the line, and before them stands but a brand: "Bloomberg (агентство новин)"."""
    return (
        len(tokens) <= _BRAND
        and not quoted[COUNTS["Latn"]]
        and outside[COUNTS["Latn"]] == len(tokens)
        and not any(map(str.islower, tokens))
    )


def _plainly_home(line: Sum, quotation: Sum, quoted: Sequence[int]) -> bool:
    """Say whether lists alone put a quotation into the language of its line."""
    if quotation.state != line.state or quotation.lead < _LEAD:
        return False
    return quoted[KNOWN] >= _LISTED * unlisted(quoted)


def threshold(text: str, total: int) -> int:
    """Say what a fragment must cost less elsewhere, if the words of a line speak against its language at all; else 0.

    `total` is what all of them cost in that language.
    """
    if total <= _LOOK:
        return 0
    look = _LOOK if _quoted(text) else _LOOK_BARE
    return look if total > look else 0


def suspicious(home: Iterable[int], look: int) -> bool:
    """Say whether enough words in a row, by their costs, speak against the line's language."""
    against = 0
    for cost in home:
        if cost >= STEPS_PER_NAT:
            against += cost
            if against > look:
                return True
        elif cost == 0 and against:  # at home here more than anywhere
            against -= STEPS_PER_NAT // 2
            if against <= 0:
                against = 0
    return False


def mixed(words: Words, gaps: Sequence[str], base: int, known: Collection[int]) -> list[Run]:
    """Cut a line into runs of one state.

    `gaps[i]` is the text before word i, the last that after all words; `base` is the state of the line as a whole,
    `known` are those of the document.
    """
    whole = [Run(0, len(words.tokens), base)]
    others = _candidates(words, base, known)
    if not others:
        return whole
    prices = list(map(_prices.__getitem__, gaps))
    home, *columns = _columns(words, gaps, prices, [base, *others])
    paths: list[tuple[int, list[int]]] = []
    for state, column in zip(others, columns, strict=True):
        path = _between(home, column, prices, _unlikely(state, base, known))
        if path:
            paths.append((state, path))
    if not paths:
        return whole
    if len(paths) == 1:
        states = [base, paths[0][0]]
        path = paths[0][1]
    else:
        states = [base, *(state for state, _ in paths)]
        rows = [home, *(columns[others.index(state)] for state, _ in paths)]
        path = _among(rows, prices, [_unlikely(state, base, known) for state in states])
    return _joined(words, gaps, [states[i] for i in path], base)


def _unlikely(state: int, base: int, known: Collection[int]) -> int:
    return 0 if state == base or state in known else _UNLIKELY.get(STATES[state], _STRANGE)


def _between(home: Sequence[int], away: Sequence[int], prices: Sequence[int], unlikely: int) -> list[int]:
    """Choose for each word between the line's state, 0, and one other, 1: Viterbi, with the difference alone kept.

    Nothing is given where all words stay in the line's state.
    """
    # What the other state costs more than the line's own, so far; never more than it costs to go there.
    more = unlikely + min(_STOP, prices[0]) + away[0] - home[0]
    turns = [0] * len(home)  # 1: whoever is in the other state here was in 0 before; -1: the reverse
    returned = False
    for i, (price, change) in enumerate(zip(prices[1:-1], islice(map(sub, away, home), 1, None), strict=True), 1):
        if more > price + unlikely:
            more = price + unlikely
            turns[i] = 1
        elif more < 0:
            back = price // 2 if price <= _QUOTE else price
            if -more > back:
                more = -back
                turns[i] = -1
                returned = True
        more += change
    last = prices[-1]
    at = int(more + min(_STOP, last // 2 if last <= _QUOTE else last) < 0)
    if not (at or returned):
        return []
    path = [at]
    for turn in reversed(turns[1:]):
        if turn == (1 if at else -1):
            at = 1 - at
        path.append(at)
    path.reverse()
    return path


def _among(columns: Sequence[Sequence[int]], prices: Sequence[int], unlikely: Sequence[int]) -> list[int]:
    """Choose for each word among states, of which the first is the line's own: Viterbi."""
    # What it costs to enter each state, by the price of the place; going home from a quotation is cheaper.
    entries = {
        price: [price // 2 if price <= _QUOTE else price, *(price + u for u in unlikely[1:])] for price in _PRICES
    }
    rows = list(zip(*columns, strict=True))
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
    path = [at]
    for before, entering in reversed(steps):
        if before[at] > entering[at]:
            at = before.index(min(before))
        path.append(at)
    path.reverse()
    return path


def _columns(words: Words, gaps: Sequence[str], prices: Sequence[int], states: Sequence[int]) -> list[array[int]]:
    """The costs of the words in each of the states, with the rule for names and quotations in Latin letters."""
    columns = [words.column(state) for state in states]
    latin = words.column(COUNTS["Latn"])
    if 1 not in latin:
        return columns
    names = words.names()
    if states[0] >= _LATIN_FROM:
        for column in columns:
            for i, is_latin in enumerate(latin):
                if is_latin and names[i] and column[i] > _NAME:
                    column[i] = _NAME
        return columns
    titles = _titles(words, gaps, names)
    for state, column in zip(states, columns, strict=True):
        for i, is_latin in enumerate(latin):
            if not is_latin:
                continue
            if state < _LATIN_FROM:
                column[i] = max(0, column[i] - (_IN_TITLE if titles[i] else 0))
            elif names[i]:
                column[i] = _NAME if i and prices[i] > _STOP else 0
            else:
                column[i] = min(column[i], _NEIGHBOUR)
    return columns


def _joined(words: Words, gaps: Sequence[str], path: Sequence[int], base: int) -> list[Run]:
    """Join neighbours of one state. What is too short for a fragment is a name or a loan and stays with its line."""
    runs = _runs(path)
    if len(runs) == 1 and runs[0].state == base:
        return runs
    kept = list(path)
    for run in runs:
        if run.state != base and _size(words, gaps, run, base) < (2 if run.state < _LATIN_FROM <= base else 3):
            kept[run.first : run.last] = [base] * (run.last - run.first)
    return _runs(kept)


def _runs(path: Sequence[int]) -> list[Run]:
    runs: list[Run] = []
    at = 0
    for state, group in groupby(path):
        end = at + len(list(group))
        runs.append(Run(at, end, state))
        at = end
    return runs


def _size(words: Words, gaps: Sequence[str], run: Run, base: int) -> int:
    """The number of words; the parts of a hyphenated one count once, names and initials between Latin languages not."""
    both_latin = base >= _LATIN_FROM and run.state >= _LATIN_FROM
    return sum(
        (i == run.first or gaps[i] != "-")
        and not (both_latin and (not words.tokens[i].islower() or len(words.tokens[i]) < 2))
        for i in range(run.first, run.last)
    )


def _titles(words: Words, gaps: Sequence[str], names: Sequence[bool]) -> list[bool]:
    """Say of each word whether it is one of those short ones between names that titles hold: "Lord of the Rings"."""
    letters = words.column(LETTERS)
    found = [False] * len(names)
    at = 0
    while at < len(names):
        end = at
        while end < len(names) and letters[end] <= _SHORT and not names[end] and gaps[end] == " ":
            end += 1
        if 0 < at < end < len(names) and gaps[end] == " " and names[at - 1] and names[end]:
            found[at:end] = [True] * (end - at)
        at = max(end, at + 1)
    return found


def _candidates(words: Words, base: int, known: Collection[int]) -> list[int]:
    """The other states that could stand in this line: the document's, and those that its odd words like best."""
    home = words.column(base)
    odd = [cost for cost, here in zip(words.costs, home, strict=True) if here >= _ODD]
    present = totals(odd)
    votes: dict[int, int] = {}
    for script, possible in _PLACES.items():
        field = COUNTS[script]
        if present[field]:
            alone = present[field] == len(odd)
            sums = present if alone else totals([cost for cost in odd if cost >> (FIELD * field) & 1])
            enough = sums[base] - _ENOUGH
            for state in possible:
                if sums[state] < enough:
                    votes[state] = sums[base] - sums[state]
    if not votes:
        return []
    most = max(votes.values())
    rated = sorted(votes, key=lambda s: (-votes[s], s))
    return [s for s in rated if votes[s] * 2 >= most or s in known or STATES[s] in FOCUS][:6]
