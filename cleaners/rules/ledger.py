"""The books of one page while it is judged: which spans of each line still stand, and what took the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.document import Cut, Drop, Fragment, LedgerLine, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]


class LedgerBuilder:
    """Takes drops in, gives the standing lines and the ledger out; every character is kept or in exactly one cut."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = {line.index: line for line in lines}
        self._standing: dict[int, list[Span]] = {line.index: [(0, len(line.text))] for line in lines}
        self._cuts: dict[int, list[Cut]] = {line.index: [] for line in lines}
        self._now = dict(self._lines)

    def enter(self, drops: Iterable[Drop]) -> bool:
        """Enter the drops of one cleaner; their offsets are in the text as `standing` gave it to that cleaner.

        Says whether anything fell. Spans of one cleaner that overlap are cut once, for the first that names them.
        """
        by_place: dict[int, list[Drop]] = {}
        fell = False
        for drop in drops:
            by_place.setdefault(drop.index, []).append(drop)
        for place, group in by_place.items():
            if place not in self._now:
                continue
            spans = _apart(group, len(self._now[place].text))
            # From the right, so that a cut moves no offset that is still to come.
            for drop, start, end in reversed(spans):
                self._cut(drop, start, end)
            fell = fell or bool(spans)
        return fell

    def _cut(self, drop: Drop, start: int, end: int) -> None:
        if drop.index not in self._now:  # the cut to the right has taken the white space that this one was for
            return
        text = self._now[drop.index].text
        if not text:  # what repair emptied: dropped like any line, so that the ledger says by what
            self._standing[drop.index] = []
            self._cuts[drop.index] = [Cut(0, 0, drop.category, drop.rule, drop.evidence)]
            del self._now[drop.index]
            return
        start, end = _widen(text, start, min(end, len(text)))
        standing: list[Span] = []
        at = 0
        for a, b in self._standing[drop.index]:
            left, right = a + max(0, start - at), min(b, a + end - at)
            at += b - a
            if left >= right:
                standing.append((a, b))
                continue
            self._cuts[drop.index].append(Cut(left, right, drop.category, drop.rule, drop.evidence))
            standing += [(x, y) for x, y in ((a, left), (right, b)) if x < y]
        self._standing[drop.index] = standing
        if standing:
            self._now[drop.index] = self._remains(self._lines[drop.index])
        else:
            del self._now[drop.index]

    def _text(self, place: int) -> str:
        return "".join(self._lines[place].text[a:b] for a, b in self._standing[place])

    def standing(self) -> tuple[Line, ...]:
        """The lines that still hold text, with text and fragments as they stand now."""
        return tuple(self._now.values())

    def _remains(self, line: Line) -> Line:
        fragments: list[Fragment] = []
        at = 0
        for a, b in self._standing[line.index]:
            for f in line.fragments:
                left, right = max(a, f.start), min(b, f.end)
                if left < right:
                    start, end = at + left - a, at + right - a
                    if fragments and fragments[-1].language == f.language:
                        start = fragments.pop().start
                    fragments.append(Fragment(start, end, f.language))
            at += b - a
        text = self._text(line.index)
        return replace(line, text=text, fragments=tuple(fragments), language=_most(text, fragments, line.language))

    def ledger(self) -> tuple[LedgerLine, ...]:
        """Every line with its verdict, in the order of the page."""
        return tuple(
            LedgerLine(line, self._text(place) or None, tuple(sorted(self._cuts[place], key=lambda c: c.start)))
            for place, line in self._lines.items()
        )


def _apart(drops: Iterable[Drop], length: int) -> list[tuple[Drop, int, int]]:
    """The drops of one line in order, each without what the one before it takes."""
    spans: list[tuple[Drop, int, int]] = []
    at = 0
    for drop in sorted(drops, key=lambda d: (d.start, -(length if d.end is None else d.end))):
        start, end = max(at, drop.start), length if drop.end is None else min(drop.end, length)
        if start < end or not length:
            spans.append((drop, start, end))
            at = end
    return spans


def _widen(text: str, start: int, end: int) -> Span:
    """Take the white space that a cut would leave doubled or dangling along with it."""
    if start == 0 or text[start - 1].isspace():
        while end < len(text) and text[end].isspace():
            end += 1
    if end == len(text):
        while start > 0 and text[start - 1].isspace():
            start -= 1
    return start, end


def _most(text: str, fragments: Sequence[Fragment], otherwise: str) -> str:
    letters: dict[str, int] = {}
    for f in fragments:
        letters[f.language] = letters.get(f.language, 0) + sum(map(str.isalpha, text[f.start : f.end]))
    return max(letters, key=lambda name: letters[name]) if letters else otherwise
