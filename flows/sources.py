"""`sources.toml`: where pages come from, as frozen types.

Every table `[sources.NAME]` is one source. What its fields mean is said in their descriptions below; a wrong file is
answered by a sentence that names the source, the field and the fix.
"""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from flows.errors import SitoError
from flows.fields import (
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
    nearest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

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
    "find_source",
    "is_of_web",
    "load_sources",
]

# Names become folder names and parts of keys; dots, slashes and capitals would make trouble there.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

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
_KINDS: dict[str, type[_Source]] = {
    "folder": FolderSource,
    "feed": FeedSource,
    "sitemap": SitemapSource,
    "urls": UrlsSource,
    "page": PageSource,
    "warc": WarcSource,
    "cdx": CdxSource,
}


def load_sources(path: Path) -> dict[str, Source]:
    """The sources of a file by name, in its order; relative paths in it are relative to its folder.

    Raises SitoError naming the file, the source, the field and the fix; all that is wrong at once, a line each.
    """
    tables = _read(path)
    sources: dict[str, Source] = {}
    problems: list[str] = []
    for name, table in tables.items():
        try:
            sources[name] = _source(name, table, path.absolute().parent)
        except ValidationError as error:
            known = _KINDS[table["kind"]]
            problems += [f"[sources.{name}] {_sentence(details, known)}" for details in error.errors()]
        except ValueError as error:
            problems.append(f"[sources.{name}] {error}")
    told_apart: dict[str, str] = {}
    for name in sources:
        other = told_apart.setdefault(name.replace("_", "-"), name)
        if other != name:  # the keys of artifacts know no underscore
            problems.append(f"[sources.{name}] differs from [sources.{other}] only in - and _; rename one of them")
    if problems:
        raise SitoError("\n".join(f"{path}: {problem}" for problem in problems))
    return sources


def find_source(sources: Mapping[str, Source], name: str) -> Source:
    """The source of that name; raises SitoError with the nearest name and all that are known."""
    if name in sources:
        return sources[name]
    meant = nearest(name, sources)
    raise SitoError(f"there is no source '{name}'; {meant + ' ' if meant else ''}known: {', '.join(sources)}")


def is_of_web(source: Source) -> bool:
    """Whether the source's pages are asked for on the web, and are not files or records of files."""
    return isinstance(source.limits, WebLimits) and not (isinstance(source, CdxSource) and source.warcs is not None)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise SitoError(f"{path} does not exist; write it, or name another with --sources FILE") from None
    except OSError as error:
        raise SitoError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SitoError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SitoError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise SitoError(f"{path} is nested too deeply") from None
    for key in data:
        if key != "sources":
            meant = nearest(key, ["sources"]) or "every source is a table [sources.NAME]"
            raise SitoError(f"{path}: unknown table '{key}'; {meant}")
    tables = data.get("sources", {})
    if not isinstance(tables, dict) or not tables:
        raise SitoError(f"{path} names no source; add a table [sources.NAME] with kind and location")
    return tables


def _source(name: str, table: object, folder: Path) -> Source:
    if not _NAME.fullmatch(name):
        raise ValueError("a name is made of small letters a-z, digits, - and _, and begins with a letter or digit")
    if not isinstance(table, dict):
        raise ValueError("is no table; write [sources.NAME] and the fields below it")
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        known = "one of " + ", ".join(_KINDS)
        if kind is None:
            raise ValueError(f"kind is missing; write {known}")
        raise ValueError(f"kind '{kind}' is unknown; {nearest(str(kind), _KINDS) or known}")
    if "name" in table:
        raise ValueError("unknown field 'name'; the name stands in the table's heading")
    return _KINDS[kind].model_validate(table | {"name": name}, context={"folder": folder})  # type: ignore[return-value]


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What pydantic found, said in the words of the file."""
    *tables, field = error["loc"] or ("",)
    where = ".".join(map(str, error["loc"]))
    for table in tables:
        model = _inner(model, str(table))
    match error["type"]:
        case "extra_forbidden":
            known = [key for key in model.model_fields if key != "name"]
            return f"unknown field '{where}'; {nearest(str(field), known) or 'known are ' + ', '.join(known)}"
        case "missing":
            return f"{where} is missing: {model.model_fields[str(field)].description}"
        case "value_error":
            return f"{where} {error['ctx']['error']}".strip()
        case _:
            message = error["msg"].replace("Input", "input").replace("tuple", "list")
            found = (
                "" if "@" in repr(error["input"]) else f", not {error['input']!r:.80}"
            )  # no password, whatever it was
            return f"{where}: {message}{found}"


def _inner(model: type[BaseModel], field: str) -> type[BaseModel]:
    inner = {"schedule": Schedule, "limits": model.model_fields.get("limits")}.get(field)
    if inner is None:
        return model
    return inner if isinstance(inner, type) else type(inner.default)
