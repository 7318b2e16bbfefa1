"""Other articles below the article: pages that go on with the next one as the reader scrolls.

Each stands in a box of its own that begins with an h1, the boxes are siblings, and each is an `article` or has a time.
The posts of a live page and the cards of a list begin with smaller headings; the chapters of a book have no time.
"""

from __future__ import annotations

from collections import defaultdict

from lxml.html import HtmlElement

from cleaners.read.blocks import Blocks
from cleaners.read.words import words

__all__ = ["other_articles"]

MIN_PROSE = 20
"""Words of prose in the box of an article."""

MAX_ABOVE = 4
"""Blocks above the headline in its box: the section, the date, a badge."""

MAX_HEADINGS = 50
"""Headings of an h1 on a page that may be articles; more of them are sections or a list."""

MAX_LEVELS = 6
"""Elements from a headline outwards of which one is the box."""


def other_articles(blocks: Blocks, headline: str) -> set[int]:
    """The indices of the blocks of all articles but one: that whose h1 is most like `headline`, else the first."""
    headings = [i for i, block in enumerate(blocks) if block.tag == "h1"]
    if not 1 < len(headings) <= MAX_HEADINGS:
        return set()
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, int]] = defaultdict(dict)
    for i in headings:
        for around, box in blocks[i].outwards(MAX_LEVELS):
            span = blocks.spans[box]
            inside = [k for k in headings if k in span]
            is_article = box.tag == "article" or next(box.iter("time"), None) is not None
            if (
                is_article
                and inside == [i]
                and i - span.start <= MAX_ABOVE
                and _prose(blocks, range(i, span.stop)) >= MIN_PROSE
            ):
                rows[around, box.tag][box] = i
    found: set[int] = set()
    wanted = set(words(headline))
    for row in rows.values():
        if len(row) > 1:
            own = max(row, key=lambda box: (_alike(set(blocks[row[box]].words), wanted), -row[box]))
            found.update(*(blocks.spans[box] for box in row if box is not own))
    return found


def _prose(blocks: Blocks, span: range) -> int:
    return sum(len(blocks[i].words) for i in span if blocks[i].is_prose)


def _alike(own: set[str], wanted: set[str]) -> float:
    return len(own & wanted) / max(len(own | wanted), 1)
