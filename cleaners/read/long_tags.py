"""Whether a page may have a tag of very many attributes, asked of every page: seldom does one, so no tag is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.read.tags import ATTRIBUTE, INSIDE

__all__ = ["LONG_TAG", "MAX_ATTRIBUTES", "count_attributes", "may_have_long_tag"]

MAX_ATTRIBUTES = 1_000
"""Attributes of one tag; 20,000 of them would take two seconds."""

LONG_TAG = 4_000
"""Characters from which the attributes of a tag are counted."""

_START = re.compile(r"</?[a-zA-Z][^ \t\n\r\f/<>]*+")
_OPEN_VALUE = re.compile(r"=(?=[ \t\n\r\f]*+(?:\"[^\">]*+>|'[^'>]*+>))")
"""Before a value in quotes with ">" inside. It only looks ahead, as a value of a script may hold the tag."""


def count_attributes(html: str, start: int, end: int) -> int:
    """The attributes between two places inside of a tag."""
    return sum(1 for _ in ATTRIBUTE.finditer(html, start, end))


def may_have_long_tag(html: str) -> bool:
    """Whether a tag of the page may be longer than `LONG_TAG` and have more than `MAX_ATTRIBUTES`; no is sure.

    Such a tag goes on for so long without ">", or has a value in quotes with ">" inside. Whatever looks like the
    beginning of a tag before either is taken for one, in comments and scripts too.
    """
    read = 0
    for start in _suspects(html):
        inside = INSIDE.match(html, start)
        end = inside.end() if inside else start
        read += end - start + 1
        # Beginnings inside of one another are not read again and again: let all tags be read once, in order.
        if read > 4 * len(html) or (end - start > LONG_TAG and count_attributes(html, start, end) >= MAX_ATTRIBUTES):
            return True
    return False


def _suspects(html: str) -> Iterator[int]:
    """Where the attributes of what may be a long tag begin."""
    at = 0
    while at + LONG_TAG < len(html):
        last = html.rfind(">", at, at + LONG_TAG)
        if last < 0:
            stop = html.find(">", at + LONG_TAG)
            stop = len(html) if stop < 0 else stop
            yield from (start.end() for start in _START.finditer(html, at, stop - LONG_TAG + 1))
            last = stop
        at = last + 1
    for value in _OPEN_VALUE.finditer(html):
        since = html.rfind(">", 0, value.start()) + 1
        yield from (start.end() for start in _START.finditer(html, since, value.start()))
