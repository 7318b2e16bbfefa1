"""The text of a document in one language, fit for training: whole paragraphs, and long runs of whole sentences.

A paragraph in one language stays whole. Of one in several, the sentences in this language stay, where enough of them
follow one another: a line is never a sentence with a hole. A sentence that quotes another language stays with its
quotation, or goes with it, as `Quotations` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

__all__ = ["Passage", "Quotations", "Span", "TrainingText", "quoted_spans", "training_spans", "training_text"]

Quotations = Literal["keep", "drop"]
"""What becomes of a sentence that quotes another language: it stays whole with the span named, or goes whole."""
_LONG = 80  # letters of a run of sentences that stands alone
_REAL = 0.15  # of all letters: below, a short line in a language is a name or a button ("NV" in a list of newspapers)
_MOST_FOREIGN = 0.5  # of the letters of a sentence; else it is one in the other language
_STRAY = 0.2  # outside quotes: a word or two in a sentence are its author's
_END = re.compile(r"(?P<word>\w*)[.!?…]+[\])»”\"’]{0,3}\s+(?=[«„“\"(\[—–-]?\s?[^\W_a-zа-яєіїґёў])")
_ABBREVIATION = 3  # letters: "вул.", "ім.", "Mr."


# Text in quotes, one pair inside another, and what is not closed before the paragraph ends: it goes on in the next.
_QUOTED = re.compile('«(?:[^«»]|«[^«»]*»)*(?:»|$)|“[^“”]*(?:”|$)|„[^„“”]*(?:[“”]|$)|"[^"]*"|‹[^‹›]*›')


class Span(Protocol):
    """A run of a passage in one language: a `Fragment`."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character after its last."""

    @property
    def language(self) -> str:
        """ISO 639-1, or `und`."""


class Passage(Protocol):
    """A text with its languages: a `Paragraph`."""

    @property
    def text(self) -> str:
        """All of it."""

    @property
    def fragments(self) -> Sequence[Span]:
        """Its runs, which cover it in order."""


class TrainingText(NamedTuple):
    """Text, a paragraph or a run of sentences a line, and the spans in it (start, end, language) in other languages."""

    text: str
    foreign: tuple[tuple[int, int, str], ...]


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """The spans of a paragraph that stand in quotes, with their marks."""
    return [match.span() for match in _QUOTED.finditer(text)]


def training_spans(
    paragraphs: Iterable[Passage], language: str, quotations: Quotations = "keep"
) -> list[tuple[int, int]]:
    """Return the spans of what the paragraphs hold in one language, of their texts with a line break between each two.

    A span is whole paragraphs in a row, or a run of sentences, or both where they follow one another.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    paragraphs = list(paragraphs)
    own = sum(_letters(p, language) for p in paragraphs)
    rare = own < _REAL * sum(sum(map(str.isalpha, p.text)) for p in paragraphs)
    for paragraph in paragraphs:
        if not rare or _letters(paragraph, language) >= _LONG:
            for start, end in _runs(paragraph, language, quotations):
                follows = bool(spans) and spans[-1][1] + 1 == at + start  # only a line break is between them
                spans.append((spans.pop()[0] if follows else at + start, at + end))
        at += len(paragraph.text) + 1
    return spans


def training_text(paragraphs: Iterable[Passage], language: str, quotations: Quotations = "keep") -> TrainingText:
    """Return what the paragraphs hold in one language; both parts are empty where they hold nothing."""
    paragraphs = list(paragraphs)
    whole = "\n".join(p.text for p in paragraphs)
    others = list(_others(paragraphs, language))
    foreign: list[tuple[int, int, str]] = []
    lines: list[str] = []
    at = 0
    for start, end in training_spans(paragraphs, language, quotations):
        foreign += [
            (max(low, start) - start + at, min(high, end) - start + at, other)
            for low, high, other in others
            if low < end and high > start
        ]
        lines.append(whole[start:end])
        at += end - start + 1
    return TrainingText("\n".join(lines), tuple(foreign))


def _others(paragraphs: Iterable[Passage], language: str) -> Iterator[tuple[int, int, str]]:
    """The fragments of all paragraphs in other languages, as spans of their joined texts."""
    at = 0
    for paragraph in paragraphs:
        for f in paragraph.fragments:
            if f.language not in (language, "und"):
                yield at + f.start, at + f.end, f.language
        at += len(paragraph.text) + 1


def _letters(paragraph: Passage, language: str) -> int:
    return sum(
        sum(map(str.isalpha, paragraph.text[f.start : f.end])) for f in paragraph.fragments if f.language == language
    )


def _runs(paragraph: Passage, language: str, quotations: Quotations) -> Iterator[tuple[int, int]]:
    """The spans of a paragraph that stay: all of it, or runs of sentences."""
    languages = {fragment.language for fragment in paragraph.fragments} - {"und"}
    if language not in languages:
        return
    text = paragraph.text
    if len(languages) == 1:
        yield 0, len(text)
        return
    quoted = quoted_spans(text)
    first: int | None = None
    last = 0
    for start, end in [*_sentences(text, quoted), (len(text), len(text))]:
        if start < end and _stays(paragraph, start, end, language, quotations, quoted):
            first = start if first is None else first
            last = end
            continue
        if first is not None:
            run = text[first:last].rstrip()
            if (first, last) == (0, len(text)) or sum(map(str.isalpha, run)) >= _LONG:
                yield first, first + len(run)
        first = None


def _stays(
    paragraph: Passage, start: int, end: int, language: str, quotations: Quotations, quoted: list[tuple[int, int]]
) -> bool:
    """Whether a sentence is in the language; a quotation in another one may be less than half of it."""
    own = foreign = stray = 0
    for fragment in paragraph.fragments:
        low, high = max(start, fragment.start), min(end, fragment.end)
        if low >= high:
            continue
        letters = sum(map(str.isalpha, paragraph.text[low:high]))
        if fragment.language == language:
            own += letters
        elif fragment.language != "und":
            foreign += letters
            stray += 0 if _is_inside(fragment, quoted) else letters
    if not foreign:
        return True
    return quotations == "keep" and foreign < _MOST_FOREIGN * (own + foreign) and stray <= _STRAY * (own + foreign)


def _is_inside(fragment: Span, quoted: list[tuple[int, int]]) -> bool:
    middle = (fragment.start + fragment.end) // 2
    return any(start <= middle < end for start, end in quoted)


def _sentences(text: str, quoted: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans of sentences, with the white space behind them. None ends inside quotes or behind an abbreviation."""
    start = 0
    for match in _END.finditer(text):
        word = match["word"]
        short = 0 < len(word) <= _ABBREVIATION and text[match.end("word")] == "." and not word.isdigit()
        inside = any(low < match.end("word") and match.end() < high for low, high in quoted)
        if not (short or inside):
            yield start, match.end()
            start = match.end()
    if start < len(text):
        yield start, len(text)
