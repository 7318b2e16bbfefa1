"""What a page says of itself: JSON-LD first, then metas and microdata, then the text around the headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice, takewhile
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.document import Given, Metadata
from cleaners.metadata.agencies import agency_of
from cleaners.metadata.author_names import strip_label
from cleaners.metadata.changed import date_changed
from cleaners.metadata.credits import authors_of
from cleaners.metadata.date_lines import date_reader, is_aside, is_elsewhere
from cleaners.metadata.dates import parse_date
from cleaners.metadata.head import PageHead, squeeze
from cleaners.metadata.published import Published, date_published
from cleaners.metadata.publisher import is_paywalled, section_of, site_name_of
from cleaners.metadata.title import best_title, parts_beside, without_badge
from cleaners.read.blocks import Block
from cleaners.read.words import words

__all__ = ["read_metadata"]

MAX_LENGTH_DIFFERENCE = 20
"""Characters by which two forms of a headline with the same words may differ, in punctuation."""

MAX_LEAD = 8
"""Blocks below the headline in which a date or a credit is the article's."""

MAX_BEHIND = 12
"""Blocks behind the body in which a sentence says when it was posted."""

MAX_OVER, MAX_UNDER = 8, 20
"""Blocks above the headline and from it on among which a line says when the page was published or changed."""

MAX_ABOVE = 4
"""Blocks around the beginning of the body among which its heading is."""

MAX_LINE = 200
"""Characters of a line that may be a date line, a byline or a headline."""

_LANGUAGE = re.compile(r"^\s{0,3}([a-z]{2,3})(?:[-_][\w-]{0,20})?\s{0,3}$", re.IGNORECASE)
_HOME = re.compile(r"(?:[\w-]{1,60}\.){1,4}[\w-]{2,20}(?::\d{1,5})?/?")
_WRONG_CODES = {"ua": "uk", "ukr": "uk", "eng": "en", "rus": "ru", "gb": "en"}


def read_metadata(
    tree: HtmlElement,
    head: PageHead,
    blocks: Sequence[Block],
    body: range,
    *,
    fetched_at: datetime | None = None,
    given: Given | None = None,
) -> Metadata:
    """The page's metadata.

    `blocks` are all blocks of the page, `body` the indices from the first of its body to the last. `fetched_at` anchors
    relative dates. `given` is what a listing says of the page: its title is one more form of the headline, the rest
    stands in where the page states none.
    """
    given = given or Given()
    metas, stated = head.metas, head.jsonld
    page_title = squeeze("".join(t.itertext()) if (t := tree.find(".//title")) is not None else "")
    host = re.sub(r"^www\.|\.\w{2,6}$", "", urlsplit(head.address or "").hostname or "")
    forms = [
        f for f in (stated.headline, metas.get("og:title"), metas.get("twitter:title"), squeeze(given.title or "")) if f
    ]
    headings = [without_badge(h, [*forms, page_title]) for h in tree.iter("h1") if not _leads_home(h)]
    site_name = site_name_of(head, forms)
    site = [name for name in (site_name, stated.site_name, host) if name]
    shown = [b.text for b in blocks[: body.start + 10] if len(b.text) < MAX_LINE]
    title = best_title(headings, forms, page_title, site, shown, _headings_above(blocks, body.start))
    if title is None:
        title = next((text for h in tree.iter("h1") if (text := squeeze("".join(h.itertext())))), None)
    start = _headline_index(blocks, body, title)
    near = _near(blocks, body, start)
    lead = _above_text(blocks, start)
    # A dateline may stand in a standfirst that is not the body's.
    parts = (blocks[body.start : body.stop], blocks[start + 1 : body.start])
    openings = [next((b.text for b in part if b.is_prose), "")[:MAX_LINE] for part in parts]
    around = blocks[body.start : body.stop + MAX_BEHIND]
    reader = date_reader(tree, head, near, fetched_at)
    published = date_published(tree, head, lead, near, reader, title, openings, around, blocks[body.stop :])
    if published is None and (date := parse_date(given.published or "", fetched_at)):
        published = Published(date, "listing")
    if published is None:
        own = words(title or "")
        heading = blocks[max(0, start - MAX_OVER) : _end_of_heading(body, start)]
        below = (b for b in blocks[max(0, body.stop - 1) :] if not is_aside(b.element))
        if date := date_changed((b for b in heading if not is_elsewhere(b, own)), below, reader):
            published = Published(date, "modified")
    return Metadata(
        title=title,
        authors=authors_of(
            tree, head, near, blocks[body.start : body.stop], site, title, parts_beside(title or "", page_title)
        )
        or tuple(dict.fromkeys(name for author in given.authors for name in strip_label(author))),
        published=published.date if published else None,
        published_by=published.origin if published else None,
        site_name=site_name,
        url=head.address,
        language=_language(tree, head),
        headlines=tuple(dict.fromkeys(f for f in (title, *headings, *forms, page_title) if f)),
        section=section_of(head, [*site, *([title] if title else [])]),
        paywalled=is_paywalled(head, blocks, body),
        agency=agency_of(head, lead, blocks, body, site),
    )


def _headline_index(blocks: Sequence[Block], body: range, title: str | None) -> int:
    """The index of the headline: the last copy of it, or h1, that is not below the beginning of the body."""
    wanted = words(title or "")

    def is_heading(block: Block) -> bool:
        # Splitting every block of a page into words is slow; the same words have about the same length.
        return block.tag == "h1" or (
            bool(wanted) and abs(len(block.text) - len(title or "")) <= MAX_LENGTH_DIFFERENCE and block.words == wanted
        )

    last = min(body.start, len(blocks) - 1)
    above = (i for i in range(last, -1, -1) if is_heading(blocks[i]))
    below = (i for i in range(last + 1, min(body.stop, len(blocks))) if is_heading(blocks[i]))
    return next(above, next(below, body.start))


def _headings_above(blocks: Sequence[Block], body_start: int) -> list[str]:
    """The headings right above the first paragraph of the body, the nearest last."""
    first = takewhile(lambda b: not b.is_prose, blocks[body_start : body_start + MAX_ABOVE])
    near = [*blocks[max(0, body_start - MAX_ABOVE) : body_start], *first]
    return [squeeze(b.text) for b in near if b.tag in ("h1", "h2", "h3", "h4") and not _leads_home(b.element)]


def _leads_home(heading: HtmlElement) -> bool:
    """Whether a heading is a link to the site's first page, and so its name."""
    links = list(islice(heading.iter("a"), 2))
    if len(links) != 1 or squeeze("".join(links[0].itertext())) != squeeze("".join(heading.itertext())):
        return False
    address = (links[0].get("href") or "").rpartition("://")[2].partition("?")[0]  # an archive puts its own before
    return "home" in (links[0].get("rel") or "").split() or address in ("", "/") or bool(_HOME.fullmatch(address))


def _above_text(blocks: Sequence[Block], start: int) -> list[Block]:
    """The short blocks between the headline and the first paragraph."""
    return list(takewhile(lambda b: len(b.text) <= MAX_LINE, blocks[start + 1 : start + 1 + MAX_LEAD]))


def _end_of_heading(body: range, start: int) -> int:
    """The block behind those from the headline on that may say when and by whom."""
    return max(start + MAX_UNDER, body.start + 4)


def _near(blocks: Sequence[Block], body: range, start: int) -> list[Block]:
    """The lines that may hold a date or byline: below the headline, just above it, at the end of the body."""
    end = _end_of_heading(body, start)
    around = [*blocks[start:end], *reversed(blocks[max(0, start - MAX_OVER) : start])]
    tail = blocks[max(end, body.stop - 4) : max(end, body.stop + 4)]
    return [b for b in [*around, *tail] if len(b.text) <= MAX_LINE]


def _language(tree: HtmlElement, head: PageHead) -> str | None:
    metas = (head.metas.get(key) for key in ("og:locale", "content-language", "dc.language", "language", "inlanguage"))
    for candidate in (tree.get("lang"), tree.get("xml:lang"), head.jsonld.language, *metas):
        if candidate and (found := _LANGUAGE.match(candidate)):
            code = str(found[1]).lower()
            return _WRONG_CODES.get(code) or code[:2]
    return None
