"""What a reader works with besides its source."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from flows.discover.listing_cache import ListingCache
    from flows.fetch.fetcher import Fetcher

__all__ = ["Context", "Log"]

Log: TypeAlias = "logging.Logger | logging.LoggerAdapter[logging.Logger]"


@dataclass(frozen=True, slots=True)
class Context:
    """The log and the cache of one run, and the fetcher (None: no listing may be fetched)."""

    log: Log
    cache: ListingCache
    fetcher: Fetcher | None = None

    @property
    def web(self) -> Fetcher:
        """The fetcher; raises TypeError where there is none."""
        if self.fetcher is None:
            raise TypeError("feeds, sitemaps and pages with links need a fetcher")
        return self.fetcher
