"""The tags of a page, read one by one as the HTML standard has it, in time that grows with the page alone.

Where the process of a run itself looks into a page, before there is a deadline: libxml2 compares each attribute of a
tag with all before it, so that a page of a megabyte can hold its parser for minutes.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ATTRIBUTE", "INSIDE", "START_TAG", "Tag", "tags"]

_ATTRIBUTES = 50
"""Of a tag: what comes later is passed over."""

_SPACE = r"[ \t\n\r\f]"
_NAME = r"[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+"
_VALUE = rf"{_SPACE}*+={_SPACE}*+(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^ \t\n\r\f>]*+))"
_ATTRIBUTES_TEXT = rf"(?:[ \t\n\r\f/]++|{_NAME}(?:{_VALUE})?+)*+"
INSIDE = re.compile(_ATTRIBUTES_TEXT)
"""All of what is inside of a tag, from behind its name on."""
ATTRIBUTE = re.compile(rf"({_NAME})(?:{_VALUE})?+")
"""Of what is inside of a tag: name, and value in double quotes, in single ones, or without."""
_MARKUP = re.compile(r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))|(/?)([a-zA-Z][^ \t\n\r\f/>]*+)|[!?/][^>]*+>?)", re.S)
_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
START_TAG = re.compile(
    rf"<(?:!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|(?P<raw>{'|'.join(_RAW)})(?=[\s/>])(?P<of_raw>{_ATTRIBUTES_TEXT})>?.*?(?:</(?P=raw)(?=[\s/>])|\Z)"
    rf"|/?[a-zA-Z][^ \t\n\r\f/>]*+(?P<inside>{_ATTRIBUTES_TEXT}))",
    re.S | re.I,
)
"""A tag and, as `inside`, its attributes; or a comment, or a script and the like, whose attributes are `of_raw`."""

# In an attribute, `&copy=1` is no reference.
_REFERENCE = re.compile(r"&(?:#\w{1,16};?|[A-Za-z]\w{1,40}(?:;|(?![\w=])))")


class Tag(NamedTuple):
    """A tag: its name in small letters, whether it closes, what else is in it, and the text before it."""

    name: str
    closes: bool
    inside: str
    before: str

    @property
    def attributes(self) -> dict[str, str]:
        """Names in small letters and values, without references; the first 50."""
        found: dict[str, str] = {}
        for attribute in islice(ATTRIBUTE.finditer(self.inside), _ATTRIBUTES):
            value = attribute[2] or attribute[3] or attribute[4] or ""
            found.setdefault(attribute[1].lower(), _REFERENCE.sub(lambda one: unescape(one[0]), value))
        return found


def tags(html: str) -> Iterator[Tag]:
    """The tags of a page, and after the last of them one without a name; none are inside comments and scripts.

    The text before a tag is as it is written, with its references; that of scripts and the like is left out.
    """
    at = text_from = 0
    before: list[str] = []
    ends: dict[str, re.Pattern[str]] = {}
    while found := _MARKUP.search(html, at):
        before.append(html[text_from : found.start()])
        at = text_from = found.end()
        if found[2] is None:
            continue
        name, inside = found[2].lower(), INSIDE.match(html, at)
        end = inside.end() if inside else at
        if html[end : end + 1] != ">":  # the page ends inside of it
            at = text_from = len(html)
            break
        yield Tag(name, bool(found[1]), html[at:end], "".join(before))
        before.clear()
        at = text_from = end + 1
        if name in _RAW and not found[1]:
            ending = ends.setdefault(name, re.compile(rf"</{name}(?=[ \t\n\r\f/>])", re.I)).search(html, at)
            at = text_from = ending.start() if ending else len(html)
    yield Tag("", True, "", "".join(before) + html[text_from:])
