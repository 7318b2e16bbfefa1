"""Text to a tree that is safe to walk: bounded size, bounded depth, no characters that are invalid in XML."""

from __future__ import annotations

import re
from typing import cast

from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from cleaners.errors import PageTooLarge
from cleaners.read.combining_marks import limit_marks
from cleaners.read.long_tags import LONG_TAG, MAX_ATTRIBUTES, count_attributes, may_have_long_tag
from cleaners.read.tags import START_TAG

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "MAX_ELEMENTS", "count_elements", "parse", "without_invalid"]

MAX_CHARACTERS = 10_000_000
"""Characters of markup that are read; the largest page met in development had under 3 million."""

MAX_ELEMENTS = 50_000
"""Elements that are read, ten times the most met on a page: a small page may still be all tags."""

MAX_DEPTH = 200
"""Levels of nesting; real pages have under 60. lxml and trafilatura recurse, or cut the text off, on deeper ones."""

MIN_SWALLOWED = 20
"""Elements in a `noscript` that are a page; a note to switch scripts on has a few."""

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_DOCTYPE = re.compile(r"<!doctype[^>]{0,1000}>", re.IGNORECASE)
_CLOSED_ROOT = re.compile(r"(<html[^<>]{0,1000})/>", re.IGNORECASE)
_FRAMESET = re.compile(r"<frameset\b", re.IGNORECASE)
_NO_FRAMES = re.compile(r"</?noframes\b[^<>]{0,200}>", re.IGNORECASE)
"""What browsers without frames show is markup; the parser takes it for text."""
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})\b[^<>]{0,2000}>", re.IGNORECASE)
_LOOKUP = etree.ElementDefaultClassLookup(element=HtmlElement)
"""Elements of forms need no classes of their own; lxml.html's parser asks a Python function for each element."""
_ELEMENTS = etree.XPath("count(descendant-or-self::*)")
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_RUN = re.compile(r"(?:<p>\s{0,20}){2,}")
_FLAT = frozenset("html head body title meta link script style p h1 h2 h3 h4 h5 h6 br a time img".split())  # noqa: SIM905
_INLINE = frozenset("abbr b bdi bdo big cite code em font i ins kbd label mark q s small span strong sub sup u".split())  # noqa: SIM905


def parse(html: str) -> HtmlElement | None:
    """The tree of a page, without comments, at most `MAX_DEPTH` levels deep; None where there is no element at all.

    Raises PageTooLarge for more than `MAX_CHARACTERS` characters or `MAX_ELEMENTS` elements.
    """
    if len(html) > MAX_CHARACTERS:
        raise PageTooLarge(f"page too large: {len(html):,} characters of markup, the limit is {MAX_CHARACTERS:,}")
    if html.count("<") > 4 * MAX_ELEMENTS:
        raise PageTooLarge(f"page too large: {html.count('<'):,} tags, the limit is {4 * MAX_ELEMENTS:,}")
    html = _limit_attributes(without_invalid(html))
    html = _DOCTYPE.sub("", html[:5000], count=1) + html[5000:]  # some declarations make libxml2 lose the page
    html = _CLOSED_ROOT.sub(r"\1>", html[:5000], count=1) + html[5000:]
    if _FRAMESET.search(html[:5000]):
        html = _NO_FRAMES.sub("", html)
    tree = _parse(html)
    if tree is not None and _too_deep(tree):
        tree = _parse(_flatten(html))
    if tree is not None:
        _give_back(tree)
        _bracket_readings(tree)
    return tree


def without_invalid(text: str) -> str:
    """The text without characters that are invalid in XML (lone surrogates are), with few marks on a letter."""
    return limit_marks(text if _is_valid(text) else _INVALID.sub("", text))


def _is_valid(text: str) -> bool:
    """Whether the text has no invalid character, said faster than by a pattern."""
    try:
        payload = text.encode()
    except UnicodeEncodeError:
        return False
    return len(payload.translate(None, _CONTROLS)) == len(payload) and "\ufffe" not in text and "\uffff" not in text


def count_elements(tree: HtmlElement) -> int:
    """The number of elements of a tree, its root included."""
    return int(cast(float, _ELEMENTS(tree)))


def _limit_attributes(html: str) -> str:
    """The page without the attributes of tags that have too many: libxml2 compares each with all before it."""
    if not may_have_long_tag(html):
        return html
    kept, at = [], 0
    for tag in START_TAG.finditer(html):
        start, end = tag.span(tag.lastgroup or 0)
        if end - start > LONG_TAG and tag.lastgroup and count_attributes(html, start, end) > MAX_ATTRIBUTES:
            kept.append(html[at:start])
            at = end
    return "".join(kept) + html[at:]


def _parse(html: str) -> HtmlElement | None:
    # Bytes, as lxml refuses text with an encoding declaration. A parser each time: they are not safe between threads.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(_LOOKUP)
    try:
        return document_fromstring(html.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _give_back(tree: HtmlElement) -> None:
    """Take away a `noscript` with an element left open in it, as the parser puts the rest of the page inside."""
    body = tree.find("body")
    shown = [] if body is None else [child for child in body if child.tag not in ("script", "style")]
    if len(shown) == 1 and shown[0].tag == "noscript" and count_elements(shown[0]) > MIN_SWALLOWED:
        shown[0].drop_tag()


def _bracket_readings(tree: HtmlElement) -> None:
    """Put a reading that is shown above its word (`rt`) in brackets: in a line of text both follow each other.

    Where the page brings brackets itself (`rp`), it keeps its own.
    """
    for ruby in tree.iter("ruby"):
        if any(child.tag == "rp" for child in ruby):
            continue
        for reading in [child for child in ruby if child.tag == "rt" and child.text_content().strip()]:
            reading.text = f"({reading.text or ''}"
            reading.tail = f"){reading.tail or ''}"


def _too_deep(tree: HtmlElement) -> bool:
    if count_elements(tree) <= MAX_ELEMENTS:
        return bool(_TOO_DEEP(tree))
    depth = elements = 0  # which of the two limits comes first
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if elements > MAX_ELEMENTS:
            raise PageTooLarge(f"page too large: more than {MAX_ELEMENTS:,} elements")
        if depth > MAX_DEPTH:
            return True
    return False


def _flatten(html: str) -> str:
    """The page as a row of paragraphs: a `<p>` closes the one before it, so that nothing is nested."""

    def flat(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _FLAT:
            return tag[0]
        return " " if name in _INLINE else "<p>"

    return _RUN.sub("<p>", _TAG.sub(flat, html))
