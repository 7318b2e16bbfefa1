"""Runs over the hostile site: sources as tests need them, without Prefect and without processes for cleaning."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Self

from warcio.archiveiterator import ArchiveIterator

from flows.config.kinds import FeedSource, SitemapSource, UrlsSource
from flows.pipeline.ingest_source import ingest_source
from flows.report.progress import Progress
from support.in_process import HereSteps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pytest

    from flows.config.kinds import Source
    from flows.pipeline.ingest_result import IngestResult

__all__ = ["SOURCE", "HereSteps", "hours_later", "ingest", "kept", "source_of"]

SOURCE = "hostile"
LOG = logging.getLogger("hostile")


def source_of(
    addresses: Sequence[str], hosts: Iterable[str], kind: str = "urls", refresh_hours: int | None = None, **limits: Any
) -> Source:
    """A source of these addresses that may lie on this machine, with a delay of nothing unless told otherwise."""
    told = {"delay_seconds": 0, "timeout_seconds": 20, "page_bytes": 300_000, "private_hosts": tuple(sorted(hosts))}
    fields = {"name": SOURCE, "kind": kind, "refresh_hours": refresh_hours, "limits": told | limits}
    match kind:
        case "feed":
            return FeedSource.model_validate(fields | {"url": addresses[0]})
        case "sitemap":
            return SitemapSource.model_validate(fields | {"url": addresses[0]})
        case _:
            return UrlsSource.model_validate(fields | {"urls": tuple(addresses)})


def ingest(source: Source, data: Path, batch: int = 256) -> IngestResult:
    """One run."""
    return ingest_source(source, data, HereSteps(), Progress(source.name), LOG, batch=batch)


def hours_later(patch: pytest.MonkeyPatch, hours: float) -> None:
    """Until the patch is undone, it is so much later for whatever decides whether a page is asked for again."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(hours=hours)

    patch.setattr("flows.crawl.recrawl_schedule.datetime", Later)


def kept(data: Path, name: str = SOURCE) -> list[tuple[str, bytes]]:
    """The pages in raw/: address and body as received, in the order of their capture; no redirects, no revisits."""
    found = []
    for shard in sorted((data / "raw" / name).glob("*.warc.gz")):
        with shard.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=False):
                if record.rec_type == "response" and not record.http_headers.get_statuscode().startswith("3"):
                    found.append((record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read()))
    return found
