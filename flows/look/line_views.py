"""The lines of a page as a template draws them: cut into pieces of one language, each kept or struck."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, islice, pairwise
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.document import Document, LedgerLine

__all__ = ["LONGEST", "MOST", "Difference", "LineView", "differences", "grouped"]

LONGEST = 20_000
"""Characters of a piece that are shown: a browser does not draw megabytes on one line."""
MOST = 4_000
"""Lines of a page that are shown; `sito show` prints all."""
_COMPARED = 2_000
"""Paragraphs that are compared: comparing takes their square."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line in one language, wholly kept or wholly struck; `hidden` characters more are not shown."""

    text: str
    language: str
    struck: bool
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its verdict: `kept`, `cut`, `dropped` or `left-out`.

    `reasons` are category, rule and evidence; `stage` is the stage that left the block out, with what it saw;
    `kept_by` the correction that kept it, with its note.
    """

    place: int
    tag: str
    verdict: str
    pieces: tuple[Piece, ...]
    reasons: tuple[tuple[str, str, str], ...]
    stage: str
    evidence: str
    kept_by: str = ""
    note: str = ""


def grouped(document: Document) -> list[tuple[str, list[LineView]]]:
    """The lines in runs: neighbours that one stage left out under its name, all others under ""; at most `MOST`."""
    views = map(_view, islice(document.ledger, MOST))
    return [(stage, list(run)) for stage, run in groupby(views, key=lambda view: view.stage)]


def _view(entry: LedgerLine) -> LineView:
    return LineView(
        entry.line.index,
        entry.line.tag,
        entry.verdict.replace(" ", "-"),
        tuple(_pieces(entry)),
        tuple(dict.fromkeys((cut.category, cut.rule, cut.evidence) for cut in entry.cuts)),
        entry.left_out.rule if entry.left_out else "",
        entry.left_out.evidence if entry.left_out else "",
        entry.kept_by.rule if entry.kept_by else "",
        entry.kept_by.evidence if entry.kept_by else "",
    )


def _pieces(entry: LedgerLine) -> Iterator[Piece]:
    line = entry.line
    cuts, fragments = _Spans(entry.cuts), _Spans(line.fragments)
    for start, end in pairwise(sorted({0, len(line.text), *cuts.edges, *fragments.edges})):
        fragment, text = fragments.at(start), line.text[start : min(end, start + LONGEST)]
        language = "und" if fragment is None else fragment.language
        yield Piece(text, language, cuts.at(start) is not None, end - start - len(text))


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_S = TypeVar("_S", bound=_Span)


class _Spans(Generic[_S]):
    """Spans in order that do not overlap, found by a place in them."""

    def __init__(self, spans: Sequence[_S]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in self._spans]
        self.edges = {edge for span in spans for edge in (span.start, span.end)}

    def at(self, place: int) -> _S | None:
        n = bisect_right(self._starts, place) - 1
        return self._spans[n] if n >= 0 and place < self._spans[n].end else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Paragraphs that follow one another: `same`, `added` or `removed`."""

    kind: str
    paragraphs: tuple[str, ...]


def differences(before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """What became of the kept paragraphs from one version of a page to the next."""
    found: list[Difference] = []
    before, after = before[:_COMPARED], after[:_COMPARED]
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Difference("same", tuple(before[a:b])))
            continue
        if b > a:
            found.append(Difference("removed", tuple(before[a:b])))
        if d > c:
            found.append(Difference("added", tuple(after[c:d])))
    return found
