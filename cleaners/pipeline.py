"""From bytes or text to a document: read, repair, separate languages, drop what is not the article.

Reading gives a `Page` of lines; `judge` sends it through `CLEANERS` in order and keeps the books. The two are apart so
that site memory can be gathered from all pages before the first is judged.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.document import Cleaner, Document, Line, Metadata, Page, Paragraph
from cleaners.languages import mixture, separate
from cleaners.plain_text import read_lines
from cleaners.read.decode import decode
from cleaners.read.repair import repair, repair_text
from cleaners.rules.ledger import LedgerBuilder
from cleaners.rules.loss_guard import LOSS, cautious, loss
from cleaners.rules.registry import CLEANERS, SURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cleaners.rules.site_memory import SiteMemory

_ROUNDS = 4
"""Rounds of all cleaners after which a page is done, whatever still falls; two are the rule."""


def clean_html(
    page: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
    memory: SiteMemory | None = None,
) -> Document:
    """Clean one HTML page.

    `page` is the payload as received (decoded here: BOM, `content_type` header, meta, detector) or text that is decoded
    already. `fetched_at` anchors relative dates, `language` is the source's hint (ISO 639-1), `memory` what is known of
    the source's other pages. A page without text gives a document without paragraphs. Raises PageError (a ValueError
    of `cleaners.errors`, its text a reason in one line) for binary data and for pages beyond the limits of size.
    """
    return judge(
        read_html(page, id=id, url=url, content_type=content_type, fetched_at=fetched_at, language=language), memory
    )


def clean_text(
    text: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
    memory: SiteMemory | None = None,
) -> Document:
    """Clean one plain-text article, one block a line; parameters as in `clean_html`.

    Text of nothing gives a document without paragraphs. Raises PageError (a ValueError of `cleaners.errors`) for binary
    data.
    """
    return judge(read_text(text, id=id, url=url, fetched_at=fetched_at, language=language), memory)


def read_html(
    page: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
) -> Page:
    """Everything before judgement: the page's lines, repaired, with languages, and its metadata."""
    from cleaners.extract.article import extract  # trafilatura is slow to import, and text has no need of it

    decoded = decode(page, content_type)
    extracted = extract(decoded.text, url=url, fetched_at=fetched_at)
    lines = [repair(line) for line in extracted.lines]
    return _page(lines, _repaired(extracted.metadata), id, url, fetched_at, decoded.encoding, language)


def read_text(
    text: bytes | str,
    *,
    id: str = "",  # noqa: A002 - the contract's name
    url: str | None = None,
    fetched_at: datetime | None = None,
    language: str | None = None,
) -> Page:
    """The same for plain text: every line that is not blank is a block."""
    decoded = decode(text, "text/plain")
    lines, metadata = read_lines(decoded.text, fetched_at=fetched_at)
    return _page(lines, metadata, id, url, fetched_at, decoded.encoding, language)


def _repaired(metadata: Metadata) -> Metadata:
    """What the page says of itself, repaired like its lines."""

    def mend(text: str | None) -> str | None:
        return (repair_text(text) if text else text) or None

    return replace(
        metadata,
        title=mend(metadata.title),
        authors=tuple(filter(None, map(repair_text, metadata.authors))),
        site_name=mend(metadata.site_name),
        headlines=tuple(filter(None, map(repair_text, metadata.headlines))),
        section=mend(metadata.section),
    )


def _page(
    lines: Sequence[Line],
    metadata: Metadata,
    id: str,  # noqa: A002 - the contract's name
    url: str | None,
    fetched_at: datetime | None,
    encoding: str | None,
    hint: str | None,
) -> Page:
    separated = separate([line.text for line in lines], declared=metadata.language, hint=hint)
    lines = [
        replace(line, language=s.language, fragments=s.fragments) for line, s in zip(lines, separated, strict=True)
    ]
    return Page(id, tuple(lines), metadata, url, fetched_at, encoding)


def judge(page: Page, memory: SiteMemory | None = None) -> Document:
    """Send a page through the cleaners and write its ledger.

    A page that would lose too much (see `cleaners.rules.loss_guard`) goes through the sure cleaners first, and through
    all of them only if what those leave would not lose too much again. So what has been cleaned once stays as it is.
    """
    page = replace(page, memory=memory)
    books = _sift(page, CLEANERS, LedgerBuilder(page.lines))
    flags: tuple[str, ...] = ()
    lost = loss(books.ledger())
    if lost > LOSS:
        flags = (f"all cleaners together would drop {lost:.0%} of its words: the sure ones ran first",)
        books = _sift(page, SURE, LedgerBuilder(page.lines), guarded=True)
        if loss(_sift(page, CLEANERS, LedgerBuilder(books.remaining())).ledger()) <= LOSS:
            books = _sift(page, CLEANERS, books)
    paragraphs = tuple(
        Paragraph(line.text, line.language, line.tag, line.fragments) for line in books.remaining() if line.text
    )
    languages = letters_by_language(paragraphs)
    mixed = mixture(paragraphs)
    return Document(
        id=page.id,
        url=page.metadata.url or page.url,
        metadata=page.metadata,
        language=next((name for name in languages if name != "und"), "und"),
        languages=languages,
        paragraphs=paragraphs,
        ledger=books.ledger(),
        encoding=page.encoding,
        flags=flags if mixed is None else (*flags, mixed),
    )


def _sift(page: Page, cleaners: Iterable[Cleaner], books: LedgerBuilder, *, guarded: bool = False) -> LedgerBuilder:
    """The books after the cleaners have run, again and again until nothing falls: what a cut lays bare is judged."""
    for _ in range(_ROUNDS):
        fell = False
        for cleaner in cleaners:
            lines = books.remaining()
            drops = cleaner(replace(page, lines=lines))
            fell = books.apply(cautious(drops, lines) if guarded else drops) or fell
        if not fell:
            break
    return books


def letters_by_language(paragraphs: Iterable[Paragraph]) -> dict[str, int]:
    """How many letters stand in each language, most first; equal counts in order of the code."""
    letters: Counter[str] = Counter()
    for p in paragraphs:
        for f in p.fragments:
            letters[f.language] += sum(map(str.isalpha, p.text[f.start : f.end]))
    return {name: n for name, n in sorted(letters.items(), key=lambda item: (-item[1], item[0])) if n}
