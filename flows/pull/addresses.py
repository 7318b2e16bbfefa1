"""The one form of a page's address, so that one page is one page however it is linked."""

from __future__ import annotations

import re

import httpx2

from flows.fields import web_address
from flows.raw.uri import BadAddressError, to_uri

__all__ = ["page_address"]

_CHARACTERS = 8192
# Most links have the form already; taking them apart costs some 80 us each, a minute for a large sitemap. A host of
# digits alone is looked at: it may be no IP address.
_PLAIN = re.compile(r"https?://(?![0-9.]+/)[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/(?:[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)?)+")


def page_address(link: str, base: str | None = None) -> str:
    """The absolute http or https address of a link, in the form in which the client would ask for it.

    Two links get the same form if they lead to the same request: small host (IDNA), no default port, no fragment, no
    dot segments, what URIs do not allow percent-encoded; the query stays as it is. (courlan and w3lib go further: they
    drop or sort parameters by name, among them some that tell pages apart.) Raises ValueError.
    """
    link = link.strip()
    if len(link) > _CHARACTERS:
        raise ValueError(f"is no address: it has {len(link):,} characters")
    if _PLAIN.fullmatch(link):
        return link
    try:
        address = httpx2.URL(base).join(link) if base else httpx2.URL(link)
        return web_address(to_uri(str(address.copy_with(fragment=None))))
    except (httpx2.InvalidURL, BadAddressError):
        raise ValueError("is not a web address: it must begin with https:// or http:// and name a host") from None
