"""The stories of a day, given those of the days before it.

Each text is linked to the closest representative before it that tells its story, else it represents a story itself. So
all texts of a story are like its representative, and no chain of likenesses joins strangers. What comes before what is
the order of days and of entries in a day, never that in which they were read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from flows.stories.candidates import MOST_CANDIDATES, Texts, candidates
from flows.stories.compare import LEAST_WORDS, Text, compare, kind_of
from flows.stories.day import EXCERPT, REPRESENTATIVE, SAME, VERSION, Links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flows.stories.compare import Comparison
    from flows.stories.day import Day
    from flows.stories.words import Hashes

    Propose = Callable[[Sequence[Texts]], Iterator[list[int]]]
    """As `candidates`, wherever it is done."""

WINDOW_DAYS = 30
"""A text is compared with those of so many days before it. It bounds what a day costs, however long the past is."""

_TEXTS = 16_384
"""Texts of which the shingles are remembered: some 4 KB each."""

_TABLE = 2**22

Place = tuple[int, int]
"""Number of a day in a list of days, and row in it."""


def link_day(day: Day, past: Sequence[tuple[Day, Links]], propose: Propose = candidates) -> Links:
    """The links of a day's entries. `past` are the days of the window before it, in order, with theirs."""
    return _Linking(day, past).run(propose)


def compared(day: Day, past: Sequence[tuple[Day, Links]]) -> list[Texts]:
    """What is compared, by day, the own one last.

    Of the past that is only what represents a story, and of each page the last capture of its day.
    """
    before = [Texts(each.prints, each.is_last & (links.kind == REPRESENTATIVE)) for each, links in past]
    return [*before, Texts(day.prints, day.is_last)]


class _Linking:
    def __init__(self, day: Day, past: Sequence[tuple[Day, Links]]) -> None:
        self.day = day
        self.days = [*(each for each, _ in past), day]
        self.links = [*(links for _, links in past), Links.to_themselves(day.number, len(day))]
        self.own = self.links[-1]
        self.index = {each.number: n for n, each in enumerate(self.days)}
        self.ends = np.cumsum([*map(len, self.days)])
        self.text = lru_cache(_TEXTS)(self._text)
        self.excerpts = self._first_excerpts()

    def _text(self, place: Place) -> Text:
        return Text(self.days[place[0]].words_of(place[1]))

    def _representative(self, place: Place) -> Place | None:
        """That of an entry, where it is in the window."""
        links = self.links[place[0]]
        n = self.index.get(int(links.day[place[1]]))
        return None if n is None else (n, int(links.row[place[1]]))

    def _first_excerpts(self) -> dict[Place, Place]:
        """The first excerpt in the past of each text that has one."""
        kind, day, row = (
            np.concatenate([getattr(links, name) for links in self.links]) for name in ("kind", "day", "row")
        )
        there = np.flatnonzero(kind == EXCERPT)
        wholes, first = np.unique(day[there].astype(np.int64) << 32 | row[there], return_index=True)
        return {
            (n, whole & (2**32 - 1)): self._place(excerpt)
            for whole, excerpt in zip(wholes.tolist(), there[first].tolist(), strict=True)
            if (n := self.index.get(whole >> 32)) is not None
        }

    def _place(self, n: int) -> Place:
        """Where the text stands that is number `n` of all days."""
        day = int(np.searchsorted(self.ends, n, "right"))
        return day, n - (int(self.ends[day - 1]) if day else 0)

    def run(self, propose: Propose) -> Links:
        """Link one entry after the other; the captures of a page on this day with its last one."""
        pages = _places([d.page for d in self.days[:-1]], self.day.page)
        texts = _places([d.text for d in self.days[:-1]], self.day.text)
        proposed = propose(compared(self.day, list(zip(self.days[:-1], self.links[:-1], strict=True))))
        here = len(self.days) - 1
        for row, near in zip(np.flatnonzero(self.day.is_last).tolist(), proposed, strict=True):
            page, text = int(self.day.page[row]), int(self.day.text[row])
            has_words = self.day.starts[row] < self.day.starts[row + 1]
            if page in pages and (same := self._representative(pages[page])) is not None:
                self._link(row, same, VERSION)
            elif has_words and text in texts and (same := self._representative(texts[text])) is not None:
                self._link_as(row, same, texts[text])
            elif self.day.starts[row + 1] - self.day.starts[row] >= LEAST_WORDS:
                self._link_closest((here, row), map(self._place, near))
            texts.setdefault(text, (here, row))
        for row in np.flatnonzero(~self.day.is_last).tolist():
            last = (here, int(self.day.last[row]))
            whole = self._representative(last)
            if whole is not None:
                self._link(row, whole, VERSION)
        return self.own

    def _link(self, row: int, to: Place, kind: int, likeness: tuple[float, float] = (np.nan, np.nan)) -> None:
        self.own.day[row] = self.days[to[0]].number
        self.own.row[row] = to[1]
        self.own.kind[row] = kind
        self.own.similarity[row], self.own.containment[row] = likeness

    def _link_as(self, row: int, to: Place, copy: Place) -> None:
        """Link a copy of a text as that text is linked."""
        links = self.links[copy[0]]
        kind = int(links.kind[copy[1]])
        likeness = float(links.similarity[copy[1]]), float(links.containment[copy[1]])
        if kind in (REPRESENTATIVE, VERSION):
            kind, likeness = SAME, (1.0, 1.0)
        self._link(row, to, kind, likeness)

    def _link_closest(self, place: Place, near: Iterable[Place]) -> None:
        found: list[tuple[float, float, int, int, int, Comparison]] = []
        tried = 0
        for other in near:
            if tried >= MOST_CANDIDATES:
                break
            if self.links[other[0]].kind[other[1]] != REPRESENTATIVE:
                continue
            tried += 1
            compared = compare(self.text(other), self.text(place))
            kind = kind_of(self.text(other), self.text(place), compared)
            if kind is not None and not (kind == EXCERPT and self._stranger(other, place)):
                found.append((-compared.similarity, -compared.containment, *other, kind, compared))
        if found:
            *_, n, row, kind, compared = min(found, key=lambda each: each[:4])
            self._link(place[1], (n, row), kind, (compared.similarity, compared.containment))
            if kind == EXCERPT:
                self.excerpts.setdefault((n, row), place)

    def _stranger(self, whole: Place, place: Place) -> bool:
        """Whether the text shares nothing with the first excerpt of the same: a digest tells many stories."""
        first = self.excerpts.get(whole)
        return first is not None and compare(self.text(first), self.text(place)).containment == 0


def _places(past: Sequence[Hashes], wanted: Hashes) -> dict[int, Place]:
    """The first place in the past of each wanted hash."""
    # A table of bits sorts out nearly all of the past, at the cost of one look-up each.
    table = np.zeros(_TABLE, bool)
    table[wanted & np.uint64(_TABLE - 1)] = True
    known = set(wanted.tolist())
    found: dict[int, Place] = {}
    for n, hashes in enumerate(past):
        rows = np.flatnonzero(table[hashes & np.uint64(_TABLE - 1)])
        for row, each in zip(rows.tolist(), hashes[rows].tolist(), strict=True):
            if each in known:
                found.setdefault(each, (n, row))
    return found
