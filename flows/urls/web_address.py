"""What counts as an address of the web."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["HOLDS_PASSWORD", "web_address"]

HOLDS_PASSWORD = "holds a user name or password; addresses stand in reports and archives, so leave it out"  # noqa: S105
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")


def web_address(url: str) -> str:
    """`url` itself if it is an absolute http or https address; raises ValueError that never repeats a password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError:
        raise ValueError("is not a web address: its host or port is wrong") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(HOLDS_PASSWORD)
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError("is not a web address: it must begin with https:// or http:// and name a host")
    if _UNSAFE.search(url):
        raise ValueError("is not a web address: it holds a space or a character that must be percent-encoded")
    return url
