"""Listings as fetched: unpacked within limits, and distinguished from HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from flows.archive.payload import PayloadError, open_payload
from flows.common.escape import one_line
from flows.common.page_types import NOT_MODIFIED
from flows.fetch.fetch_errors import FetchError
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from flows.discover.context import Context

__all__ = ["LISTING_BYTES", "Listing", "alternate_feeds", "get_listing", "looks_like_html", "unescaped"]

LISTING_BYTES = 64 * 2**20
"""The sitemap protocol allows 50 MB unpacked; feeds are smaller."""

_HTML = re.compile(rb"\s{0,256}(?:<!--.{0,2048}?-->\s{0,256})?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)

_CHARACTERS = {"amp": "&", "#38": "&", "#x26": "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'", "apos": "'"}
_ENTITY = re.compile("&(" + "|".join(_CHARACTERS) + ");", re.I)
_CUT = re.compile(r"&amp([\w.~-]{1,64})")
_CDATA = re.compile(
    r"!\[CDATA\[\s{0,16}(https?:)//?(.*?)\s{0,16}\]\]", re.S
)  # feedparser joins it to the feed's address


@dataclass(frozen=True, slots=True)
class Listing:
    """A fetched feed, sitemap or section page. `url` is the final address, against which links are resolved."""

    url: str
    body: bytes
    content_type: str | None


def get_listing(source: str, url: str, context: Context, limit: int = LISTING_BYTES) -> Listing | None:
    """Fetch and unpack; None: it has not changed since it was read. Raises FetchError with a complete sentence."""
    try:
        answer = context.web.get(url, max_bytes=limit, validators=context.cache.validators(url))
        body = open_payload(answer.body, answer.header("content-encoding"), limit)
    except FetchError as error:
        said = f"source '{source}': {one_line(url, 300)}: {error}"
        raise FetchError(said, error.retryable, error.status, error.outcome, error.retry_after) from error
    except PayloadError as error:
        raise FetchError(f"source '{source}': {one_line(url, 300)}: {error}") from error
    context.cache.got(url, answer)
    if answer.status == NOT_MODIFIED:
        context.cache.read(url)
        context.log.info("source %s: %s has not changed (304)", source, one_line(url, 300))
        return None
    return Listing(answer.url, body, answer.content_type)


def unescaped(link: str, body: bytes = b"") -> str:
    """The address that a listing holds escaped once too often, or as CDATA that was escaped: `&amp;` is in no address.

    `body` is the listing's own text, if what read it drops the semicolons, as feedparser does.
    """
    link = _ENTITY.sub(lambda found: _CHARACTERS[found[1].lower()], link.strip())
    if inside := _CDATA.search(link):
        link = f"{inside[1]}//{inside[2]}"
    return _CUT.sub(lambda found: "&" + found[1] if b"amp;" + found[1].encode() in body else found[0], link)


def looks_like_html(body: bytes) -> bool:
    """Whether the first bytes are those of an HTML page."""
    return bool(_HTML.match(body.removeprefix(b"\xef\xbb\xbf")[:8192]))


def alternate_feeds(listing: Listing) -> list[str]:
    """The feeds that an HTML page names in its head."""
    try:
        root = lxml_html.document_fromstring(listing.body[: 2**20])
    except (etree.LxmlError, ValueError):
        return []
    feeds: list[str] = []
    for link in root.iterfind(".//link"):
        if "alternate" in link.get("rel", "").lower() and re.search(
            r"rss|atom|feed\+json", link.get("type", "")[:100].lower()
        ):
            try:
                feeds.append(page_address(link.get("href", ""), listing.url))
            except ValueError:
                continue
    return feeds
