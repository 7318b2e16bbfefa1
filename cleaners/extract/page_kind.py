"""Whether a page has an article at all: an error, a form to log in, a list of links or the stub of a paywall has none.

What text there is stays: the page is only named, for a person or a program to decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from cleaners.document import NO_ARTICLE, Metadata
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block, Blocks
from cleaners.read.words import words
from cleaners.vocabulary import alternatives, markup_alternatives

__all__ = ["no_article"]

MAX_PROSE = 60
"""Words of the body, links left out, from which a page has an article, whatever else is on it."""

MAX_STUB = 120
"""The same of an article whose rest is behind a paywall that the page shows."""

MIN_HEADLINES = 10
"""Links as long as headlines that make a page a list, where it has no text of its own."""

MIN_TEASERS = 4
"""Boxes alike, each with a linked headline over its text, that make a page a list where they are most of its text."""

MIN_TEASER_SHARE = 0.8

_HEADLINE = range(4, 29)
"""Words of a headline."""
_LINKED = 0.8
_MAX_LABEL = 12
"""Words of a heading that says what went wrong."""
_MAX_LEVELS = 4
_ERROR = re.compile(rf"(?<!\w)(?:{alternatives('site.error')})(?!\w)", re.IGNORECASE)
_WALL_CLASS = re.compile(markup_alternatives("class.paywall"))
_WALL_TEXT = re.compile(alternatives("site.paywall"), re.IGNORECASE)


def no_article(
    tree: HtmlElement, page: Blocks, body: Sequence[Block], head: PageHead, metadata: Metadata
) -> str | None:
    """A flag that says what the page is instead of an article; None where it has one.

    `body` are the blocks of its body. A short text is an article, as are a digest and a live blog: something else must
    be seen on the page beside the lack of text.
    """
    prose = round(sum(len(block.words) * (1 - block.link_share) for block in body))
    if prose < MAX_STUB and (wall := _wall(page, metadata)):
        return f"{NO_ARTICLE}the stub of a paywall: {wall}"
    if prose < MAX_PROSE:
        if label := _error(tree, page):
            return f"{NO_ARTICLE}an error: “{label}”"
        if not _states_article(head) and any(e.get("type") == "password" for e in tree.iter("input")):
            return f"{NO_ARTICLE}a form to log in"
    if _states_article(head) or metadata.published or metadata.authors:
        return None  # a list has the dates and authors of others only
    headlines = {tuple(block.words) for block in page if _is_headline(block)}
    if prose < MAX_PROSE and len(headlines) >= MIN_HEADLINES:
        return f"{NO_ARTICLE}a list of links: {len(headlines)} headlines, {prose} words of text"
    boxes = _teasers(page, body, prose)
    return f"{NO_ARTICLE}a list of teasers: {boxes} of them hold most of its text" if boxes else None


def _states_article(head: PageHead) -> bool:
    stated = head.jsonld
    return head.metas.get("og:type", "").lower() == "article" or bool(stated.published or stated.body or stated.people)


def _wall(page: Blocks, metadata: Metadata) -> str | None:
    """The prompt to pay for the rest, in the markup of a paywall; only where the page does not say that it is free."""
    if metadata.paywalled is False:
        return None
    for block in page:
        if not block.hidden and _WALL_CLASS.search(block.attributes[:200]) and _WALL_TEXT.search(block.text):
            return f"“{block.text[:60]}”"
    return None


def _error(tree: HtmlElement, page: Blocks) -> str | None:
    """The heading or title that says that the page is not there, or may not be seen."""
    title = " ".join((tree.findtext(".//title") or "").split())
    headings = [block.text for block in page if block.tag in ("h1", "h2") and not block.linked and not block.hidden]
    return next((t for t in (title, *headings[:3]) if len(words(t)) <= _MAX_LABEL and _ERROR.search(t)), None)


def _is_headline(block: Block) -> bool:
    return not block.hidden and block.letters_linked >= _LINKED and len(block.words) in _HEADLINE


def _teasers(page: Blocks, body: Sequence[Block], prose: int) -> int:
    """The number of boxes alike that begin with a linked headline and hold most of the body's text; 0 for none."""
    rows: dict[tuple[HtmlElement, str, str | None], set[HtmlElement]] = {}
    for i, block in enumerate(page):
        if _is_headline(block):
            for around, box in block.outwards(_MAX_LEVELS):
                if page.spans[box].start != i:
                    break
                rows.setdefault((around, box.tag, box.get("class")), set()).add(box)
    for boxes in rows.values():
        inside = sum(len(b.words) * (1 - b.link_share) for b in body if not boxes.isdisjoint(b.path))
        if len(boxes) >= MIN_TEASERS and inside >= MIN_TEASER_SHARE * max(prose, 1):
            return len(boxes)
    return 0
