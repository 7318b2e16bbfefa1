"""What a page permits: whether it may be indexed, and whether text and data mining is reserved.

`noindex` is in the header X-Robots-Tag or a meta element, for all robots or one by name. The reservation of text
and data mining (TDMRep, a W3C community report of 2024) is the header or meta element tdm-reservation with the value 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.read.tags import tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["usage_rights"]

_HEAD = 2**16
"""How far we look for meta elements, in bytes."""

# Names that address us. A page excluded from Google's index is meant to be excluded from every index.
_OURS = ("robots", "googlebot", "sito")
_NO_INDEX = ("noindex", "none")
_HINT = re.compile(rb"noindex|=\s{0,4}[\"']?\s{0,4}none|tdm-reservation", re.I)
_VALUE = 4096  # characters of a header or attribute that are read


def usage_rights(headers: Iterable[tuple[str, str]], body: bytes) -> tuple[str, ...]:
    """The reservations of an answer, sorted: noindex, TDM reserved, each said by the header or by the page.

    `body` is the page unpacked, or its beginning.
    """
    found = set()
    for name, value in headers:
        match name.lower():
            case "x-robots-tag" if _noindex_in_header(value):
                found.add("noindex (header)")
            case "tdm-reservation" if value.strip() == "1":
                found.add("TDM reserved (header)")
    for name, value in _metas(body):
        if name in _OURS and _says_noindex(value):
            found.add("noindex (page)")
        elif name == "tdm-reservation" and value.strip() == "1":
            found.add("TDM reserved (page)")
    return tuple(sorted(found))


def _noindex_in_header(value: str) -> bool:
    """`noindex`, `max-snippet: 5, noindex`, `googlebot: noindex, nofollow`; a name applies until the next one."""
    ours = True
    for part in value[:_VALUE].lower().split(","):
        name, colon, rule = part.partition(":")
        if colon and name.strip() not in _WITH_VALUE:
            ours, part = name.strip() in _OURS, rule
        if ours and part.strip() in _NO_INDEX:
            return True
    return False


_WITH_VALUE = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
"""Rules that contain a colon themselves."""


def _says_noindex(value: str) -> bool:
    return any(rule in _NO_INDEX for rule in re.split(r"[\s,;]+", value[:_VALUE].lower()))


def _metas(body: bytes) -> Iterator[tuple[str, str]]:
    """The names, in lower case, and contents of the meta elements in the first bytes of the page."""
    head = body[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    if not _HINT.search(head):  # most pages need no parsing
        return
    for tag in tags(head.decode("latin-1")):
        if tag.name == "meta":
            name = tag.attributes.get("name") or tag.attributes.get("http-equiv", "")
            yield name.strip().lower(), tag.attributes.get("content", "")
