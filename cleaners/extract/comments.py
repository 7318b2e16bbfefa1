"""Readers' comments below the article, known by their heading ("Коментарі (2)") or the button under each of them."""

from __future__ import annotations

import re
from collections import defaultdict

from lxml.html import HtmlElement

from cleaners.read.blocks import Blocks
from cleaners.vocabulary import alternatives

__all__ = ["comments"]

MAX_LEVELS = 6
"""Elements from a button outwards of which one is the comment."""

MIN_PROSE_ABOVE = 12
"""Words of prose that must be above comments."""

_LABEL = re.compile(
    rf"\W{{0,3}}(?:\d{{1,5}}\s)?(?:{alternatives('reader_comment.heading')})"
    r"\s{0,2}[:(\[]?\s{0,2}\d{0,5}[)\]]?\W{0,3}",
    re.IGNORECASE,
)
_REPLY = re.compile(rf"\W{{0,3}}(?:{alternatives('reader_comment.reply')})\W{{0,3}}", re.IGNORECASE)
_MAX_LABEL = 40
"""Characters of a heading or a button."""


def comments(blocks: Blocks) -> set[int]:
    """The indices of the blocks of readers' comments; their heading stays, for the rules to judge."""
    short = [(i, block) for i, block in enumerate(blocks) if len(block.text) <= _MAX_LABEL]
    labels = [i for i, block in short if _LABEL.fullmatch(block.text)]
    replies = [block for _, block in short if _REPLY.fullmatch(block.text)]
    if not labels and len(replies) < 2:
        return set()
    found: set[int] = set()
    for index in labels:
        # The box that the heading opens, or what follows the heading inside the element around it.
        path = blocks[index].path
        at = next((n for n, element in enumerate(path) if blocks.spans[element].start == index), len(path))
        stop = blocks.spans[path[min(at, len(path) - 1)]].stop
        found.update(range(index + 1, stop if stop > index + 1 or not at else blocks.spans[path[at - 1]].stop))
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, None]] = defaultdict(dict)
    for block in replies:
        for around, element in block.outwards(MAX_LEVELS):
            rows[around, element.tag][element] = None
    for row in rows.values():
        if len(row) > 1:
            found.update(*(blocks.spans[e] for e in row))
    if any(blocks[i].tag == "h1" for i in found):
        return set()
    above = sum(len(block.words) for block in blocks[: min(found, default=0)] if block.is_prose)
    return found if above >= MIN_PROSE_ABOVE else set()
