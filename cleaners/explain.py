"""The ledger of a document for reading in a terminal: every line kept or struck out, with the reason under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

from cleaners.document import Document, LedgerLine
from cleaners.read.hidden import reveal

WIDTH = 96
"""Columns of text, after two for the mark."""
_BOLD, _FAINT, _STRUCK, _REASON, _NOTE = "1", "2", "9;31", "33", "36"


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style, the parameters of an ANSI sequence; empty for none."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the terminal: the indent or mark, then words. Without words it is blank."""

    mark: str = ""
    words: tuple[Span, ...] = ()

    def render(self, *, color: bool) -> str:
        """The row as text, neighbours of one style in one ANSI sequence."""
        runs = (
            (style, " ".join(word.text for word in run)) for style, run in groupby(self.words, key=lambda w: w.style)
        )
        return self.mark + " ".join(f"\x1b[{style}m{text}\x1b[0m" if color and style else text for style, text in runs)


def explain(document: Document, *, color: bool, facts: Iterable[tuple[str, str]] = ()) -> str:
    """The document's metadata and ledger as lines of text, each ended by a newline.

    `facts` are names and values that are said of it besides, under its metadata.

    A line begins with a blank where it is kept, `x` where it is dropped, `~` where a span is cut from it (the span is
    between `[-` and `-]`), and `-` where it is not in the body. Under it are category, rule and evidence. Fragments in
    another language than the document's are named. `color` adds ANSI colours; without it the text says the same.
    Control characters, and what hides text or changes its direction, are shown as `?`: a hostile page cannot control
    the terminal.
    """
    rows = (*_head(document, facts), Row(), *_body(document), *_foot(document))
    return "".join(f"{row.render(color=color)}\n" for row in rows)


def _head(document: Document, more: Iterable[tuple[str, str]]) -> Iterator[Row]:
    meta = document.metadata
    yield from _lines("  ", [Span(meta.title or "(no title)", _BOLD)])
    facts = (
        ("id", document.id),
        ("url", document.url),
        ("authors", ", ".join(meta.authors)),
        ("published", f"{meta.published} ({meta.published_by})" if meta.published_by else meta.published),
        ("site", meta.site_name),
        ("languages", ", ".join(f"{name} {letters}" for name, letters in document.languages.items())),
        *more,
    )
    for name, value in facts:
        if value:
            yield from _lines("  ", [Span(f"{name}:", _FAINT), Span(value)])
    for flag in document.flags:
        yield from _lines("! ", [Span(flag, _REASON)])


def _body(document: Document) -> Iterator[Row]:
    entries = document.ledger
    for entry, after in zip_longest(entries, entries[1:]):
        if entry.left_out is not None:
            yield from _lines("- ", [Span(entry.line.text, _FAINT)])
            # The reason once for a run: a page has more blocks outside its body than inside.
            if after is None or after.left_out is None or after.left_out.rule != entry.left_out.rule:
                yield from _lines("    ", [Span(f"not in the body · {entry.left_out.rule}", _REASON)])
                yield Row()
            continue
        mark = {"kept": "  ", "cut": "~ ", "dropped": "x "}[entry.verdict]
        tag = [] if entry.line.tag == "p" else [Span(f"<{entry.line.tag}>", _FAINT)]
        yield from _lines(mark, [*tag, *_marked(entry)])
        for reason in dict.fromkeys((cut.category, cut.rule, cut.evidence) for cut in entry.cuts):
            category, rule, evidence = reason
            yield from _lines("    ", [Span(f"{category} · {rule}" + (f" · {evidence}" if evidence else ""), _REASON)])
        if entry.kept_by is not None:
            yield from _lines("    ", [Span(f"kept by {entry.kept_by.rule} · {entry.kept_by.evidence}", _NOTE)])
        if entry.kept:
            yield from _languages(entry, document.language)
        yield Row()


def _marked(entry: LedgerLine) -> Iterator[Span]:
    """The text of a line with its cuts in brackets; a line that is dropped whole needs none."""
    text, at = entry.line.text, 0
    if entry.kept is None:
        yield Span(text, _STRUCK)
        return
    for cut in entry.cuts:
        yield Span(text[at : cut.start])
        yield Span(f"[-{text[cut.start : cut.end].strip()}-]", _STRUCK)
        at = cut.end
    yield Span(text[at:])


def _languages(entry: LedgerLine, language: str) -> Iterator[Row]:
    """The fragments in another language than the document's, each with its beginning."""
    for fragment in entry.line.fragments:
        cut = any(c.start <= fragment.start and fragment.end <= c.end for c in entry.cuts)
        if fragment.language not in (language, "und") and not cut:
            text = entry.line.text[fragment.start : fragment.end].strip()
            whole = len(entry.line.fragments) == 1
            sample = "" if whole else f": “{text[:60]}{'…' if len(text) > 60 else ''}”"
            yield from _lines("    ", [Span(f"in {fragment.language}{sample}", _NOTE)])


def _foot(document: Document) -> Iterator[Row]:
    verdicts = [entry.verdict for entry in document.ledger]
    judged = ", ".join(f"{verdicts.count(v)} {v}" for v in ("kept", "cut", "dropped"))
    outside = verdicts.count("left out")
    others = f"; {outside} blocks not in the body" if outside else ""
    yield from _lines("  ", [Span(f"{len(verdicts) - outside} lines: {judged}{others}", _FAINT)])


def _lines(mark: str, spans: Iterable[Span]) -> Iterator[Row]:
    """The words of `spans` wrapped at WIDTH columns; the first row has the mark, the others are indented as far."""
    words: list[Span] = []
    width = 0
    lead = mark
    for span in spans:
        for word in reveal(" ".join(span.text.split()), "?").split(" "):
            if words and width + 1 + len(word) > WIDTH:
                yield Row(lead, tuple(words))
                lead, words, width = " " * len(mark), [], 0
            if word:
                words.append(Span(word, span.style))
                width += len(word) + 1
    if words:
        yield Row(lead, tuple(words))
