"""Tells whether two addresses are versions of one article (mobile, AMP, for print), so that one of them is enough."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

__all__ = ["is_variant"]

_HOST = re.compile(r"^(?:(?:www|m|mobile|mob|amp|touch)\.)+")
# "/amp/news/1", "/news/1/amp", "/news/1.amp", "/news/1.amp.html", "/news/1/print".
_PART = re.compile(r"/(?:amp|m|mobile|print)(?=/|$)|\.amp(?=\.html?$|$)", re.I)
_VERSION_PARAMETERS = frozenset({"amp", "mobile", "print", "m", "outputtype", "output", "view"})
_PARAMETERS = 50


def is_variant(url: str, canonical: str) -> bool:
    """Whether `url` differs from the address that its page names as its own only in what marks a version of it.

    What else may differ, such as a query, may tell pages apart whatever a page says of itself: many second parts of
    articles name the first part as their own address.
    """
    here, there = urlsplit(url), urlsplit(canonical)
    return (
        _HOST.sub("", here.netloc.lower()) == _HOST.sub("", there.netloc.lower())
        and _path(here.path) == _path(there.path)
        and _query(here.query) == _query(there.query)
    )


def _path(path: str) -> str:
    return _PART.sub("", path).rstrip("/")


def _query(query: str) -> list[tuple[str, str]]:
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=_PARAMETERS)
    except ValueError:
        return [(query, "")]
    return sorted(field for field in fields if field[0].lower() not in _VERSION_PARAMETERS)
