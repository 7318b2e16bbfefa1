"""Plain text to lines, and what the text says of itself: its headline, its authors, its date.

What it says stands around the article, in the lines that the cleaners drop later: a headline among dates and addresses
at the top, "By BBC" below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from cleaners.authors import strip_label
from cleaners.dates import parse_date
from cleaners.document import Line, Metadata
from cleaners.phrasebook import Found, fold, phrasebook
from cleaners.rules.bylines import is_byline, name_of_biography
from cleaners.rules.contacts import is_contact
from cleaners.rules.timestamps import is_timestamp
from cleaners.rules.titles import words_of
from cleaners.zones import ends_like_sentence, is_paragraph, tail

# The bullet that converters of HTML write for a list item. Other signs were typed by the author and stay; a dash begins
# a line of dialogue.
_BULLET = re.compile(r"•\s*(?=\S)")
_HEAD = 12
"""Lines from the top among which the headline and the date are looked for."""
_TAIL = 8
_WORD = re.compile(r"\w+")
_COPYRIGHT = re.compile(
    r"^(?:copyright|©|\(c\))\s{0,2}(?:\d{4})?[.,]?\s{0,2}(?P<names>.{3,120}?)\.?\s(?:all rights reserved)",
    re.IGNORECASE,
)


def read_lines(text: str, *, fetched_at: datetime | None = None) -> tuple[list[Line], Metadata]:
    """The lines of `text` that are not blank, bullets turned into the tag `li`, and the metadata found in them.

    `fetched_at` anchors relative dates.
    """
    blocks = [block.strip() for block in text.splitlines() if block.strip()]
    lines = [_line(place, block) for place, block in enumerate(blocks)]
    title = _title(lines)
    return lines, Metadata(
        title=title,
        authors=_authors(lines),
        published=_published(lines, fetched_at),
        headlines=(title,) if title else (),
    )


def _line(place: int, block: str) -> Line:
    bullet = _BULLET.match(block)
    return Line(place, block[bullet.end() :], "li", original=block) if bullet else Line(place, block)


def _title(lines: Sequence[Line]) -> str | None:
    """A headline that stands twice at the top, or one line like a headline between leftovers and the article."""
    top = [line for line in lines[:_HEAD] if not _is_leftover(line)]
    if not top:
        return None
    first = top[0].text
    if any(words_of(line.text) == words_of(first) for line in top[1:4]) and len(first.split()) <= 30:
        if not is_paragraph(top[0]):
            return first
    if len(top) < 2 or not _is_headline(top[0]) or not is_paragraph(top[1]):
        return None
    return first if top[0].place > 0 or _in_title_case(first) else None


def _is_headline(line: Line) -> bool:
    return (
        line.tag == "p"
        and 4 <= len(line.text.split()) <= 25
        and line.text[0].isalnum() | (line.text[0] in "\"“«‘'")
        and not (ends_like_sentence(line.text) and line.text[-1] not in "?!’'”»\"")
    )


def _in_title_case(text: str) -> bool:
    """Whether the text is written As an English Headline."""
    words = [w for w in _WORD.findall(text) if len(w) > 3]
    return (
        len(words) > 3
        and text.isascii() | bool(re.search("[A-Za-z]", text))
        and (sum(w[0].isupper() for w in words) >= 0.85 * len(words))
    )


def _is_leftover(line: Line) -> bool:
    text = line.text
    return (
        not _WORD.search(text)
        or is_timestamp(text)
        or is_contact(text)
        or is_byline(text)
        or any(True for _ in _phrases(text))
    )


def _phrases(text: str) -> list[Found]:
    return list(phrasebook().whole(fold(text)))


def _published(lines: Sequence[Line], fetched_at: datetime | None) -> str | None:
    """The date line nearest above the article: one higher up is often the day of the visit. Else a labelled one below."""
    above = list(takewhile(lambda line: not is_paragraph(line), lines[:_HEAD]))
    below = [line for line in lines[-_TAIL:] if line.place >= len(above)]
    for line in (*reversed(above), *below):
        labelled = any(f.phrase.category == "timestamp" for f in _phrases(line.text))
        if labelled or (line in above and is_timestamp(line.text)):
            found = parse_date(line.text, fetched_at)
            if found:
                return found
    return None


def _authors(lines: Sequence[Line]) -> tuple[str, ...]:
    """Names in byline lines at the top or the end; else in a copyright line; else those that biographies begin with."""
    edges = [line.text for line in (*lines[:_HEAD], *lines[max(_HEAD, len(lines) - _TAIL) :])]
    for text in edges:
        if is_byline(text) or any(_names_authors(f) for f in _phrases(text)):
            names = strip_label(text)
            if names:
                return names
    for text in edges:
        found = _COPYRIGHT.match(text)
        if found and (names := strip_label(found["names"])):
            return names
    below = tail(lines)
    biographies = (name_of_biography(line.text) for line in lines if line.place in below)
    return tuple(name for name in biographies if name)


def _names_authors(found: Found) -> bool:
    return found.phrase.category == "byline" and found.phrase.at == "start" and "*" in found.phrase.text
