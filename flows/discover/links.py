"""The pages that home or section pages link to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from cleaners.read.patterns import matcher
from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Target
from flows.discover.listings import get_listing
from flows.discover.parsing import parse
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flows.config.kinds import PageSource
    from flows.discover.context import Context
    from flows.discover.listings import Listing

__all__ = ["find_linked", "read_links"]

LINKS = 20_000
"""Of one page; parsing each may take a tenth of a millisecond."""

_PIECE = 2**16
_KINDS = ("text/html", "application/xhtml+xml")


def find_linked(source: PageSource, context: Context) -> Iterator[Target]:
    """The links that match the pattern, page by page, in document order.

    Links lead to the host of their page, or to the source's `hosts` and those below them. The home and section pages
    themselves are not pages, and are not archived. Raises FetchError or SitoError if the only one is not available;
    one of several is a target with a problem.
    """
    fits = matcher(source.pattern)
    own = {page_address(url) for url in source.urls}
    for url in source.urls:
        try:
            listing = get_listing(source.name, url, context, source.limits.page_bytes)
            if listing is None:
                continue
            if (listing.content_type or _KINDS[0]).split(";")[0].strip().lower() not in _KINDS:
                raise SitoError(f"source '{source.name}': {listing.url} is no HTML page; fix urls in the sources file")
            addresses = list(parse("links:read_links", source.name, listing, context.log))
        except SitoError as error:
            if len(source.urls) == 1:
                raise
            yield Target(url, problem=f"this page gave no links: {error}")
            continue
        hosts = source.hosts or tuple({urlsplit(address).hostname or "" for address in (url, listing.url)})
        links = fitting = 0
        for address in addresses:
            links += 1
            if address not in own and _on(hosts, address, below=bool(source.hosts)) and fits(address):
                fitting += 1
                yield Target(address)
        context.cache.read(url)
        shown = one_line(url, 300)
        if not fitting:
            context.log.warning("source %s: none of the %d links of %s fits the pattern", source.name, links, shown)
        if links >= LINKS:
            context.log.warning("source %s: %s has more than %d links; the rest is left out", source.name, shown, LINKS)


def read_links(warn: Callable[[str], None], name: str, listing: Listing) -> Iterator[str]:
    """The canonical addresses of its links, each once."""
    found = _Links()
    charset = (listing.content_type or "").lower().partition("charset=")[2].split(";")[0].strip(" \t\"'")[:40]
    parser = _parser(found, charset or None)
    try:
        for start in range(0, len(listing.body), _PIECE):
            parser.feed(listing.body[start : start + _PIECE])
        parser.close()
    except (etree.LxmlError, ValueError):  # the links found until then count
        pass
    base = listing.url
    if found.base:
        try:
            base = page_address(found.base, listing.url)
        except ValueError:
            base = listing.url
    seen: set[str] = set()
    for link in found.links:
        try:
            address = page_address(link, base)
        except ValueError:  # mailto:, javascript:, tel: and the like
            continue
        if address not in seen:
            seen.add(address)
            yield address


def _parser(found: _Links, charset: str | None) -> etree.HTMLParser:
    try:
        return etree.HTMLParser(target=found, encoding=charset)  # type: ignore[arg-type]  # it needs no more methods
    except LookupError:  # an unknown charset
        return _parser(found, None)


class _Links:
    """Receives the parser's events: no tree is built, however large the page."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.base: str | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href")
        if href is None:
            return
        if tag in ("a", "area") and len(self.links) < LINKS and not href.lstrip().startswith("#"):
            self.links.append(href[:10_000])
        elif tag == "base" and self.base is None:
            self.base = href

    def close(self) -> None:
        """Called by the parser at the end; there is no result."""


def _on(hosts: tuple[str, ...], address: str, *, below: bool) -> bool:
    host = urlsplit(address).hostname or ""
    return host in hosts or (below and any(host.endswith("." + each) for each in hosts))
