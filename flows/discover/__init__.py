"""What a source holds right now: its pages as targets, lazily, each once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flows.discover.context import Context, NotingLog
from flows.discover.listing_cache import ListingCache
from flows.urls.uri import address_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.common.page_types import Target
    from flows.config.kinds import Source
    from flows.discover.context import Log
    from flows.fetch.fetcher import Fetcher

__all__ = ["discover", "reader"]


def reader(kind: type[Source]) -> Callable[[Source, Context], Iterator[Target]]:
    """The function that gives the targets of the sources of a kind."""
    module, _, name = kind.reader.partition(":")
    found: Callable[[Source, Context], Iterator[Target]] = getattr(import_module(f"flows.discover.{module}"), name)
    return found


def discover(
    source: Source,
    fetcher: Fetcher | None,
    log: Log,
    cache: ListingCache | None = None,
    note: Callable[[str], None] = lambda warning: None,
) -> Iterator[Target]:
    """The pages that the source names, each once, in a stable order; duplicates are dropped and counted in the log.

    `fetcher` is needed for feeds, sitemaps and pages with links; None is enough for the rest. With `cache`, listings
    that have not changed since an earlier run are skipped; the run must call its `keep`. `note` is called with every
    warning, such as what was left out. Raises SitoError if
    the source itself cannot be read (FetchError where that is on the web); a part that cannot be read comes as a
    target with a `problem`.
    """
    seen: set[bytes] = set()
    duplicates = 0
    context = Context(NotingLog(log, source.name, note), cache or ListingCache(source.name), fetcher)
    for target in reader(type(source))(source, context):
        if source.repeats_pages:  # possibly millions of them, so no set of their addresses either
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
