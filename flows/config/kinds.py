"""The kinds of sources as frozen types. What their fields mean is said in their descriptions."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.config.fields import (
    Cron,
    Day,
    HostName,
    Language,
    LocalPath,
    LocalPathOrAddress,
    LocalPathOrStandardInput,
    MediaType,
    Pattern,
    TimeZone,
    WebAddress,
)

if TYPE_CHECKING:
    pass

__all__ = [
    "STANDARD_INPUT",
    "CdxSource",
    "FeedSource",
    "FolderSource",
    "Limits",
    "PageSource",
    "Schedule",
    "SitemapSource",
    "Source",
    "UrlsSource",
    "WarcSource",
    "WebLimits",
    "is_of_web",
]

_MIB = 1024 * 1024

_MEDIA_TYPES = ("text/html", "application/xhtml+xml", "text/plain")

STANDARD_INPUT = Path("-")
"""`file = "-"`: the list is read from standard input."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Limits(_Table):
    """What a run may take from one source."""

    pages_per_run: int | None = Field(
        default=None, ge=1, description="new and failed pages in one run; without it: all"
    )
    page_bytes: int = Field(
        default=16 * _MIB, ge=1, le=64 * _MIB, description="bytes of a page, received and again unpacked"
    )


class WebLimits(Limits):
    """The same for pages of the web."""

    pages_per_run: int | None = Field(default=1000, ge=1, description="pages that are asked for in one run")
    timeout_seconds: float = Field(default=30, gt=0, le=3600, description="seconds for one page, redirects and all")
    redirects: int = Field(default=5, ge=0, le=20, description="redirects that are followed for one page")
    delay_seconds: float = Field(
        default=1.0, ge=0, le=86_400, description="seconds at least from an answer to the next request to its host"
    )
    retries: int = Field(default=2, ge=0, le=10, description="further tries of a request that failed in passing")
    patience_seconds: float = Field(
        default=60, ge=0, le=86_400, description="seconds that a page may wait for its host; longer waits end its run"
    )
    pages_per_host: int | None = Field(
        default=None, ge=1, description="requests to one host in one run, redirects among them; without it: no limit"
    )
    private_hosts: tuple[HostName, ...] = Field(
        default=(), description="a list of names and addresses of hosts that may lie in a private network"
    )
    obey_noindex: bool = Field(
        default=False, description="whether pages that ask not to be indexed or mined are refused"
    )


class Schedule(_Table):
    """When `sito serve` pulls the source."""

    cron: Cron = Field(description="minute hour day month weekday, such as '30 6 * * *'")
    timezone: TimeZone = Field(default="UTC", description="such as Europe/Kyiv")


class _Source(_Table):
    name: str
    language: Language | None = Field(default=None, description="hint: most pages' language")
    schedule: Schedule | None = Field(default=None, description="a table with cron and timezone")
    refresh_hours: int | None = Field(
        default=None, ge=1, le=100_000, description="held pages older than this are asked for again; without it: never"
    )
    revisit_hours: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] = Field(
        default=(),
        max_length=24,
        description="ages in hours, such as [1, 6, 24]: at each of them a new page is asked for again, as news change",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.revisit_hours)):
            raise ValueError("revisit_hours must rise from one to the next, such as [1, 6, 24]")
        return self


class _Records(_Source):
    """What is taken of many captures: the fields of `warc` and `cdx`."""

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


class FolderSource(_Source):
    """Files: .html .htm .xhtml .txt, and .gz of these, in a folder and the folders below it."""

    kind: Literal["folder"]
    path: LocalPath = Field(description="the folder with the pages")
    limits: Limits = Limits()


class FeedSource(_Source):
    """The pages that an RSS, Atom, RDF or JSON feed links to."""

    kind: Literal["feed"]
    url: WebAddress = Field(description="the address of the feed")
    limits: WebLimits = WebLimits()


class SitemapSource(_Source):
    """The pages of a sitemap, of all sitemaps of a sitemap index, or of all that a site's robots.txt names."""

    kind: Literal["sitemap"]
    url: WebAddress = Field(
        description="the address of the sitemap or sitemap index; that of the site itself, or of its robots.txt, takes "
        "the sitemaps that robots.txt names"
    )
    limits: WebLimits = WebLimits()


class UrlsSource(_Source):
    """A list of pages, in the sources file itself or in a file of its own."""

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


class PageSource(_Source):
    """The pages that home or section pages link to."""

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


class WarcSource(_Records):
    """Pages out of WARC files that exist already."""

    kind: Literal["warc"]
    limits: Limits = Limits()


class CdxSource(_Records):
    """The captures that CDX or CDXJ lists name: out of their WARC files, or the pages as they are on the web now."""

    kind: Literal["cdx"]
    warcs: LocalPathOrAddress | None = Field(
        default=None,
        description="the folder or fsspec address to which the lists' file names are relative; without it, the "
        "addresses are fetched from the web",
    )
    limits: WebLimits = WebLimits()


Source: TypeAlias = Annotated[
    FolderSource | FeedSource | SitemapSource | UrlsSource | PageSource | WarcSource | CdxSource,
    Field(discriminator="kind"),
]
KINDS: dict[str, type[_Source]] = {
    "folder": FolderSource,
    "feed": FeedSource,
    "sitemap": SitemapSource,
    "urls": UrlsSource,
    "page": PageSource,
    "warc": WarcSource,
    "cdx": CdxSource,
}


def is_of_web(source: Source) -> bool:
    """Whether the source's pages are asked for on the web, and are not files or records of files."""
    return isinstance(source.limits, WebLimits) and not (isinstance(source, CdxSource) and source.warcs is not None)
