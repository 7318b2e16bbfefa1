"""The kinds of sources as frozen types. Each field has a description."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from flows.config.fields import (
    Day,
    HostName,
    Language,
    LocalPath,
    LocalPathOrAddress,
    LocalPathOrStandardInput,
    MediaType,
    Pattern,
    WebAddress,
)
from flows.config.limits import Limits, WebLimits
from flows.config.source import KINDS, RevisitHours, Schedule, Source

__all__ = [
    "KINDS",
    "STANDARD_INPUT",
    "CdxSource",
    "FeedSource",
    "FolderSource",
    "PageSource",
    "Schedule",
    "SitemapSource",
    "Source",
    "UrlsSource",
    "WarcSource",
]

_MEDIA_TYPES = ("text/html", "application/xhtml+xml", "text/plain")

STANDARD_INPUT = Path("-")
"""`file = "-"`: the list is read from standard input."""


class _Records(Source):
    """Which of many captures to take: the fields of `warc` and `cdx`."""

    paths: tuple[LocalPathOrAddress, ...] = Field(description="a list of files, globs or fsspec addresses")
    hosts: tuple[HostName, ...] = Field(
        default=(), max_length=10_000, description="pages of these hosts and of those below them; without it: of all"
    )
    languages: tuple[Language, ...] = Field(
        default=(),
        max_length=100,
        description="pages that say to be in one of these languages, and those that say nothing; without it: all",
    )
    since: Day | None = Field(default=None, description="captures of this day (UTC) and later")
    until: Day | None = Field(default=None, description="captures of this day (UTC) and earlier")
    mime: tuple[MediaType, ...] = Field(
        default=_MEDIA_TYPES, max_length=20, description="media types; without it: HTML and plain text"
    )

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.paths:
            raise ValueError(f"paths names nothing: {type(self).model_fields['paths'].description}")
        if not self.mime:
            raise ValueError("mime names nothing; list at least one media type, such as text/html, or leave it out")
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is later than until ({self.until})")
        return self

    @property
    def location(self) -> str:
        """The paths."""
        return " ".join(self.paths)


class FolderSource(Source):
    """Files: .html .htm .xhtml .txt, and .gz of these, in a folder and the folders below it."""

    reader = "folder:find_files"
    other_names = ("dir", "directory", "file", "files", "local")

    kind: Literal["folder"]
    path: LocalPath = Field(description="the folder with the pages")
    limits: Limits = Limits()

    @property
    def location(self) -> str:
        """The folder."""
        return str(self.path)

    @property
    def root(self) -> Path:
        """The folder."""
        return self.path


class FeedSource(Source):
    """The pages that an RSS, Atom, RDF or JSON feed links to."""

    reader = "feed:find_entries"
    read_whole = True
    other_names = ("rss", "atom", "rdf", "jsonfeed")

    kind: Literal["feed"]
    url: WebAddress = Field(description="the address of the feed")
    revisit_hours: RevisitHours = Field(
        default=(1, 6, 24),
        max_length=24,
        description="ages in hours at which a new page is asked for again, as news change: [1, 6, 24]; []: never",
    )
    limits: WebLimits = WebLimits()

    @property
    def location(self) -> str:
        """The address."""
        return self.url


class SitemapSource(Source):
    """The pages of a sitemap, of all sitemaps of a sitemap index, or of all that a site's robots.txt names."""

    reader = "sitemap:find_mapped"
    walks_listings = True
    other_names = ("map", "sitemapindex", "robots", "robotstxt")

    kind: Literal["sitemap"]
    url: WebAddress = Field(
        description="the address of the sitemap or sitemap index; that of the site itself, or of its robots.txt, takes "
        "the sitemaps that robots.txt names"
    )
    limits: WebLimits = WebLimits()

    @property
    def location(self) -> str:
        """The address."""
        return self.url


class UrlsSource(Source):
    """A list of pages, in the sources file itself or in a file of its own."""

    reader = "url_list:find_listed"
    named_only = True
    other_names = ("list", "address", "addresses", "link", "links", "txt")

    kind: Literal["urls"]
    urls: tuple[WebAddress, ...] | None = Field(default=None, description="a list of addresses")
    file: LocalPathOrStandardInput | None = Field(
        default=None, description="a text file, one address a line, # begins a comment; - is standard input"
    )
    limits: WebLimits = WebLimits()

    @model_validator(mode="after")
    def _one_of_both(self) -> UrlsSource:
        if (self.urls is None) == (self.file is None):
            raise ValueError('give either urls = [...] or file = "...", one of both')
        if self.urls == ():
            raise ValueError("urls is empty; list at least one address")
        if self.file == STANDARD_INPUT and self.schedule:
            raise ValueError('file = "-" (standard input) cannot be pulled by schedule; leave out one of both')
        return self

    @property
    def location(self) -> str:
        """The file, or how many addresses there are."""
        return str(self.file) if self.urls is None else f"{len(self.urls)} addresses"


class PageSource(Source):
    """The pages that home or section pages link to."""

    reader = "links:find_linked"
    walks_listings = True
    other_names = ("html", "htm", "web", "webpage", "website", "site", "home", "homepage", "section", "crawl")

    kind: Literal["page"]
    urls: tuple[WebAddress, ...] = Field(description="a list of the home or section pages with the links")
    pattern: Pattern = Field(
        description="a regular expression; the absolute addresses in which it is found are pages: '/news/[0-9]+'"
    )
    hosts: tuple[HostName, ...] = Field(
        default=(), max_length=1000, description="links to these hosts and those below them count; without it: its own"
    )
    limits: WebLimits = WebLimits()

    @model_validator(mode="after")
    def _some(self) -> PageSource:
        if not self.urls:
            raise ValueError("urls is empty; list at least one address")
        return self

    @property
    def location(self) -> str:
        """The addresses."""
        return " ".join(self.urls)


class WarcSource(_Records):
    """Pages from existing WARC files."""

    reader = "warc_files:find_records"
    repeats_pages = True
    other_names = ("archive", "webarchive", "commoncrawl")

    kind: Literal["warc"]
    limits: Limits = Limits()


class CdxSource(_Records):
    """The captures that CDX or CDXJ lists name: from their WARC files, or the pages as they are on the web now."""

    reader = "cdx:find_indexed"
    named_only = True
    other_names = ("cdxj", "wayback")

    kind: Literal["cdx"]
    warcs: LocalPathOrAddress | None = Field(
        default=None,
        description="the folder or fsspec address to which the lists' file names are relative; without it, the "
        "addresses are fetched from the web",
    )
    limits: WebLimits = WebLimits()

    @property
    def is_of_web(self) -> bool:
        """Whether the pages are fetched from the web, and not read from WARC files."""
        return self.warcs is None
