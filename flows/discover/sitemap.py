"""The pages of a sitemap, of the sitemaps that an index names, or of those that a site's robots.txt names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Target
from flows.discover.feed import read_feed
from flows.discover.listings import get_listing, looks_like_html, unescaped
from flows.discover.parsing import parse
from flows.discover.sitemap_xml import SitemapReader
from flows.discover.url_list import read_list
from flows.fetch.fetch_errors import FetchError
from flows.urls.canonical import same_site
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.config.kinds import SitemapSource
    from flows.discover.context import Context
    from flows.discover.listing_cache import ListingCache
    from flows.discover.listings import Listing
    from flows.discover.sitemap_xml import SitemapEntry
    from flows.fetch.fetcher import Fetcher

__all__ = ["find_mapped", "read_sitemap"]

DEPTH = 4
"""Levels of indexes: the protocol allows one, some sites have two."""

SITEMAPS = 5_000
"""Daily sitemaps of thirteen years; each costs a request."""

PAGES = 1_000_000
PROTOCOL_ENTRIES = 50_000
"""More entries are logged and taken; only the bytes are limited."""


@dataclass(frozen=True, slots=True)
class _Sitemap:
    """A sitemap that is still to be read; `changed` is what the index says, `named_by` its index, None at the top."""

    address: str
    depth: int = 0
    changed: datetime | None = None
    named_by: str | None = None


def find_mapped(source: SitemapSource, context: Context) -> Iterator[Target]:
    """The pages of the sitemap in its order, those of an index sitemap by sitemap; plain text and feeds count too.

    Sitemaps that have not changed since they were read to their end yield none: those whose index says so are not
    fetched, those that answer 304 are not read. Raises FetchError or SitoError if the sitemap itself is not available;
    one that an index or robots.txt names and that is not available, or is on another site than the index, is a target
    with a problem. What exceeds the limits of this module is left out with a warning in the log.
    """
    named = _named_by_robots(source, context.web)
    waiting = [_Sitemap(address) for address in reversed(named or [source.url])]
    asked: set[str] = set()
    pages = skipped = 0
    while waiting:
        sitemap = waiting.pop()
        if sitemap.address in asked:
            continue  # named twice, or a loop
        if len(asked) >= SITEMAPS:
            context.log.warning("source %s: more than %d sitemaps; the rest is left out", source.name, SITEMAPS)
            break
        asked.add(sitemap.address)
        if problem := _unread(sitemap):
            yield Target(sitemap.address, problem=problem)
            continue
        if _read_since(sitemap, context.cache):
            skipped += 1
            continue
        below: list[_Sitemap] = []
        try:
            listing = get_listing(source.name, sitemap.address, context)
            read = parse("sitemap:read_sitemap", source.name, listing, context.log, sitemap.depth) if listing else ()
            for found in read:
                if isinstance(found, _Sitemap):
                    if len(below) < SITEMAPS:
                        below.append(found)
                    continue
                if pages >= PAGES:
                    context.log.warning("source %s: more than %d pages; the rest is left out", source.name, PAGES)
                    return
                yield found
                pages += 1
            # An index must come whole: it may stay the same while its sitemaps change.
            context.cache.read(sitemap.address, conditional=not below)
        except SitoError as error:
            if not sitemap.depth and len(named or "1") == 1:
                raise
            yield Target(sitemap.address, problem=f"this sitemap gave no pages, or not all: {error}")
        waiting += reversed(below)
    if skipped:
        context.log.info("source %s: %d sitemaps have not changed since they were read", source.name, skipped)


def _named_by_robots(source: SitemapSource, fetcher: Fetcher) -> list[str] | None:
    """The sitemaps of the site whose root or robots.txt the source names; None: the source names a sitemap itself."""
    parts = urlsplit(source.url)
    if parts.query or parts.path not in ("", "/", "/robots.txt"):
        return None
    robots = fetcher.robots(source.url)
    if robots is None:
        raise FetchError(f"source '{source.name}': the robots.txt of {parts.netloc} cannot be read now", True)
    addresses: list[str] = []
    for link in robots.sitemaps[:SITEMAPS]:
        try:
            addresses.append(page_address(link, source.url))
        except ValueError:
            continue
    # Many sites have one here that robots.txt does not name.
    return addresses or [urljoin(source.url, "/sitemap.xml")]


def _unread(sitemap: _Sitemap) -> str | None:
    """Why a sitemap is not fetched, although an index names it; None: it is."""
    if sitemap.depth > DEPTH:
        return f"this sitemap lies {sitemap.depth} indexes deep; it is not read"
    if sitemap.named_by and not same_site(sitemap.address, sitemap.named_by):
        return f"this sitemap lies on another site than its index {one_line(sitemap.named_by, 300)}; it is not read"
    return None


def _read_since(sitemap: _Sitemap, cache: ListingCache) -> bool:
    """Whether its index says that it has not changed since it was read to its end."""
    if sitemap.changed is None:
        return False
    read_at = cache.read_at(sitemap.address)
    return read_at is not None and sitemap.changed < read_at


def read_sitemap(warn: Callable[[str], None], name: str, listing: Listing, depth: int) -> Iterator[Target | _Sitemap]:
    """The pages, and the sitemaps below, of a sitemap that was fetched. Raises SitoError if it is none."""
    head = listing.body[:8192].removeprefix(b"\xef\xbb\xbf").lstrip()
    if looks_like_html(listing.body):
        raise SitoError(f"source '{name}': {listing.url} is an HTML page, no sitemap; fix url in the sources file")
    if head and not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        if not any(line.strip().startswith((b"http://", b"https://")) for line in head.splitlines()):
            raise SitoError(f"source '{name}': {listing.url} is no sitemap; fix url in the sources file")
        lines = BytesIO(listing.body.removeprefix(b"\xef\xbb\xbf"))
        yield from read_list((line.decode("utf-8", "replace") for line in lines), listing.url)
        return
    reader = SitemapReader(listing.body)
    if reader.root in ("rss", "feed", "RDF"):
        yield from read_feed(warn, name, listing)
        return
    if reader.root not in ("urlset", "sitemapindex"):
        what = "is empty, no sitemap" if not head else "is no sitemap"
        raise SitoError(f"source '{name}': {listing.url} {what}; fix url in the sources file")
    count = 0
    for entry in reader.entries():
        count += 1
        if found := _found(entry, listing.url, depth, count):
            yield found
    shown = one_line(listing.url, 300)
    if reader.broken:
        warn(f"source {name}: {shown} is broken XML; {count} entries could be read")
    if count > PROTOCOL_ENTRIES:
        warn(f"source {name}: {shown} has {count} entries; {PROTOCOL_ENTRIES} are allowed")


def _found(entry: SitemapEntry, base: str, depth: int, count: int) -> Target | _Sitemap | None:
    link = entry.fields.get("loc")
    if entry.kind not in ("url", "sitemap") or not link:
        return None
    try:
        address = page_address(unescaped(link), base)
    except ValueError as error:
        shown = "its <loc>" if "@" in link else f"<loc> '{one_line(link)}'"
        return Target(f"{base}#{count}", problem=f"entry {count} of the sitemap: {shown} {error}")
    stated = entry.fields.get("lastmod")
    if entry.kind == "url":
        return Target(address, modified=_time(stated), evidence=_evidence(entry, address))
    changed = _time(stated)
    if changed and len(stated or "") <= len("2026-11-22"):  # at any time of that day
        changed = changed + timedelta(days=1) if changed.year < datetime.max.year else None
    return _Sitemap(address, depth + 1, changed, base)


def _evidence(entry: SitemapEntry, address: str) -> str | None:
    """What a news sitemap says about the page, in the form of a feed's entry; None: nothing."""
    title, published = (entry.fields.get(f"news.{field}") for field in ("title", "publication_date"))
    if title is None and published is None:
        return None
    at, updated = _time(published), _time(entry.fields.get("lastmod"))
    said: dict[str, object] = {
        "id": None,
        "link": address,
        "title": title,
        "authors": [],
        "published": at.isoformat() if at else None,
        "updated": updated.isoformat() if updated else None,
        "summary": None,
        "content": None,
    }
    return json.dumps(said, ensure_ascii=False)


def _time(stated: str | None) -> datetime | None:
    """A W3C date; without a zone it counts as UTC."""
    try:
        at = datetime.fromisoformat(stated or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
