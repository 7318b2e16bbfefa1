"""What trafilatura takes for the text of a page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from lxml.html import HtmlElement
from trafilatura.core import bare_extraction

from cleaners.read.tree import count_elements

__all__ = ["found_text"]

MAX_ELEMENTS = 10_000
"""Elements that trafilatura is given, twice the most met on a page: its time grows with their square."""


def found_text(tree: HtmlElement, url: str | None) -> str:
    """What trafilatura takes for the text of the page; empty where the page is too large or too deep for it.

    It does not ask readability and jusText, which takes a third of its time: the classifier, which decides on what is
    found, keeps as much of the right text without them.
    """
    if count_elements(tree) > MAX_ELEMENTS:
        return ""
    try:
        with _without_warnings():
            found = bare_extraction(tree, url=url, include_comments=False, fast=True)
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
