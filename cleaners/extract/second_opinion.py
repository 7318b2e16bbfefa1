"""Readability's opinion, which trafilatura asks of every page: asked only where it can change anything.

In its balanced mode trafilatura prefers readability's text to its own where that is more than twice as long, or where
its own has no paragraphs or more tables than paragraphs; a text that is short or holds what should not be in it then
goes to jusText. Readability's text is a part of the page's, so that half of all pages need no such opinion.
"""

from __future__ import annotations

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core, external
from trafilatura.settings import Extractor
from trafilatura.utils import trim

__all__ = ["spare"]

_HAS_PARAGRAPHS = XPath("boolean(.//p//text())")
_UNCLEAN = tuple(path.removeprefix(".//") for path in external.SANITIZED_XPATH.split("|"))
_SWALLOWING = ("xmp", "plaintext", "listing", "noembed", "noframes", "title")
"""Elements behind which markup may be read as text where they are empty: readability's choice is written as XML."""
_VIDEO = len("VIDEO")
"""What readability writes into a frame."""
_MORE = 2
"""How many times as long as trafilatura's own text readability's must be, at least."""


def spare() -> None:
    """Have trafilatura ask readability only where it can change the text, from now on in this process."""
    vars(core)["compare_extraction"] = _compared  # which trafilatura imports, and does not offer


def _compared(
    cleaned: HtmlElement, raw: HtmlElement, body: _Element, text: str, options: Extractor
) -> tuple[_Element, str]:
    if _is_settled(raw, body, text, options):
        return body, text
    return external.compare_extraction(cleaned, raw, body, text, options)


def _is_settled(raw: HtmlElement, body: _Element, text: str, options: Extractor) -> bool:
    """Whether trafilatura would keep its own text whatever readability finds."""
    return (
        options.focus == "balanced"
        and len(text) >= max(options.min_extracted_size, 1)
        and bool(_HAS_PARAGRAPHS(body))
        and len(body.findall(".//table")) <= len(body.findall(".//p"))
        and next(body.iter(*_UNCLEAN), None) is None
        and all(len(element) or element.text for element in raw.iter(*_SWALLOWING))
        and _longest(raw) <= _MORE * len(text)
    )


def _longest(raw: HtmlElement) -> int:
    """Characters of readability's text at most; takes the scripts out of the page, as readability begins with it."""
    for element in list(raw.iter("script", "style")):
        element.drop_tree()
    return len(trim(raw.text_content())) + sum(_VIDEO for _ in raw.iter("iframe"))
