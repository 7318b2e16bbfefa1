"""What a reader works with besides its source."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from flows.discover.listing_cache import ListingCache
    from flows.fetch.fetcher import Fetcher

__all__ = ["Context", "Log", "NotingLog"]

Log: TypeAlias = "logging.Logger | logging.LoggerAdapter[logging.Logger]"


class NotingLog(logging.LoggerAdapter[Any]):
    """A log whose warnings are handed to `note` as well, for the report: what was left out, and why."""

    def __init__(self, log: Log, source: str, note: Callable[[str], None]) -> None:
        super().__init__(log, {})
        self._start, self._note = f"source {source}: ", note

    def process(self, msg: object, kwargs: MutableMapping[str, Any]) -> tuple[object, MutableMapping[str, Any]]:
        """Leave what the log itself adds as it is."""
        return msg, kwargs

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log it; a warning is noted without the name of the source."""
        if level >= logging.WARNING:
            self._note((str(msg) % args if args else str(msg)).removeprefix(self._start))
        super().log(level, msg, *args, **kwargs)


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
