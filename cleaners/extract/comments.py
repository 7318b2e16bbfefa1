"""What readers wrote below the article, told by its heading ("Коментарі (2)") or by the button under each of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, spans

__all__ = ["comments"]

LEVELS = 6
"""Elements from a button outwards of which one is the comment."""

ENOUGH = 12
"""Words of prose that must stand above comments."""

_LABEL = re.compile(
    r"\W{0,3}(?:\d{1,5}\s)?(?:(?:reader\s|user\s|all\s)?comments?|коментар(?:і|ів|я)?|комментари(?:и|ев|й|я)|каментары(?:і|яў)?"
    r"|komentarz(?:e|y)?|kommentare?|коментарі читачів|комментарии читателей)\s{0,2}[:(\[]?\s{0,2}\d{0,5}[)\]]?\W{0,3}",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"\W{0,3}(?:reply|reply to this comment|відповісти|ответить|адказаць|odpowiedz|antworten)\W{0,3}", re.IGNORECASE
)
_LONGEST = 40


def comments(blocks: Sequence[Block]) -> set[int]:
    """The places of the blocks of readers' comments; those of their heading stay, for the cleaners to judge."""
    short = [(i, block) for i, block in enumerate(blocks) if len(block.text) <= _LONGEST]
    labels = [i for i, block in short if _LABEL.fullmatch(block.text)]
    replies = [block for _, block in short if _REPLY.fullmatch(block.text)]
    if not labels and len(replies) < 2:
        return set()
    where = spans(blocks)
    found: set[int] = set()
    for place in labels:
        # The box that the heading opens, or what follows the heading inside the element around it.
        path = blocks[place].path
        at = next((n for n, element in enumerate(path) if where[element].start == place), len(path))
        stop = where[path[min(at, len(path) - 1)]].stop
        found.update(range(place + 1, stop if stop > place + 1 or not at else where[path[at - 1]].stop))
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, None]] = defaultdict(dict)
    for block in replies:
        for around, element in zip(block.path[-2 : -LEVELS - 2 : -1], block.path[: -LEVELS - 1 : -1], strict=False):
            rows[around, element.tag][element] = None
    for row in rows.values():
        if len(row) > 1:
            found.update(*(where[e] for e in row))
    if any(blocks[i].tag == "h1" for i in found):
        return set()
    above = sum(len(block.words) for block in blocks[: min(found, default=0)] if block.is_prose)
    return found if above >= ENOUGH else set()
