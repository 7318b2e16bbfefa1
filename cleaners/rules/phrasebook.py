"""Finding the phrases of all phrase files in a line, in one walk over its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cleaners.rules.phrase import KEY, WORD, Phrase
from cleaners.rules.phrase_files import FROM_START, entries

__all__ = ["Found", "Phrasebook", "phrasebook"]

NUMBER = "#"
_BEGINNING = re.compile(rf"(\w{{1,{KEY}}})\w*+")
_BUTTON = 2
"""Words of a button at most: with a full stop behind them they are somebody's answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a line: [start, end) of its own words."""

    phrase: Phrase
    start: int
    end: int


class Phrasebook:
    """All phrases, indexed by the beginning of their first word."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self._first: dict[str, list[tuple[str, Phrase]]] = {}
        self._any: dict[str, list[tuple[str, Phrase]]] = {}
        for phrase in phrases:
            index = self._first if phrase.at in FROM_START else self._any
            first = phrase.first
            # To look at the first word before the pattern spares most patterns their compiling, for good.
            index.setdefault(_key(first) if first else NUMBER, []).append((first, phrase))

    def whole(self, folded: str) -> Iterator[Found]:
        """Phrases that the line, folded, is or begins with."""
        word = WORD.search(folded, 0, 12)
        if not word:
            return
        start, length = word.start(), len(folded)
        possible = [
            phrase
            for first, phrase in self._first.get(_key(word[0]), ())
            if length <= phrase.longest_line
            and folded.startswith(first, start)
            and phrase.may_go_on(folded, start + len(first))
        ]
        beginnings = set(_BEGINNING.findall(folded)) if possible else ()
        for phrase in possible:
            if (
                phrase.may_stand_among(beginnings)
                and (found := phrase.pattern.match(folded, start))
                and not (phrase.at == "line" and _is_sentence(phrase, folded))
            ):
                yield Found(phrase, found.start(), found.end())

    def inside(self, folded: str) -> Iterator[Found]:
        """Phrases anywhere in the line, in order."""
        beginnings = set(_BEGINNING.findall(folded))
        possible = {
            key: some
            for key in beginnings & self._any.keys()
            if (some := [entry for entry in self._any[key] if entry[1].may_stand_among(beginnings)])
        }
        if not possible:
            return
        for word in _BEGINNING.finditer(folded):
            start = word.start()
            for first, phrase in possible.get(word[1], ()):
                if (
                    folded.startswith(first, start)
                    and phrase.may_go_on(folded, start + len(first))
                    and (found := phrase.pattern.match(folded, start))
                ):
                    yield Found(phrase, found.start(), found.end())


@cache
def phrasebook() -> Phrasebook:
    """The book, read from the data files at the first call."""
    return Phrasebook([phrase for entry in entries() for phrase in entry.phrases])


def _is_sentence(phrase: Phrase, folded: str) -> bool:
    """Whether a line with a full stop is a sentence, no button.

    It is where the phrase leaves words open ("Back to the wall, he fought.") and where it has few words ("No.").
    """
    end = folded.rstrip(" \"')")
    if not end.endswith(".") or end.endswith(".."):
        return False
    return "*" in phrase.text.split() or len(WORD.findall(end)) <= _BUTTON


def _key(word: str) -> str:
    return NUMBER if word[0].isdigit() else word[:KEY]
