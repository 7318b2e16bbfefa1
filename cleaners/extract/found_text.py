"""What trafilatura takes for the text of a page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from lxml.html import HtmlElement
from trafilatura.core import bare_extraction

from cleaners.extract.second_opinion import sure_from
from cleaners.extract.stop_words import share
from cleaners.read.blocks import Blocks
from cleaners.read.tree import count_elements

__all__ = ["found_text"]

share()

MAX_ELEMENTS = 10_000
"""Elements that trafilatura is given, twice the most met on a page: its time grows with their square."""

MIN_SURE_SHARE = 0.6
"""Share of the page's prose from which trafilatura's own text is taken without the opinion of others."""


def found_text(tree: HtmlElement, page: Blocks, url: str | None) -> str:
    """What trafilatura takes for the text of the page; empty where the page is too large or too deep for it."""
    if count_elements(tree) > MAX_ELEMENTS:
        return ""
    prose = sum(len(block.text) for block in page if block.is_prose and not block.hidden)
    try:
        with _without_warnings(), sure_from(MIN_SURE_SHARE * prose):
            found = bare_extraction(tree, url=url, include_comments=False)
    except RecursionError:
        return ""
    return getattr(found, "text", None) or ""


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Trafilatura logs a warning for each page without text; here that is a result like others."""
    logger = logging.getLogger("trafilatura")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
