"""Readability's opinion, which trafilatura asks of every page: asked only where much of a page's prose is left out.

In its balanced mode trafilatura prefers readability's text to its own where that is more than twice as long, or where
its own has no paragraphs or more tables than paragraphs; a text that is short or holds what should not be in it then
goes to jusText. Asked of every page, these opinions are a quarter of trafilatura's cost; where its own text is most of
the page's prose, they change one body in 300.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import core, external
from trafilatura.settings import Extractor

__all__ = ["sure_from"]

_SURE: ContextVar[float | None] = ContextVar("_SURE", default=None)


@contextmanager
def sure_from(characters: float) -> Iterator[None]:
    """Inside it, trafilatura asks for no second opinion on a text of so many characters."""
    token = _SURE.set(characters)
    try:
        yield
    finally:
        _SURE.reset(token)


def _compared(
    cleaned: HtmlElement, raw: HtmlElement, body: _Element, text: str, options: Extractor
) -> tuple[_Element, str]:
    sure = _SURE.get()
    if sure is not None and options.focus == "balanced" and len(text) >= max(options.min_extracted_size, sure):
        return body, text
    return external.compare_extraction(cleaned, raw, body, text, options)


vars(core)["compare_extraction"] = _compared  # which trafilatura imports, and does not offer
