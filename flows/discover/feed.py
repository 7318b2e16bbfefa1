"""The pages of a feed: the entries' links, each entry kept beside its page as evidence."""

from __future__ import annotations

import json
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Target
from flows.discover.feed_dates import FeedDates
from flows.discover.feed_parser import feed_parser
from flows.discover.json_feed import read_json_feed
from flows.discover.listings import alternate_feeds, get_listing, looks_like_html, unescaped
from flows.discover.parsing import parse
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.config.kinds import FeedSource
    from flows.discover.context import Context
    from flows.discover.listings import Listing

__all__ = ["find_entries", "read_feed"]

FEED_BYTES = 8 * 2**20
"""Of a feed in XML: feedparser takes 10 s for a MiB of nothing but tags, 0.1 s for one of articles."""


def find_entries(source: FeedSource, context: Context) -> Iterator[Target]:
    """The pages that the feed links to, in its order; none if it has not changed since it was read.

    The feed itself is not a page and is not archived; what it says about a page is stored with that page. Raises
    FetchError, or SitoError if it is not a feed.
    """
    listing = get_listing(source.name, source.url, context)
    if listing is not None:
        yield from parse("feed:read_feed", source.name, listing, context.log)
        context.cache.read(source.url)


def read_feed(warn: Callable[[str], None], name: str, listing: Listing) -> Iterator[Target]:
    """The entries of a fetched RSS, Atom, RDF or JSON feed; of broken XML those that can be read.

    An entry without a link is not a page, even if it contains text: nothing could be fetched or cited. Such
    entries are counted, and `warn` is told; an entry whose link is not a web address is a target with a problem.
    """
    without = 0
    items = read_json_feed(listing.body)
    for said in _read_xml(name, listing) if items is None else items:
        identity = said["id"] or ""
        link = said["link"] or (identity if identity.startswith(("http://", "https://")) else None)
        link = unescaped(link, listing.body) if link else None
        if link is None:
            without += 1
            continue
        try:
            url, problem = page_address(link, listing.url), None
        except ValueError as error:
            shown = "its link" if "@" in link else f"the link '{one_line(link)}'"
            url, problem = f"{listing.url}#{one_line(identity or link)}", f"{shown} {error}"
        evidence = said | {"published": _iso(said["published"]), "updated": _iso(said["updated"])}
        yield Target(url, modified=said["updated"], evidence=json.dumps(evidence, ensure_ascii=False), problem=problem)
    if without:
        warn(f"source {name}: {without} entries of the feed have no link and are left out")


def _read_xml(name: str, listing: Listing) -> Iterator[dict[str, Any]]:
    """The entries of an RSS, Atom or RDF feed, as feedparser reads them. Raises SitoError if it is none."""
    if len(listing.body) > FEED_BYTES:
        raise SitoError(
            f"source '{name}': {listing.url} is a feed of {len(listing.body):,} bytes; {FEED_BYTES:,} at most are read"
        )
    # As a file and with our own headers: given bytes or text, feedparser may open files and addresses by itself. The
    # entry is evidence, so it is not sanitized.
    headers = {"content-location": listing.url, "content-type": listing.content_type or "application/xml"}
    parsed = feed_parser().parse(BytesIO(listing.body), response_headers=headers, sanitize_html=False)
    if not parsed.get("version") and not parsed.entries:
        raise SitoError(f"source '{name}': {listing.url} {_no_feed(listing)}")
    dates = FeedDates()
    for entry in parsed.entries:
        yield _entry(entry, dates)


def _entry(entry: Any, dates: FeedDates) -> dict[str, Any]:
    """What the feed says about the page."""
    authors = [author.get("name") or author.get("email") for author in entry.get("authors", []) if author]
    return {
        "id": entry.get("id"),
        "link": entry.get("link") or None,
        "title": entry.get("title"),
        "authors": [name for name in authors if name],
        "published": _time(entry, "published", dates),
        "updated": _time(entry, "updated", dates),
        "summary": entry.get("summary"),
        "content": "\n".join(part.get("value") or "" for part in entry.get("content", [])) or None,
    }


def _time(entry: Any, field: str, dates: FeedDates) -> datetime | None:
    parsed = dict.get(entry, f"{field}_parsed")  # UTC; feedparser's own get substitutes one field for the other
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else dates.read(dict.get(entry, field))
    except (ValueError, OverflowError, OSError):
        return None


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _no_feed(listing: Listing) -> str:
    if not listing.body.strip():
        return "is empty, no feed"
    if not looks_like_html(listing.body):
        return "is no feed (RSS, Atom, RDF or JSON); fix url in the sources file"
    feeds = alternate_feeds(listing)
    hint = f"it names this feed: {feeds[0]}" if feeds else "give the address of the feed itself"
    return f"is an HTML page, no feed; {hint}"
