"""Addresses as the client needs them: of a page, of a host, and of where an answer leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from flows.fetch.fetch_errors import FetchError
from flows.urls.page_address import absolute_address, page_address
from flows.urls.web_address import web_address

if TYPE_CHECKING:
    from flows.common.page_types import Capture

__all__ = ["asked_address", "canonical_address", "host_of", "leads_to"]

_REDIRECTS = (301, 302, 303, 307, 308)


def asked_address(url: str) -> httpx2.URL:
    """The address unchanged but for the fragment; raises FetchError if it is not a web address."""
    try:
        return httpx2.URL(web_address(url.partition("#")[0]))
    except ValueError as error:
        raise FetchError(f"the address {error}") from None
    except httpx2.InvalidURL:
        raise FetchError("is not a web address") from None


def canonical_address(url: str) -> httpx2.URL:
    """The canonical form of a page's address; raises FetchError if it is not a web address."""
    try:
        return httpx2.URL(page_address(url))
    except ValueError as error:
        raise FetchError(f"the address {error}") from None


def host_of(address: httpx2.URL) -> str:
    """The host by which slots are kept: the same with or without the trailing dot of the root."""
    return address.raw_host.decode("ascii").rstrip(".")


def leads_to(answer: Capture, address: httpx2.URL) -> httpx2.URL | None:
    """Where the answer of an address redirects; None: nowhere. Raises FetchError where that is no address of the web.

    Of several Location headers the first counts.
    """
    if answer.status not in _REDIRECTS:
        return None
    location = next((value for name, value in answer.headers if name.lower() == "location"), None)
    if not location:
        return None
    try:
        # Headers came as latin-1 characters of their bytes; addresses in them are UTF-8 wherever they are not ASCII.
        return httpx2.URL(absolute_address(location.encode("latin-1").decode("utf-8", "replace"), str(address)))
    except ValueError as error:
        raise FetchError(f"redirects, but the address {error}") from None
