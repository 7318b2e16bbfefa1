"""The head of a page, in which it says what it is an address of, parsed without the rest of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree
from lxml import html as lxml_html

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PageHead", "page_head"]

_HEAD_BYTES = 2**18
"""Heads are smaller; what comes later is not looked at."""

_BODY = re.compile(rb"</head\s{0,16}>|<body[\s>]", re.I)
_CHARSET = re.compile(r"charset\s{0,16}=\s{0,16}[\"']?([A-Za-z0-9_.:-]{1,40})", re.I)


class PageHead(NamedTuple):
    """The tree of a head; without a `charset` only what is ASCII in it can be believed."""

    root: lxml_html.HtmlElement
    charset: str | None


def page_head(body: bytes, headers: Iterable[tuple[str, str]], hint: bytes) -> PageHead | None:
    """The head of an unpacked page, within the first 256 KiB; None: it does not hold the `hint`, in small letters."""
    head = body[:_HEAD_BYTES]
    if end := _BODY.search(head):
        head = head[: end.start()]
    if hint not in head.lower():  # most pages need no parsing
        return None
    charset = _charset(head, headers)
    try:
        return PageHead(_parsed(head, charset), charset)
    except (etree.LxmlError, ValueError):
        return None


def _parsed(head: bytes, charset: str | None) -> lxml_html.HtmlElement:
    try:
        parser = lxml_html.HTMLParser(encoding=charset)
    except LookupError:  # no charset that anybody knows
        parser = lxml_html.HTMLParser()
    return lxml_html.document_fromstring(head, parser=parser)


def _charset(head: bytes, headers: Iterable[tuple[str, str]]) -> str | None:
    """What the header says; else UTF-8 if it can be; else what the page says."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    said = _CHARSET.search(kind[:200])
    if said is None:
        try:
            head.decode()
        except UnicodeDecodeError:
            said = _CHARSET.search(head.decode("latin-1"))
        else:
            return "utf-8"
    return said[1] if said else None
