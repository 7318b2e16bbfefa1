"""What a source holds right now: its pages as targets, lazily, each once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, assert_never

from flows.sources import FeedSource, FolderSource, SitemapSource, UrlsSource, WarcSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.pages import Target
    from flows.pull.discover.documents import Log
    from flows.pull.fetch import Fetcher
    from flows.sources import Source

__all__ = ["discover"]


def discover(source: Source, fetcher: Fetcher | None, log: Log) -> Iterator[Target]:
    """The pages that the source names, each once, in a stable order; duplicates are dropped and counted in the log.

    `fetcher` is needed for feeds and sitemaps, None will do for the rest. Raises SitoError if the source itself cannot
    be read (FetchError where that is the web); what is wrong with a part of it comes as a target with a `problem`.
    """
    seen: set[bytes] = set()  # hashes: a source may name a million pages
    duplicates = 0
    for target in _targets(source, fetcher, log):
        # The records of a WARC are captures, several of a page perhaps, and all of them are wanted.
        key = target.url if target.offset is None else f"{target.path} {target.offset}"
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).digest()
        if digest in seen:
            duplicates += 1
            continue
        seen.add(digest)
        yield target
    if duplicates:
        log.info("source %s: %d pages are named again; each is taken once", source.name, duplicates)


def _targets(source: Source, fetcher: Fetcher | None, log: Log) -> Iterator[Target]:
    # Each kind brings its own libraries; a folder should not wait for those of the web.
    match source:
        case FolderSource():
            from flows.pull.discover.folder import find_files

            return find_files(source)
        case UrlsSource():
            from flows.pull.discover.urls import find_listed

            return find_listed(source)
        case WarcSource():
            from flows.pull.discover.warc import find_records

            return find_records(source, log)
        case FeedSource():
            from flows.pull.discover.feed import find_entries

            return find_entries(source, _needed(fetcher), log)
        case SitemapSource():
            from flows.pull.discover.sitemap import find_mapped

            return find_mapped(source, _needed(fetcher), log)
        case _:
            assert_never(source)


def _needed(fetcher: Fetcher | None) -> Fetcher:
    if fetcher is None:
        raise TypeError("feeds and sitemaps need a fetcher")
    return fetcher
