"""The choice of the body: which blocks of a page are its article."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from lxml.html import HtmlElement
from trafilatura.core import bare_extraction

from cleaners.align import align
from cleaners.lines import Block

__all__ = ["choose"]

FOUND = 0.7
"""Share of trafilatura's words that must be found in the blocks; below, its text is not from the page's markup."""

# It reports each page without text as a warning; for us that is an answer.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def choose(tree: HtmlElement, blocks: Sequence[Block], url: str | None) -> list[int] | list[str]:
    """The places of the body's blocks in order, or its paragraphs where the page's markup does not hold them."""
    try:
        found = bare_extraction(tree, url=url, include_comments=False)
    except RecursionError:
        found = None
    text = getattr(found, "text", None) or ""
    aligned = align(blocks, text)
    if aligned.found < FOUND:
        return [line for line in text.split("\n") if line.strip()]
    return [i for i, chosen in enumerate(aligned.chosen) if chosen]
