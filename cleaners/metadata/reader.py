"""What a page says of itself: JSON-LD first, then metas and microdata, then the text around the headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.document import Metadata
from cleaners.metadata.credits import agency_of, authors_of
from cleaners.metadata.jsonld import JsonLd
from cleaners.metadata.published import date_published
from cleaners.metadata.publisher import address_of, is_paywalled, section_of, site_name_of
from cleaners.metadata.title import best_title
from cleaners.read.blocks import Block, words

__all__ = ["address", "read_metadata", "summary"]

LONGEST_META = 1000
"""Characters of a meta's content that are kept."""

UNEVEN = 20
"""Characters by which two forms of a headline with the same words may differ, in signs."""

HEAD = 8
"""Blocks below the headline in which a date or a credit is the article's."""

_LANGUAGE = re.compile(r"^\s{0,3}([a-z]{2,3})(?:[-_][\w-]{0,20})?\s{0,3}$", re.IGNORECASE)
_WRONG_CODES = {"ua": "uk", "ukr": "uk", "eng": "en", "rus": "ru", "gb": "en"}


def read_metadata(
    tree: HtmlElement,
    stated: JsonLd,
    blocks: Sequence[Block],
    body: range,
    *,
    url: str | None = None,
    fetched_at: datetime | None = None,
) -> Metadata:
    """The page's metadata. `blocks` are all of its blocks, `body` the places from its body's first to its last."""
    metas = _metas(tree)
    page_title = _squeeze("".join(t.itertext()) if (t := tree.find(".//title")) is not None else "")
    headings = [_squeeze("".join(h.itertext())) for h in tree.iter("h1")]
    address = address_of(tree, metas, url)
    host = re.sub(r"^www\.|\.\w{2,6}$", "", urlsplit(address or "").hostname or "")
    forms = [f for f in (stated.headline, metas.get("og:title"), metas.get("twitter:title")) if f]
    site_name = site_name_of(metas, stated, forms)
    site = [name for name in (site_name, stated.site_name, host) if name]
    title = best_title(
        headings, forms, page_title, site, [b.text for b in blocks[: body.start + 10] if len(b.text) < 200]
    )
    start = _headline_place(blocks, body, title)
    near = _near(blocks, body, start)
    head = _above_text(blocks, start)
    return Metadata(
        title=title,
        authors=authors_of(tree, metas, stated, near, blocks[body.start : body.stop], site, title),
        published=date_published(tree, metas, stated, head, near, address, fetched_at),
        site_name=site_name,
        url=address,
        language=_language(tree, metas, stated),
        headlines=tuple(dict.fromkeys(f for f in (title, *headings, *forms, page_title) if f)),
        section=section_of(metas, stated, [*site, *([title] if title else [])]),
        paywalled=is_paywalled(metas, stated, blocks, body),
        agency=agency_of(metas, stated, head, blocks, body, site),
    )


def address(tree: HtmlElement, url: str | None) -> str | None:
    """The page's own address, where it states one that may be its own, else `url`."""
    return address_of(tree, _metas(tree), url)


def summary(tree: HtmlElement) -> str:
    """The page's own description of its article, from og:description; empty where there is none."""
    return _metas(tree).get("og:description", "")


def _metas(tree: HtmlElement) -> dict[str, str]:
    """The contents of the metas by lower-case property, name or itemprop; of several, the first."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = _squeeze((meta.get("content") or "")[:LONGEST_META])
        for key in ("property", "name", "itemprop"):
            if content and (name := (meta.get(key) or "").strip().lower()):
                found.setdefault(name, content)
    return found


def _headline_place(blocks: Sequence[Block], body: range, title: str | None) -> int:
    """Where the headline stands: the last place of it, or of an h1, that is not below the body's beginning."""
    wanted = words(title or "")

    def is_heading(block: Block) -> bool:
        # The same words have about the same length: the words of every block of a page are dear.
        return block.tag == "h1" or (
            bool(wanted) and abs(len(block.text) - len(title or "")) <= UNEVEN and block.words == wanted
        )

    last = min(body.start, len(blocks) - 1)
    above = (i for i in range(last, -1, -1) if is_heading(blocks[i]))
    below = (i for i in range(last + 1, len(blocks)) if is_heading(blocks[i]))
    return next(above, next(below, body.start))


def _above_text(blocks: Sequence[Block], start: int) -> list[Block]:
    """The short blocks between the headline and the first paragraph."""
    return list(takewhile(lambda b: len(b.text) <= 200, blocks[start + 1 : start + 1 + HEAD]))


def _near(blocks: Sequence[Block], body: range, start: int) -> list[Block]:
    """The blocks in which date and byline may stand: below the headline, just above it, at the end of the body."""
    end = max(start + 20, body.start + 4)
    head = [*blocks[start:end], *reversed(blocks[max(0, start - 8) : start])]
    tail = blocks[max(end, body.stop - 4) : max(end, body.stop + 4)]
    return [b for b in [*head, *tail] if len(b.text) <= 200]


def _language(tree: HtmlElement, metas: dict[str, str], stated: JsonLd) -> str | None:
    keys = ("og:locale", "content-language", "dc.language", "language", "inlanguage")
    for candidate in (tree.get("lang"), tree.get("xml:lang"), stated.language, *(metas.get(key) for key in keys)):
        if candidate and (found := _LANGUAGE.match(candidate)):
            code = str(found[1]).lower()
            return _WRONG_CODES.get(code) or code[:2]
    return None


def _squeeze(text: str) -> str:
    return " ".join(text.split())
