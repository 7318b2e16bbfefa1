"""The head of a page, in which it says what it is an address of, read without the rest of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cleaners.read.tags import Tag, tags

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PageHead", "page_head"]

_HEAD_BYTES = 2**18
"""Heads are smaller; what comes later is not looked at."""

_BODY = re.compile(rb"</head\s{0,16}>|<body[\s>]", re.I)
_CHARSET = re.compile(r"charset\s{0,16}=\s{0,16}[\"']?([A-Za-z0-9_.:-]{1,40})", re.I)


class PageHead(NamedTuple):
    """The tags of a head; without a `charset` only what is ASCII in it can be believed."""

    tags: list[Tag]
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
        text = head.decode(charset or "latin-1", "replace")
    except (LookupError, ValueError):  # no charset that anybody knows
        charset, text = None, head.decode("latin-1")
    return PageHead(list(tags(text)), charset)


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
