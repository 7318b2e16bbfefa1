"""`sito sources`: what is configured, and what is held of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.archive.source_archive import Archive
from flows.config.kinds import CdxSource, FeedSource, FolderSource, PageSource, SitemapSource, UrlsSource, WarcSource
from flows.config.sources import load_sources
from flows.report.run_record import load_runs

if TYPE_CHECKING:
    from pathlib import Path

    from flows.config.kinds import Source

HEADINGS = ("source", "kind", "schedule", "last run", "pages held", "from")


def sources(sources_file: Path, data: Path) -> int:
    """Print a row a source: name, kind, schedule, end of the last run with its counts, pages held, location."""
    rows = [HEADINGS] + [_row(source, data) for source in load_sources(sources_file).values()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _row(source: Source, data: Path) -> tuple[str, ...]:
    runs = load_runs(data, source.name, last=1)
    schedule = f"{source.schedule.cron} {source.schedule.timezone}" if source.schedule else "by hand"
    return (
        source.name,
        source.kind,
        schedule,
        f"{runs[-1].finished:%Y-%m-%d %H:%M} UTC" if runs else "never",
        str(len(Archive(data, source.name).captured())),
        _location(source),
    )


def _location(source: Source) -> str:
    match source:
        case FolderSource():
            return str(source.path)
        case FeedSource() | SitemapSource():
            return source.url
        case UrlsSource():
            return str(source.file) if source.urls is None else f"{len(source.urls)} addresses"
        case PageSource():
            return " ".join(source.urls)
        case WarcSource() | CdxSource():
            return " ".join(source.paths)
