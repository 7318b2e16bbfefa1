"""The page as a person would mark it up: every line kept or struck, with the reason at its side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from cleaners.document import Document, LedgerLine

WIDTH = 96
"""Columns of text; two more stand before it for the mark."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOLD, _FAINT, _STRUCK, _REASON, _NOTE = "1", "2", "9;31", "33", "36"
_KEPT = ""

Word = tuple[str, str]
"""A word and its style, as the parameters of an ANSI sequence."""


def explain(document: Document, *, color: bool) -> str:
    """The ledger of `document` for reading in a terminal.

    A line begins with a blank where it is kept, `x` where it is dropped and `~` where a span is cut from it; the span
    stands between `[-` and `-]`. Under it: category, rule and evidence. Fragments in another language than the
    document's are named. `color` adds ANSI colours; without it the text says the same. Control characters and marks
    that turn the direction of text are shown as `?`, so that a hostile page cannot write to the terminal.
    """
    rows = (*_head(document), [], *_body(document), *_foot(document))
    return "".join(f"{_row(row, color)}\n" for row in rows)


def _head(document: Document) -> Iterator[list[Word]]:
    meta = document.metadata
    yield from _lines("  ", [(meta.title or "(no title)", _BOLD)])
    facts = (
        ("id", document.id),
        ("url", document.url),
        ("authors", ", ".join(meta.authors)),
        ("published", meta.published),
        ("site", meta.site_name),
        ("languages", ", ".join(f"{name} {letters}" for name, letters in document.languages.items())),
    )
    for name, value in facts:
        if value:
            yield from _lines("  ", [(f"{name}:", _FAINT), (value, _KEPT)])
    for flag in document.flags:
        yield from _lines("! ", [(flag, _REASON)])


def _body(document: Document) -> Iterator[list[Word]]:
    for entry in document.ledger:
        mark = {"kept": "  ", "cut": "~ ", "dropped": "x "}[entry.verdict]
        tag = [] if entry.line.tag == "p" else [(f"<{entry.line.tag}>", _FAINT)]
        yield from _lines(mark, [*tag, *_marked(entry)])
        for reason in dict.fromkeys((cut.category, cut.rule, cut.evidence) for cut in entry.cuts):
            category, rule, evidence = reason
            yield from _lines("    ", [(f"{category} · {rule}" + (f" · {evidence}" if evidence else ""), _REASON)])
        if entry.kept:
            yield from _languages(entry, document.language)
        yield []


def _marked(entry: LedgerLine) -> Iterator[Word]:
    """The text of a line with its cuts between brackets; a line dropped whole needs none."""
    text, at = entry.line.text, 0
    if entry.kept is None:
        yield text, _STRUCK
        return
    for cut in entry.cuts:
        yield text[at : cut.start], _KEPT
        yield f"[-{text[cut.start : cut.end].strip()}-]", _STRUCK
        at = cut.end
    yield text[at:], _KEPT


def _languages(entry: LedgerLine, language: str) -> Iterator[list[Word]]:
    """Fragments that are not in the document's language, each with its beginning."""
    for fragment in entry.line.fragments:
        cut = any(c.start <= fragment.start and fragment.end <= c.end for c in entry.cuts)
        if fragment.language not in (language, "und") and not cut:
            text = entry.line.text[fragment.start : fragment.end].strip()
            whole = len(entry.line.fragments) == 1
            sample = "" if whole else f": “{text[:60]}{'…' if len(text) > 60 else ''}”"
            yield from _lines("    ", [(f"in {fragment.language}{sample}", _NOTE)])


def _foot(document: Document) -> Iterator[list[Word]]:
    verdicts = [entry.verdict for entry in document.ledger]
    counts = (f"{verdicts.count(v)} {v}" for v in ("kept", "cut", "dropped"))
    yield from _lines("  ", [(f"{len(verdicts)} lines: {', '.join(counts)}", _FAINT)])


def _lines(mark: str, parts: list[Word]) -> Iterator[list[Word]]:
    """The words of `parts` set in rows of WIDTH columns, the first with the mark, the others set in by as much."""
    row: list[Word] = []
    width = 0
    lead = mark
    for text, style in parts:
        for word in _CONTROL.sub("?", " ".join(text.split())).split(" "):
            if row and width + 1 + len(word) > WIDTH:
                yield [(lead, _KEPT), *row]
                lead, row, width = " " * len(mark), [], 0
            if word:
                row.append((word, style))
                width += len(word) + 1
    if row:
        yield [(lead, _KEPT), *row]


def _row(row: list[Word], color: bool) -> str:
    if not row:
        return ""
    (lead, _), *words = row
    runs = ((style, " ".join(word for word, _ in run)) for style, run in groupby(words, key=lambda w: w[1]))
    return lead + " ".join(f"\x1b[{style}m{text}\x1b[0m" if color and style else text for style, text in runs)
