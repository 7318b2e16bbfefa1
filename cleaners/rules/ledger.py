"""The ledger of one page while it is judged: which spans of each line are left, and which rules cut the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.document import Cut, Drop, Fragment, LedgerLine, Line
from cleaners.read.letters import count_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]


class LedgerBuilder:
    """Applies drops to the lines of a page; every character of a line is kept or in exactly one cut."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = {line.index: line for line in lines}
        self._remaining: dict[int, list[Span]] = {line.index: [(0, len(line.text))] for line in lines}
        self._cuts: dict[int, list[Cut]] = {line.index: [] for line in lines}
        self._now = dict(self._lines)

    def apply(self, drops: Iterable[Drop], step: int | None = None) -> bool:
        """Apply the drops of one cleaner and return whether anything was cut.

        Their offsets are in the texts of `remaining` as that cleaner saw them. Where spans of one cleaner overlap, the
        characters are cut once, for the first span. `step` is noted in the cuts.
        """
        by_line: dict[int, list[Drop]] = {}
        has_cut = False
        for drop in drops:
            by_line.setdefault(drop.index, []).append(drop)
        for index, group in by_line.items():
            if index not in self._now:
                continue
            spans = _disjoint(group, len(self._now[index].text))
            # From the right, so that a cut does not shift the offsets of the next ones.
            for drop, start, end in reversed(spans):
                self._cut(drop, start, end, step)
            has_cut = has_cut or bool(spans)
        return has_cut

    def _cut(self, drop: Drop, start: int, end: int, step: int | None) -> None:
        if drop.index not in self._now:  # the cut to the right took the white space that was left for this one
            return
        text = self._now[drop.index].text
        if not text:  # emptied by repair: dropped like any line, so that the ledger names the rule
            self._cuts[drop.index] = []
            self._keep(drop.index, [], Cut(0, 0, drop.category, drop.rule, drop.evidence, step))
            return
        start, end = _widen(text, start, min(end, len(text)))
        rest: list[Span] = []
        cuts: list[Cut] = []
        at = 0
        for a, b in self._remaining[drop.index]:
            left, right = a + max(0, start - at), min(b, a + end - at)
            at += b - a
            if left >= right:
                rest.append((a, b))
                continue
            cuts.append(Cut(left, right, drop.category, drop.rule, drop.evidence, step))
            rest += [(x, y) for x, y in ((a, left), (right, b)) if x < y]
        self._keep(drop.index, rest, *cuts)

    def _keep(self, index: int, rest: list[Span], *cuts: Cut) -> None:
        self._cuts[index] += cuts
        self._remaining[index] = rest
        if rest:
            self._now[index] = self._remains(self._lines[index])
        else:
            del self._now[index]

    def repeat(self, index: int, cut: Cut) -> None:
        """Make a cut that the ledger recorded: its offsets are in the text of the whole line."""
        rest: list[Span] = []
        for a, b in self._remaining[index]:
            left, right = max(a, cut.start), min(b, cut.end)
            rest += [(a, b)] if left >= right else [(x, y) for x, y in ((a, left), (right, b)) if x < y]
        self._keep(index, [span for span in rest if span[0] < span[1]], cut)

    def cuts_of(self, step: int) -> list[tuple[int, Cut]]:
        """The cuts of one step with the indexes of their lines, in the order of the page."""
        return [
            (index, cut)
            for index, cuts in self._cuts.items()
            for cut in sorted(cuts, key=lambda cut: cut.start)
            if cut.step == step
        ]

    def _text(self, index: int) -> str:
        return "".join(self._lines[index].text[a:b] for a, b in self._remaining[index])

    def remaining(self) -> tuple[Line, ...]:
        """The lines that are not dropped whole, with the text and fragments that are left of them."""
        return tuple(self._now.values())

    def _remains(self, line: Line) -> Line:
        fragments: list[Fragment] = []
        at = 0
        for a, b in self._remaining[line.index]:
            for f in line.fragments:
                left, right = max(a, f.start), min(b, f.end)
                if left < right:
                    start, end = at + left - a, at + right - a
                    if fragments and fragments[-1].language == f.language:
                        start = fragments.pop().start
                    fragments.append(Fragment(start, end, f.language))
            at += b - a
        text = self._text(line.index)
        return replace(
            line, text=text, fragments=tuple(fragments), language=_main_language(text, fragments, line.language)
        )

    def ledger(self) -> tuple[LedgerLine, ...]:
        """Every line with its verdict, in the order of the page."""
        return tuple(
            LedgerLine(line, self._text(index) or None, tuple(sorted(self._cuts[index], key=lambda c: c.start)))
            for index, line in self._lines.items()
        )


def _disjoint(drops: Iterable[Drop], length: int) -> list[tuple[Drop, int, int]]:
    """The drops of one line by their start, each with its span less what the drops before it cut."""
    spans: list[tuple[Drop, int, int]] = []
    at = 0
    for drop in sorted(drops, key=lambda d: (d.start, -(length if d.end is None else d.end))):
        start, end = max(at, drop.start), length if drop.end is None else min(drop.end, length)
        if start < end or not length:
            spans.append((drop, start, end))
            at = end
    return spans


def _widen(text: str, start: int, end: int) -> Span:
    """Extend a cut over white space that would otherwise be left doubled, or at an end of the line."""
    if start == 0 or text[start - 1].isspace():
        while end < len(text) and text[end].isspace():
            end += 1
    if end == len(text):
        while start > 0 and text[start - 1].isspace():
            start -= 1
    return start, end


def _main_language(text: str, fragments: Sequence[Fragment], otherwise: str) -> str:
    letters: dict[str, int] = {}
    for f in fragments:
        letters[f.language] = letters.get(f.language, 0) + count_letters(text[f.start : f.end])
    return max(letters, key=lambda name: letters[name]) if letters else otherwise
