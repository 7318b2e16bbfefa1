"""What elements are called: their classes and ids, as lines carry them and rules read them."""

from __future__ import annotations

from functools import lru_cache

from lxml.html import HtmlElement

__all__ = ["names_of", "within"]

ELEMENT_NAMES = 400
"""Characters kept of one class or id; of 58,000 elements of real pages one in a thousand has more."""


def names_of(element: HtmlElement) -> str:
    """Class and id of an element, lower case: whole names, at most `ELEMENT_NAMES` characters of each."""
    get = element.get
    classes, name = get("class"), get("id")
    if classes is None and name is None:
        return ""
    return _names((classes or "")[: 4 * ELEMENT_NAMES], (name or "")[: 4 * ELEMENT_NAMES])


@lru_cache(maxsize=1024)
def _names(*found: str) -> str:
    return " ".join([names for value in found if (names := within(" ".join(value.lower().split()), ELEMENT_NAMES))])


def within(names: str, room: int) -> str:
    """As many names as there is room for, with one space between them."""
    if len(names) > room:
        names = names[: room + 1].rpartition(" ")[0]
    return names
