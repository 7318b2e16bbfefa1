"""From bytes or text to a document: read, repair, separate languages, drop what is not the article.

Reading gives a `Page` of lines; `judge` sends it through `CLEANERS` in order and writes its ledger. They are two steps
so that site memory can be gathered from all pages before the first is judged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.document import Document, Given, Line, Metadata, Page
from cleaners.judgement import judge
from cleaners.languages import separate
from cleaners.plain_text import read_lines
from cleaners.read.decode import BYTES, Decoded, decode
from cleaners.read.mojibake import is_misread
from cleaners.read.repair import repair, repair_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cleaners.corrections import Corrections
    from cleaners.rules.site_memory import SiteMemory

__all__ = ["clean_html", "clean_text", "judge", "read_html", "read_text"]


def clean_html(
    page: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
    memory: SiteMemory | None = None,
    given: Given | None = None,
    corrections: Corrections | None = None,
) -> Document:
    """Clean one HTML page.

    `page` is the payload as received (decoded here: BOM, `content_type` header, meta, detector) or decoded text.
    `fetched_at` anchors relative dates, `language` is the source's hint (ISO 639-1), `memory` what is known of the
    source's other pages, `given` what the listing says that named this one, `corrections` what a person says of the
    source. A page without text gives a document without paragraphs. Raises PageError (a ValueError of
    `cleaners.errors`, its text a reason in one line) for binary data and for pages beyond the limits of size.
    """
    read = read_html(
        page,
        id=id,
        url=url,
        content_type=content_type,
        fetched_at=fetched_at,
        language=language,
        given=given,
        corrections=corrections,
    )
    return judge(read, memory, corrections)


def clean_text(
    text: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
    memory: SiteMemory | None = None,
    corrections: Corrections | None = None,
) -> Document:
    """Clean one plain-text article, one block a line; parameters as in `clean_html`.

    Empty text gives a document without paragraphs. Raises PageError (a ValueError of `cleaners.errors`) for binary
    data.
    """
    return judge(read_text(text, id=id, url=url, fetched_at=fetched_at, language=language), memory, corrections)


def read_html(
    page: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
    given: Given | None = None,
    corrections: Corrections | None = None,
) -> Page:
    """Everything before judgement: the page's lines, repaired, with languages, and its metadata.

    Parameters and errors as in `clean_html`.
    """
    from cleaners.extract.article import extract  # trafilatura is slow to import, and text does not need it

    decoded = decode(page, content_type)
    extracted = extract(decoded.text, url=url, fetched_at=fetched_at, given=given, corrections=corrections)
    lines = [repair(line) for line in extracted.lines]
    read = _page(lines, _repaired(extracted.metadata), id, url, fetched_at, decoded, language)
    return replace(read, left_out=extracted.left_out, flags=(*read.flags, *extracted.flags))


def read_text(
    text: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
) -> Page:
    """The same for plain text, where every line that is not blank is a block."""
    decoded = decode(text, "text/plain")
    lines, metadata = read_lines(decoded.text, fetched_at=fetched_at)
    return _page(lines, metadata, id, url, fetched_at, decoded, language)


def _repaired(metadata: Metadata) -> Metadata:
    """The metadata, repaired like the lines."""

    def repaired(text: str | None) -> str | None:
        return (repair_text(text) if text else text) or None

    return replace(
        metadata,
        title=repaired(metadata.title),
        authors=tuple(filter(None, map(repair_text, metadata.authors))),
        site_name=repaired(metadata.site_name),
        headlines=tuple(filter(None, map(repair_text, metadata.headlines))),
        section=repaired(metadata.section),
    )


def _page(
    lines: Sequence[Line],
    metadata: Metadata,
    id: str,  # noqa: A002 - the contract's name
    url: str | None,
    fetched_at: datetime | None,
    decoded: Decoded,
    hint: str | None,
) -> Page:
    separated = separate([line.text for line in lines], declared=metadata.language, hint=hint)
    lines = [
        replace(line, language=s.language, fragments=s.fragments) for line, s in zip(lines, separated, strict=True)
    ]
    return Page(id, tuple(lines), metadata, url, fetched_at, decoded.encoding, flags=_byte_flags(decoded, lines))


def _byte_flags(decoded: Decoded, lines: Iterable[Line]) -> tuple[str, ...]:
    """What is wrong with the page's encoding, in words."""
    misread = sum(is_misread(line.text) for line in lines)
    found = (decoded.note, f"{BYTES}lines that look read in a wrong encoding: {misread}" if misread else None)
    return tuple(filter(None, found))
