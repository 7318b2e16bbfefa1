"""What a source holds right now: its pages as targets, lazily, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.discover.folder import find_files
from flows.errors import SitoError
from flows.sources import FolderSource

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from flows.fetch import Fetcher
    from flows.pages import Target
    from flows.errors import SitoError
from flows.sources import Source

__all__ = ["discover"]


def discover(
    source: Source, fetcher: Fetcher | None, log: logging.Logger | logging.LoggerAdapter[logging.Logger]
) -> Iterator[Target]:
    """The pages that the source names, each once, in a stable order; duplicates are dropped and counted in the log.

    `fetcher` is needed for feeds and sitemaps, None for the rest. Raises SitoError (FetchError, where it is the web)
    if the source itself cannot be read; what is wrong with a part of it comes as a target with a `problem`.
    """
    seen: set[str] = set()
    duplicates = 0
    for target in _targets(source, fetcher, log):
        key = target.url
        if key in seen:
            duplicates += 1
            continue
        seen.add(key)
        yield target
    if duplicates:
        log.info("source %s names %d pages more than once; each is taken once", source.name, duplicates)


def _targets(
    source: Source, fetcher: Fetcher | None, log: logging.Logger | logging.LoggerAdapter[logging.Logger]
) -> Iterator[Target]:
    match source:
        case FolderSource():
            yield from find_files(source)
        case _:
            raise SitoError("not yet")
