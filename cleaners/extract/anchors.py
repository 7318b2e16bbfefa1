"""Two signs that stand above any likelihood: the text right under the page's own headline, and forms to fill in."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice, takewhile

from lxml.html import HtmlElement

from cleaners.extract.page_layout import Array
from cleaners.read.blocks import Blocks

__all__ = ["filled_in", "under_headline"]

MIN_HEADLINE = 4
"""Words of a headline; fewer name a section, and the text under it is a list."""

MIN_ALIKE = 0.6
"""Share of its words that the page's title has, too."""

MIN_TEXT = 40
"""Words of prose that make a text."""

MAX_LEVELS = 4
"""Elements from a headline outwards of which one holds its text."""

MAX_CHOSEN = 0.34
"""Share of this text in the body below which the body is another text."""

MIN_SHARE = 0.25
"""The words of this text, as a share of those of the body: a caption or a summary in the headline's box is less."""

MIN_FIELDS = 4
"""Fields of a form that asks its readers for more than a word to search for or an address."""

MAX_FORM = 0.5
"""Share of the page's blocks in a form up to which it is not the frame of the whole page."""

MAX_BESIDE_FORM = 20
"""Words beside a form in the box around it that are its title, and what is said when it was sent."""

MAX_FORMS = 50
"""Forms of a page that are looked at: each may hold all of it."""

_NO_FIELDS = frozenset({"hidden", "submit", "button", "image", "reset"})


def under_headline(
    blocks: Blocks, body: Collection[int], headline: tuple[int | None, Array] | None, others: Collection[int]
) -> set[int]:
    """The prose below the headline, in the nearest element that holds both, where most of it is not in the body.

    `headline` is what `headline_block` says; `others` are the blocks of other articles, teasers and comments: none of
    it. The text ends above a second h1.
    """
    index, alike = headline or (None, ())
    if index is None or alike[index] < MIN_ALIKE or len(blocks[index].words) < MIN_HEADLINE:
        return set()
    for element in blocks[index].path[: -MAX_LEVELS - 1 : -1]:
        below = range(index + 1, blocks.spans[element].stop)
        text = takewhile(lambda i: blocks[i].tag != "h1", below)
        run = [i for i in text if blocks[i].is_prose and not blocks[i].hidden and i not in others]
        total = sum(len(blocks[i].words) for i in run)
        if total >= MIN_TEXT:
            chosen = sum(len(blocks[i].words) for i in run if i in body)
            enough = total >= MIN_SHARE * sum(len(blocks[i].words) for i in body if blocks[i].is_prose)
            return set(run) if enough and chosen < MAX_CHOSEN * total else set()
    return set()


def filled_in(blocks: Blocks, tree: HtmlElement) -> set[int]:
    """The blocks inside forms with several fields, and their titles: ratings, surveys, orders with their terms."""
    found: set[int] = set()
    for form in islice(tree.iter("form"), MAX_FORMS):
        span = blocks.spans.get(form, range(0))
        if 0 < len(span) <= MAX_FORM * len(blocks) and not any(blocks[i].tag == "h1" for i in span):
            fields = (f for f in form.iter("input", "textarea", "select") if f.get("type") not in _NO_FIELDS)
            if sum(1 for _ in islice(fields, MIN_FIELDS)) == MIN_FIELDS:
                found.update(span)
                around = blocks.spans.get(form.getparent(), span)
                beside = [blocks[i] for i in around if i not in span]
                if sum(len(block.words) for block in beside) <= MAX_BESIDE_FORM and all(b.tag != "h1" for b in beside):
                    found.update(around)
    return found
