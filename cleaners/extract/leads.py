"""The lead of an article, which stands between its headline and its text, often in a box of its own."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml.html import HtmlElement

from cleaners.read.blocks import Blocks
from cleaners.read.running_text import MIN_PROSE_WORDS
from cleaners.read.words import words
from cleaners.vocabulary import markup_alternatives

__all__ = ["ASIDE_TAGS", "lead"]

ASIDE_TAGS = frozenset("footer nav aside form button figcaption figure header".split())  # noqa: SIM905
"""Elements that are beside the text, unless they are around all of it."""

MAX_LINKED = 0.4
"""Share of a lead in links."""

_NAMED = re.compile(markup_alternatives("class.lead"))


def lead(
    blocks: Blocks, body: Collection[int], around: Collection[HtmlElement], description: str, headline: int | None
) -> set[int]:
    """The indices of the lead above the `body`, which trafilatura takes for a teaser: named so, or the page's summary.

    It may be set as a heading and end without a stop. `around` are the elements around the body, `description` is the
    page's own summary, `headline` the index of its headline.
    """
    first = min((i for i in body if blocks[i].is_prose), default=0)
    start = headline
    if start is None or start >= first:
        start = max((i for i in range(first) if blocks[i].tag in ("h1", "h2")), default=first)
    summary = words(description)
    found = set()
    for i in range(start + 1, first):
        block = blocks[i]
        if (
            len(block.words) < MIN_PROSE_WORDS
            or block.link_share >= MAX_LINKED
            or block.hidden
            or any(e.tag in ASIDE_TAGS and e.tag != "header" and e not in around for e in block.path)
        ):
            continue
        named = _NAMED.search(" ".join(block.attributes.split()[:4]))
        if named or (len(summary) >= MIN_PROSE_WORDS and block.words[: len(summary)] == summary[: len(block.words)]):
            found.add(i)
    return found
