"""Where on a page a value of its metadata stands: found again in the capture, for a person who doubts it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cleaners.errors import PageError
from cleaners.metadata.head import META_KEYS, squeeze
from cleaners.read.decode import decode
from cleaners.read.fold import fold
from cleaners.read.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

    from flows.archive.shard_reader import StoredPage

__all__ = ["where_stated"]

PLACES = 4
"""Places that are named for a value."""
_LONGEST = 300
"""Characters of an element's text in which a value is looked for: more is running text."""
_SHOWN = ("title", "h1", "h2", "time", "a", "address", "span", "p", "div", "li", "td", "em", "strong", "b")


def where_stated(stored: StoredPage, values: Mapping[str, str | None]) -> dict[str, list[str]]:
    """For each name the places of the capture that hold its value, such as `meta og:title` and `h1`, at most `PLACES`.

    A day is looked for in the form that machines read. Names whose value is empty, or stands nowhere, are left out.
    """
    try:
        tree = parse(decode(stored.body, stored.content_type).text)
    except PageError:
        tree = None
    if tree is None:
        return {}
    texts = [(place, fold(text)) for place, text in _texts(tree)]
    return {
        name: found
        for name, value in values.items()
        if value and (found := list(islice(_holding(texts, fold(squeeze(value))), PLACES)))
    }


def _holding(texts: list[tuple[str, str]], value: str) -> Iterator[str]:
    """The places with the value, each once: those that hold nothing else before those that hold more."""
    yield from dict.fromkeys(
        place for exact in (True, False) for place, text in texts if (text == value) == exact and value in text
    )


def _texts(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield "JSON-LD", squeeze(script.text or "")
    for meta in tree.iter("meta"):
        if name := next((name for key in META_KEYS if (name := meta.get(key))), None):
            yield f"meta {name[:60]}", squeeze(meta.get("content") or "")
    for element in tree.iter(*_SHOWN):
        if element.tag == "time":
            yield "time", squeeze(element.get("datetime") or "")
        text = squeeze("".join(islice(element.itertext(), 20)))
        if 0 < len(text) <= _LONGEST:
            yield _name(element), text


def _name(element: HtmlElement) -> str:
    """The element as a selector names it: its tag, and its first class."""
    first = (element.get("class") or "").split()[:1]
    return f"{element.tag}.{first[0][:40]}" if first else str(element.tag)
