"""The languages of a document: that of its author, and whether it is written in several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cleaners.document import Fragment, Paragraph
from cleaners.read.letters import count_letters
from cleaners.training_text import quoted_spans

__all__ = ["mixture", "narration"]

# The share of all letters that stand in paragraphs of a second language. Of 280 pages made on purpose, those in two
# languages by turns have .19 to .50, menus and footers in another language at most .13. A lone paragraph is a quotation
# until it is a third of the text. Inside paragraphs of another language, the same shares count.
_REAL, _REAL_ALONE = 0.15, 0.33
_SPEECH = re.compile(r"\s*[—–―-]\s")


def narration(paragraphs: Iterable[Paragraph]) -> Counter[str]:
    """The number of letters in each language outside quotations: what the author writes. `und` is left out.

    A paragraph that begins with a dash is what somebody else says.
    """
    letters: Counter[str] = Counter()
    for paragraph in paragraphs:
        if _SPEECH.match(paragraph.text):
            continue
        quoted = quoted_spans(paragraph.text)
        for fragment in paragraph.fragments:
            if fragment.language != "und":
                letters[fragment.language] += sum(
                    count_letters(paragraph.text[start:end]) for start, end in _outside(fragment, quoted)
                )
    return +letters


def _outside(fragment: Fragment, quoted: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = fragment.start
    for start, end in quoted:
        if end > at and start < fragment.end:
            if start > at:
                yield at, start
            at = end
    if at < fragment.end:
        yield at, fragment.end


def mixture(paragraphs: Iterable[Paragraph]) -> str | None:
    """Say which languages have a real share of the letters of a document, or None where it is one language.

    `mixed: uk 61%, en 39%` where paragraphs are in different languages; `mixed inside paragraphs: ..` where a second
    language stands only beside the first, such as quotations. The shares are those of all letters that have a language;
    languages with a real share are named, most letters first.
    """
    letters: Counter[str] = Counter()
    own: Counter[str] = Counter()  # in paragraphs of the same language
    paragraphs_of: Counter[str] = Counter()
    paragraphs_with: Counter[str] = Counter()
    for paragraph in paragraphs:
        paragraphs_of[paragraph.language] += 1
        paragraphs_with.update({fragment.language for fragment in paragraph.fragments})
        for fragment in paragraph.fragments:
            if fragment.language != "und":
                count = count_letters(paragraph.text[fragment.start : fragment.end])
                letters[fragment.language] += count
                own[fragment.language] += count if fragment.language == paragraph.language else 0
    for kind, counted, places in (
        ("mixed", own, paragraphs_of),
        ("mixed inside paragraphs", letters, paragraphs_with),
    ):
        if said := _said(kind, letters, counted, places):
            return said
    return None


def _said(kind: str, letters: Counter[str], counted: Counter[str], places: Counter[str]) -> str | None:
    whole = sum(letters.values())
    real = [
        language
        for language, _ in sorted(letters.items(), key=lambda item: (-item[1], item[0]))
        if counted[language] > whole * (_REAL if places[language] > 1 else _REAL_ALONE)
    ]
    if len(real) < 2:
        return None
    return f"{kind}: " + ", ".join(f"{language} {letters[language] / whole:.0%}" for language in real)
