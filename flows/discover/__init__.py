"""What a source holds right now: its pages as targets, lazily, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from flows.config.kinds import CdxSource, FeedSource, FolderSource, PageSource, SitemapSource, UrlsSource, WarcSource
from flows.urls.uri import address_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.common.page_types import Target
    from flows.config.kinds import Source
    from flows.discover.listing_cache import ListingCache
    from flows.discover.listings import Log
    from flows.fetch.fetcher import Fetcher

__all__ = ["discover"]


def discover(
    source: Source, fetcher: Fetcher | None, log: Log, reading: ListingCache | None = None
) -> Iterator[Target]:
    """The pages that the source names, each once, in a stable order; duplicates are dropped and counted in the log.

    `fetcher` is needed for feeds, sitemaps and pages with links, None will do for the rest. With `reading`, those of
    them that have not changed since an earlier run are passed over; the run is to call its `keep`. Raises SitoError if
    the source itself cannot be read (FetchError where that is the web); what is wrong with a part of it comes as a
    target with a `problem`.
    """
    seen: set[bytes] = set()
    duplicates = 0
    for target in _targets(source, fetcher, log, reading):
        if isinstance(source, WarcSource):  # captures, several of a page perhaps, all wanted, and by the million
            yield target
            continue
        key = target.url if target.offset is None else f"{target.path} {target.offset}"
        digest = address_hash(key)
        if digest in seen:
            duplicates += 1
            continue
        seen.add(digest)
        yield target
    if duplicates:
        log.info("source %s: %d pages are named again; each is taken once", source.name, duplicates)


def _targets(source: Source, fetcher: Fetcher | None, log: Log, reading: ListingCache | None) -> Iterator[Target]:
    # Each kind brings its own libraries; a folder should not wait for those of the web.
    match source:
        case FolderSource():
            from flows.discover.folder import find_files

            return find_files(source)
        case UrlsSource():
            from flows.discover.url_list import find_listed

            return find_listed(source)
        case WarcSource():
            from flows.discover.warc_files import find_records

            return find_records(source, log)
        case CdxSource():
            from flows.discover.cdx import find_indexed

            return find_indexed(source, log)
        case FeedSource():
            from flows.discover.feed import find_entries

            return find_entries(source, *_web(source, fetcher, reading), log)
        case SitemapSource():
            from flows.discover.sitemap import find_mapped

            return find_mapped(source, *_web(source, fetcher, reading), log)
        case PageSource():
            from flows.discover.links import find_linked

            return find_linked(source, *_web(source, fetcher, reading), log)
        case _:
            assert_never(source)


def _web(source: Source, fetcher: Fetcher | None, reading: ListingCache | None) -> tuple[Fetcher, ListingCache]:
    if fetcher is None:
        raise TypeError("feeds, sitemaps and pages with links need a fetcher")
    if reading is None:
        from flows.discover.listing_cache import ListingCache

        reading = ListingCache(source.name)
    return fetcher, reading
