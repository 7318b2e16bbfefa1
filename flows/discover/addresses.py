"""The one form of a page's address, so that one page is one page however it is linked."""

from __future__ import annotations

import httpx2

from flows.sources import web_address

__all__ = ["page_address"]

_CHARACTERS = 8192


def page_address(link: str, base: str | None = None) -> str:
    """The absolute http or https address of a link, in the form in which the client would ask for it.

    Two links get the same form exactly if they lead to the same request: small host (IDNA), no default port, no
    fragment, no dot segments, what is not ASCII percent-encoded; the query stays as it is. (courlan and w3lib go
    further: they drop or sort parameters by name, among them some that tell pages apart.) Raises ValueError.
    """
    link = link.strip()
    if len(link) > _CHARACTERS:
        raise ValueError(f"is no address: it has {len(link):,} characters")
    try:
        address = httpx2.URL(base or "").join(link) if base else httpx2.URL(link)
        return web_address(str(address.copy_with(fragment=None)))
    except httpx2.InvalidURL:
        raise ValueError("is not a web address") from None
