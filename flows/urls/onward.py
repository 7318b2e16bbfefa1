"""Tells where a page sends its readers, if it is not itself what they came for.

That is by a meta refresh, as browsers follow it, or by stating another address as its own while it holds little text.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from cleaners.read.tags import tags
from flows.urls.canonical import stated_address
from flows.urls.page_address import page_address
from flows.urls.page_head import page_head
from flows.urls.variants import is_variant

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Onward", "onward"]

SECONDS = 10
"""A longer wait renews a page or shows another one after it; nobody is sent on before having read it."""

CHARACTERS = 500
"""Of running text: a page with fewer is a teaser or a notice, and the page that it names may hold the article."""

_PIECE = 40  # characters of running text without markup inside; menus and buttons have fewer
_BYTES = 2**20  # of a page that is looked through for text
_UNREAD = ("a", "button", "footer", "form", "nav", "noscript", "script", "select", "style", "template")
_NOT_NESTED = ("a", "button", "form", "select")  # one that opens inside of another ends it, or is none

# HTML, "shared declarative refresh steps": `0; url='/a'`, `0,/a`.
_REFRESH = re.compile(r"\s{0,64}(\d{1,9})?[\d.]{0,16}\s{0,64}[;,\s]\s{0,64}(?:url\s{0,64}=\s{0,64})?+(.+)", re.I | re.S)
_QUOTED = re.compile(r"\"([^\"]*)|'([^']*)")


class Onward(NamedTuple):
    """The address of another page, in the form of `page_address`, and what names it."""

    url: str
    by: str

    @property
    def is_front(self) -> bool:
        """Whether it is the front page of a site, where readers of pages that are gone are sent."""
        parts = urlsplit(self.url)
        return not parts.path.strip("/") and not parts.query


def onward(body: bytes, headers: Sequence[tuple[str, str]], url: str) -> Onward | None:
    """Where the unpacked page that was found at `url` sends its readers; None: nowhere, it is a page itself."""
    try:
        own = page_address(url)
    except ValueError:
        return None
    if (refresh := _refresh(body, headers, url)) not in (None, own):
        return Onward(refresh, "meta refresh")
    stated = stated_address(body, headers, url)
    if stated is None or _path(stated) == _path(own) or is_variant(own, stated) or _holds_text(body):
        return None
    return Onward(stated, "rel=canonical")


def _path(url: str) -> str:
    """The address without its query, in which a page and its canonical address may differ for many reasons."""
    return url.partition("?")[0]


def _refresh(body: bytes, headers: Sequence[tuple[str, str]], url: str) -> str | None:
    head = page_head(body, headers, b"refresh")
    if head is None:
        return None
    unread = Counter[str]()
    for tag in head.tags:
        if tag.name in ("noscript", "template"):
            unread[tag.name] = max(0, unread[tag.name] + (-1 if tag.closes else 1))
        if tag.name != "meta" or tag.attributes.get("http-equiv", "").strip().lower() != "refresh":
            continue
        if unread.total():
            continue  # for browsers without scripts, which are rather sent away
        found = _REFRESH.fullmatch(tag.attributes.get("content", "")[:10_000])
        if found is None or int(found[1] or 0) > SECONDS:
            continue
        quoted = _QUOTED.match(found[2])
        link = (quoted[1] or quoted[2] or "") if quoted else found[2]
        try:
            return page_address(link, url)
        except ValueError:
            continue
    return None


def _holds_text(body: bytes) -> bool:
    """Whether the page has running text of some length, outside of links and menus."""
    length = 0
    unread = dict.fromkeys(_UNREAD, 0)
    for tag in tags(body[:_BYTES].decode("utf-8", "replace")):
        if len(tag.before) >= _PIECE and not any(unread.values()):
            piece = len(tag.before.strip())
            length += piece if piece >= _PIECE else 0
            if length >= CHARACTERS:
                return True
        if tag.name in _UNREAD:
            nested = tag.name not in _NOT_NESTED
            unread[tag.name] = max(0, unread[tag.name] - 1) if tag.closes else 1 + nested * unread[tag.name]
    return False
