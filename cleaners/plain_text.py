"""Plain text to lines, and the metadata in them: headline, authors, date, agency.

Plain text has no markup that states its metadata. It is in the lines around the article, which the cleaners drop later:
a headline among dates and addresses at the top, "By BBC" below. So this module is above the rules and finds those
lines by the same predicates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from cleaners.document import Line, Metadata
from cleaners.metadata.agencies import credited_agency
from cleaners.metadata.author_names import strip_label
from cleaners.metadata.dates import parse_date
from cleaners.metadata.headline import headline_of
from cleaners.read.fold import fold
from cleaners.read.repair import repair
from cleaners.read.running_text import is_paragraph
from cleaners.rules.bylines import is_byline, name_of_biography, signature
from cleaners.rules.contacts import is_contact
from cleaners.rules.navigation import is_breadcrumb, is_menu
from cleaners.rules.phrasebook import Found, phrasebook
from cleaners.rules.position import tail
from cleaners.rules.timestamps import is_timestamp

# The bullet that converters of HTML write for a list item. Other marks were typed by the author and stay; a dash begins
# a line of dialogue.
_BULLET = re.compile(r"(?:•\s*){1,9}(?=[^\s•])")
_HEAD = 12
"""Lines from the top among which headline, date, authors and agency are looked for."""
_TAIL = 8
"""Lines from the end among which date, authors and agency are looked for."""
_MAX_PROMPT = 200
"""Characters up to which a line that holds a phrase is taken for a prompt or notice as a whole."""
_WORD = re.compile(r"\w+")
_COPYRIGHT = re.compile(
    r"^(?:copyright|©|\(c\))\s{0,2}(?:\d{4})?[.,]?\s{0,2}(?P<names>.{3,120}?)\.?\s(?:all rights reserved)",
    re.IGNORECASE,
)

# "Reprinted with permission from Jane Roe's newsletter".
_REPRINTED = re.compile(
    r"^(?i:(?:this (?:article|column|text) (?:is|was) )?re-?(?:printed|published)\b[^.\n]{0,60}?\bfrom\s)"
    r"(?P<names>[A-Z][\w.-]{1,24}\s[A-Z][\w.-]{1,24})(?:[’']s)?(?i:\s(?:blog|newsletter|column|substack)\b)"
)


def read_lines(text: str, *, fetched_at: datetime | None = None) -> tuple[list[Line], Metadata]:
    """The non-blank lines of `text`, repaired, bullets turned into the tag `li`, and the metadata in them.

    `fetched_at` anchors relative dates.
    """
    blocks = [block.strip() for block in text.splitlines() if block.strip()]
    lines = [repair(_line(index, block)) for index, block in enumerate(blocks)]
    return lines, Metadata(
        title=headline_of([line for line in lines[:_HEAD] if not _is_leftover(line)]),
        authors=_authors(lines),
        published=_published(lines, fetched_at),
        agency=_agency(lines),
    )


def _line(index: int, block: str) -> Line:
    bullet = _BULLET.match(block)
    return Line(index, block[bullet.end() :], "li", original=block) if bullet else Line(index, block)


def _is_leftover(line: Line) -> bool:
    text = line.text
    return (
        not _WORD.search(text)
        or is_timestamp(text)
        or is_contact(text)
        or is_byline(text)
        or is_breadcrumb(text)
        or is_menu(text)
        or any(found.phrase.near != "end" for found in _phrases(text))
    )


def _is_prompt(line: Line) -> bool:
    return len(line.text) <= _MAX_PROMPT and (bool(_phrases(line.text)) or any(phrasebook().inside(fold(line.text))))


def _phrases(text: str) -> list[Found]:
    return list(phrasebook().whole(fold(text)))


def _published(lines: Sequence[Line], fetched_at: datetime | None) -> str | None:
    """The date line nearest above the article (higher up is often the day of the visit), else a labelled one below."""
    above = list(takewhile(lambda line: not is_paragraph(line), lines[:_HEAD]))
    below = [line for line in lines[-_TAIL:] if line.index >= len(above)]
    for line in (*reversed(above), *below):
        labelled = any(f.phrase.category == "timestamp" for f in _phrases(line.text))
        if labelled or (line in above and is_timestamp(line.text)):
            found = parse_date(line.text, fetched_at)
            if found:
                return found
    return None


def _agency(lines: Sequence[Line]) -> str | None:
    """The agency credited above or below the text, in its dateline or at its end."""
    above = [line.text for line in takewhile(lambda line: not is_paragraph(line), lines[:_HEAD])]
    below = [line.text for line in lines[max(len(above), len(lines) - _TAIL) :]]
    body = [line.text for line in lines if is_paragraph(line)]
    return credited_agency((), above, below, [*body[:1], *body[-1:]])


def _authors(lines: Sequence[Line]) -> tuple[str, ...]:
    """Names in bylines at the top or the end; else in a copyright line; else at the beginning of biographies."""
    edges = [line.text for line in (*lines[:_HEAD], *lines[max(_HEAD, len(lines) - _TAIL) :])]
    for text in edges:
        if is_byline(text) or any(_names_authors(f) for f in _phrases(text)):
            names = strip_label(text)
            if names:
                return names
    for text in edges:
        found = _COPYRIGHT.match(text) or _REPRINTED.match(text)
        if found and (names := strip_label(found["names"])):
            return names
    rest = [line for line in lines if line.index < len(lines) - _TAIL or not (_is_leftover(line) or _is_prompt(line))]
    below = tail(rest)
    named = [name for line in rest if line.index in below and (name := name_of_biography(line.text))]
    signed = signature(rest)
    return tuple(named) or ((signed,) if signed else ())


def _names_authors(found: Found) -> bool:
    return found.phrase.category == "byline" and found.phrase.at == "start" and "*" in found.phrase.text
