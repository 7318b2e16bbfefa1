"""Capitalised words in Latin letters inside a Cyrillic line: names, and sentences in title case or in capitals.

Names and brands belong to any Ukrainian sentence, so a capital letter makes a Latin word neutral. But a run of words
in which pronouns and auxiliaries stand is a sentence, however it is written: "The Talks Have Failed". Such a run is
read as if it were in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaners.languages.model import lexicon_costs
from cleaners.languages.scores import score, sum_costs
from cleaners.languages.states import KNOWN, STATES
from cleaners.languages.table import STEPS_PER_NAT
from cleaners.languages.words import script_of
from cleaners.vocabulary import words

__all__ = ["CLOSES", "NAMED", "OPENS", "is_clause", "lower_sentences"]

_CLAUSE, _WEAK = (frozenset(words(f"language.{kind}")) for kind in ("clause", "weak"))
_ENOUGH_WEAK = 3
_JOINS = frozenset((" ", ", ", "'", "’", "-", " - ", " — ", "\u00a0", ": ", "! ", "? ", ". ", "... ", "… "))
NAMED = words("language.enterprise")
"""How words begin that enterprises are called by: the name in quotes behind them is no quotation."""
_WORKS = words("language.work")
_QUOTED = 3  # words
_EN = STATES.index("en")
_LEAD = 3 * STEPS_PER_NAT
OPENS, CLOSES = re.compile(r"[«„“\"'(\[‹]\s*$"), re.compile(r"^\s*[!?.…,:]*[»”“\"')\]›]")
"""Find what opens a quotation at the end of a text, and what closes it at the start."""


def lower_sentences(tokens: Sequence[str], gaps: Sequence[str]) -> list[str] | None:
    """The words with each run of Latin words that is a sentence in lower case; None where there is none.

    `gaps[i]` is the text before word i, and the last gap the text after all words.
    """
    lowered: list[str] | None = None
    for first, last in _latin_runs(tokens, gaps):
        run = [token.lower() for token in tokens[first:last]]
        named = first > 0 and tokens[first - 1].lower().startswith(NAMED + _WORKS)
        if last - first < 2 or not (is_clause(run) or (not named and _is_quotation(run, gaps[first], gaps[last]))):
            continue
        lowered = lowered or list(tokens)
        lowered[first:last] = run
    return lowered


def is_clause(run: Sequence[str]) -> bool:
    """Whether lower-case words are a part of a sentence and not a name."""
    plain = [word.replace("’", "'") for word in run]
    if not _CLAUSE.isdisjoint(plain):
        return True
    weak = sum(word in _WEAK for word in plain)
    return weak >= _ENOUGH_WEAK and len(plain) < 3 * weak


def _is_quotation(run: Sequence[str], before: str, after: str) -> bool:
    """Whether words in quotes or brackets are English ones, and enough of them: «Thanks From Bill»."""
    if len(run) < _QUOTED or not (OPENS.search(before) and CLOSES.search(after)):
        return False
    fields = sum_costs(lexicon_costs(run))
    found = score(fields)
    return fields[KNOWN] == len(run) and found is not None and found.state == _EN and found.lead >= _LEAD


def _latin_runs(tokens: Sequence[str], gaps: Sequence[str]) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(tokens):
        if script_of(tokens[first][0]) != "Latn":
            first += 1
            continue
        last = first + 1
        while last < len(tokens) and script_of(tokens[last][0]) == "Latn" and gaps[last] in _JOINS:
            last += 1
        yield first, last
        first = last
