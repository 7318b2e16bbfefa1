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
    """The address as it stands, without a fragment; raises FetchError where it is none of the web."""
    try:
        return httpx2.URL(web_address(url.partition("#")[0]))
    except ValueError as error:
        raise FetchError(f"the address {error}") from None
    except httpx2.InvalidURL:
        raise FetchError("is not a web address") from None


def canonical_address(url: str) -> httpx2.URL:
    """The one form of a page's address; raises FetchError where it is none of the web."""
    try:
        return httpx2.URL(page_address(url))
    except ValueError as error:
        raise FetchError(f"the address {error}") from None


def host_of(address: httpx2.URL) -> str:
    """The host as its turns are counted: one, whether its name ends with the dot of the root or not."""
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
