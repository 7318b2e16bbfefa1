"""Languages inside a line: it is cut into runs of one language, only where its words give evidence of mixing."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cleaners.languages.places import AT_LABEL, adjust, has_label, label_of, least_words
from cleaners.languages.scores import WIDTH, sum_costs
from cleaners.languages.states import COUNTS, CYRILLIC, FIELDS, FOCUS, LATIN_FROM, LETTERS, OTHER, STATES
from cleaners.languages.table import FIELD, STEPS_PER_NAT
from cleaners.languages.viterbi import (
    AT_QUOTE,
    AT_SENTENCE,
    AT_STOP,
    best_path,
    best_path_of_two,
    breaks_at_quote,
    switch_prices,
)
from cleaners.languages.words import Script

__all__ = ["Run", "Words", "segment", "suggests_switch", "switch_threshold"]

# The extra price of a language that neither the line nor the document is in.
_UNLIKELY = dict(zip(FOCUS, (1.0, 1.0, 1.0, 2.0, 2.5, 3.0), strict=True)) | {OTHER: 0.0}
_OUTSIDE_FOCUS = 7.0
_EXTRA = [round(_UNLIKELY.get(state, _OUTSIDE_FOCUS) * STEPS_PER_NAT) for state in STATES]
_EXTRA_IN_LATIN = [
    extra + STEPS_PER_NAT if i < LATIN_FROM and STATES[i] != "uk" else extra for i, extra in enumerate(_EXTRA)
]
_ODD = round(1.5 * STEPS_PER_NAT)  # a word that costs so much more here than in its best language is a sign of that one
_ENOUGH = 2 * AT_QUOTE
_CHEAPEST = AT_LABEL + AT_SENTENCE // 2  # into another language and back, where it costs least
_NEAR = 6  # words between two odd ones that may belong together
# Less than any fragment costs, in a line with quotes and in one without.
_LEAST, _LEAST_WITHOUT_QUOTES = AT_QUOTE + AT_SENTENCE, 2 * AT_STOP
_LEAST_LABEL = AT_LABEL + AT_QUOTE // 2 + STEPS_PER_NAT - 1
_STATES_OF: dict[Script, Sequence[int]] = {
    "Cyrl": range(len(CYRILLIC)),
    "Latn": range(len(CYRILLIC), STATES.index("und")),
    "Zzzz": [len(STATES) - 1],
}
_NAME = STEPS_PER_NAT  # a name in Latin letters speaks against a quotation in a Cyrillic line
_AWAY = 3 * STEPS_PER_NAT  # and in a Latin line against one in Cyrillic letters, whatever it is
_IN_TITLE = 2 * STEPS_PER_NAT
_SHORT = 3  # letters
_NEIGHBOUR = 3 * STEPS_PER_NAT // 2  # which Latin language it is matters less there than that it is one


class Run(NamedTuple):
    """Words [first, last) of a line in one state."""

    first: int
    last: int
    state: int


class Words:
    """The words of a line and their costs by state; `home` has those in `base`, the state of the line as a whole."""

    def __init__(self, tokens: Sequence[str], costs: Sequence[int], base: int) -> None:
        self.tokens = tokens
        self.costs = costs
        self.base = base
        self._fields = array("H", b"".join([cost.to_bytes(WIDTH, "little") for cost in costs]))
        self.home = self.column(base)

    def column(self, field: int) -> array[int]:
        """One field of every word."""
        return self._fields[field::FIELDS]

    def names(self) -> list[bool]:
        """Which words may be names."""
        return [not token.islower() for token in self.tokens]


def switch_threshold(text: str, total: int) -> int:
    """Return the cost that words must add up to before a line is looked at for fragments; 0 where it need not be.

    `total` is the cost of all words of the line in its own language.
    """
    if total <= _LEAST_LABEL:
        return 0
    if ":" in text and has_label(text):
        return _LEAST_LABEL
    if total <= _LEAST:
        return 0
    least = _LEAST if breaks_at_quote(text) else _LEAST_WITHOUT_QUOTES
    return least if total > least else 0


def suggests_switch(home: Iterable[int], least: int) -> bool:
    """Whether neighbouring words, by their costs in the line's state, add up to more than `least` against it."""
    against = 0
    for cost in home:
        if cost >= STEPS_PER_NAT:
            against += cost
            if against > least:
                return True
        elif cost == 0 and against:  # no other language explains this word better
            against -= STEPS_PER_NAT // 2
            if against <= 0:
                against = 0
    return False


def segment(words: Words, gaps: Sequence[str], known: Collection[int]) -> list[Run]:
    """Split a line into runs of one state.

    `gaps[i]` is the text before word i, and the last gap the text after all words; `known` holds the states of the
    document.
    """
    base = words.base
    whole = [Run(0, len(words.tokens), base)]
    label = label_of(gaps)
    extra = _extra(base, known)
    others = _candidates(words, known, extra, _LEAST_LABEL if label else _ENOUGH)
    if not others:
        return whole
    prices = switch_prices(gaps)
    adjust(prices, words.tokens, gaps, label)
    home, *columns = _columns(words, gaps, prices, [base, *others])
    paths: list[tuple[int, list[int]]] = []
    for state, column in zip(others, columns, strict=True):
        path = best_path_of_two(home, column, prices, extra[state])
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
        path = best_path(rows, prices, [extra[state] for state in states])
    return _merge_short(words, gaps, [states[i] for i in path], base)


def _extra(base: int, known: Collection[int]) -> list[int]:
    """Return what each state costs on top when a line in `base` enters it.

    A script is certain. In a Latin line, words that Cyrillic languages share are more often Ukrainian.
    """
    extra = list(_EXTRA_IN_LATIN if base >= LATIN_FROM else _EXTRA)
    for state in (base, *known):
        extra[state] = 0
    return extra


def _columns(words: Words, gaps: Sequence[str], prices: Sequence[int], states: Sequence[int]) -> list[array[int]]:
    """The costs of the words in each of the states, with the rule for names and quotations in Latin letters."""
    columns = [words.column(state) for state in states]
    latin = words.column(COUNTS["Latn"])
    if 1 not in latin:
        return columns
    names = words.names()
    if states[0] >= LATIN_FROM:
        for state, column in zip(states, columns, strict=True):
            for i, is_latin in enumerate(latin):
                if not is_latin:
                    continue
                if state < LATIN_FROM:
                    column[i] = max(column[i], _AWAY)
                elif names[i] and column[i] > _NAME:
                    column[i] = _NAME
        return columns
    titles = _inside_titles(words, gaps, names)
    for state, column in zip(states, columns, strict=True):
        for i, is_latin in enumerate(latin):
            if not is_latin:
                continue
            if state < LATIN_FROM:
                column[i] = max(0, column[i] - (_IN_TITLE if titles[i] else 0))
            elif names[i]:
                column[i] = _NAME if i and prices[i] > AT_STOP else 0
            else:
                column[i] = min(column[i], _NEIGHBOUR)
    return columns


def _merge_short(words: Words, gaps: Sequence[str], path: Sequence[int], base: int) -> list[Run]:
    """Merge neighbours of one state. A run that is too short for a fragment is a name or a loan: it joins its line."""
    runs = _runs(path)
    if len(runs) == 1 and runs[0].state == base:
        return runs
    kept = list(path)
    for run in runs:
        if run.state == base:
            continue
        if _size(words, gaps, run, base) < least_words(*run, base, words.tokens, gaps):
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
    """The number of words in a run. A hyphenated word counts once; names do not count between two Latin languages."""
    both_latin = base >= LATIN_FROM and run.state >= LATIN_FROM
    return sum(
        (i == run.first or gaps[i] != "-")
        and not (both_latin and (not words.tokens[i].islower() or len(words.tokens[i]) < 2))
        for i in range(run.first, run.last)
    )


def _inside_titles(words: Words, gaps: Sequence[str], names: Sequence[bool]) -> list[bool]:
    """For each word, whether it is a short one between two names, as in a title: "Lord of the Rings"."""
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


def _candidates(words: Words, known: Collection[int], extra: Sequence[int], enough: int) -> list[int]:
    """The other states that parts of the line may be in: those that explain its odd words best, at most six."""
    votes: dict[int, int] = {}
    # By places: the odd words of the whole line together would outvote those of one sentence.
    for odd in _neighbours(words.costs, words.home, enough):
        found = _votes(odd, words.base, enough, extra)
        best = max(found.values(), default=0)
        for state, lead in found.items():
            if lead * 2 >= best or state in known or STATES[state] in FOCUS:
                votes[state] = max(votes.get(state, 0), lead)
    if not votes:
        return []
    return sorted(votes, key=lambda s: (-votes[s], s))[:6]


def _neighbours(costs: Sequence[int], home: Sequence[int], enough: int) -> Iterator[list[int]]:
    """The costs of odd words, those together that stand near each other and cost enough here."""
    odd: list[int] = []
    last = total = 0
    for i, here in enumerate(home):
        if here >= _ODD:
            if i - last > _NEAR:
                if total > enough:
                    yield odd
                odd = []
                total = 0
            odd.append(costs[i])
            total += here
            last = i
    if total > enough:
        yield odd


def _votes(odd: Sequence[int], base: int, enough: int, extra: Sequence[int]) -> dict[int, int]:
    """The states that explain odd words enough better than the line's own, and by how much."""
    votes: dict[int, int] = {}
    present = sum_costs(odd)
    for script, possible in _STATES_OF.items():
        field = COUNTS[script]
        if present[field]:
            alone = present[field] == len(odd)
            sums = present if alone else sum_costs([cost for cost in odd if cost >> (FIELD * field) & 1])
            here = sums[base]
            for state in possible:
                lead = here - sums[state]
                if lead > enough and lead > extra[state] + _CHEAPEST:
                    votes[state] = lead
    return votes
