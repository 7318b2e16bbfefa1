"""The pages of a sitemap, or of the sitemaps that an index names.

Read by lxml, element by element, without entities and network. (trafilatura's own reader takes `<loc>` by pattern,
and so takes images for pages; ultimate-sitemap-parser fetches by itself, past our limits.)
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree

from flows.errors import SitoError
from flows.pages import Target
from flows.pull.addresses import page_address
from flows.pull.discover.documents import get_document, looks_like_html
from flows.pull.discover.feed import read_feed
from flows.pull.discover.urls import read_list
from flows.runs.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.pull.discover.documents import Document, Log
    from flows.pull.fetch import Fetcher
    from flows.sources import SitemapSource

__all__ = ["find_mapped"]

DEPTH = 4
"""Index in index in index: the protocol knows one level, some sites have two."""

SITEMAPS = 5_000
"""Daily sitemaps of thirteen years; each costs a request."""

PAGES = 1_000_000


def find_mapped(source: SitemapSource, fetcher: Fetcher, log: Log) -> Iterator[Target]:
    """The pages of the sitemap in its order, those of an index sitemap by sitemap; plain text and feeds count too.

    Raises FetchError or SitoError where the sitemap itself cannot be had; one that an index names and that cannot be
    had is a target with a problem. What exceeds the bounds of this module is left out with a warning in the log.
    """
    waiting = [(source.url, 0)]
    asked: set[str] = set()
    pages = 0
    while waiting:
        address, depth = waiting.pop()
        if address in asked:
            continue  # named twice, or a loop
        if len(asked) >= SITEMAPS:
            log.warning("source %s: more than %d sitemaps; the rest is left out", source.name, SITEMAPS)
            return
        asked.add(address)
        below: list[tuple[str, int]] = []
        try:
            document = get_document(source.name, address, fetcher)
            for found in _read(source.name, document, log):
                if isinstance(found, Target):
                    yield found
                    pages += 1
                    if pages >= PAGES:
                        log.warning("source %s: more than %d pages; the rest is left out", source.name, PAGES)
                        return
                elif depth < DEPTH:
                    below.append((found.address, depth + 1))
                else:
                    yield Target(found.address, problem=f"this sitemap lies {DEPTH + 1} indexes deep; it is not read")
        except SitoError as error:
            if depth == 0:
                raise
            yield Target(address, problem=f"this sitemap gave no pages, or not all: {error}")
        waiting += reversed(below)


class _Sitemap:
    """A sitemap that an index names."""

    def __init__(self, address: str) -> None:
        self.address = address


def _read(name: str, document: Document, log: Log) -> Iterator[Target | _Sitemap]:
    head = document.body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if looks_like_html(document.body):
        raise SitoError(f"source '{name}': {document.url} is an HTML page, no sitemap; mend url in the sources file")
    if head and not head.startswith(b"<"):
        lines = document.body.decode("utf-8-sig", "replace").splitlines()
        if not any(line.strip().startswith(("http://", "https://")) for line in lines[:100]):
            raise SitoError(f"source '{name}': {document.url} is no sitemap; mend url in the sources file")
        yield from read_list(lines, document.url)
        return
    kind, members, errors = _members(document.body)
    if kind in ("rss", "feed", "RDF"):
        yield from read_feed(name, document, log)
        return
    if kind not in ("urlset", "sitemapindex"):
        what = "is empty, no sitemap" if not head else "is no sitemap"
        raise SitoError(f"source '{name}': {document.url} {what}; mend url in the sources file")
    count = 0
    for member in members:
        count += 1
        yield from _entry(member, document.url, count)
    if errors():
        log.warning("source %s: %s is broken XML; %d entries could be read", name, one_line(document.url, 300), count)


def _members(body: bytes) -> tuple[str, Iterator[etree._Element], Callable[[], bool]]:
    """The root's name, its children one by one, and whether there were errors; broken XML gives what can be read."""
    events = etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        _, root = next(iter(events))
    except (StopIteration, etree.XMLSyntaxError):
        return "", iter(()), lambda: True

    def members() -> Iterator[etree._Element]:
        try:
            for event, element in events:
                if event == "end" and element.getparent() is root:
                    yield element
                    element.clear()
                    while element.getprevious() is not None:  # what was read need not stay in memory
                        del root[0]
        except etree.XMLSyntaxError:
            return

    return _local(root), members(), lambda: len(events.error_log) > 0


def _entry(member: etree._Element, base: str, count: int) -> Iterator[Target | _Sitemap]:
    kind = _local(member)
    if kind not in ("url", "sitemap"):
        return
    # Only its own children: <image:loc> and the like lie deeper, and are no pages.
    said = {_local(child): (child.text or "").strip() for child in member if child.text}
    if not said.get("loc"):
        return
    try:
        address = page_address(said["loc"], base)
    except ValueError as error:
        shown = "its <loc>" if "@" in said["loc"] else f"<loc> '{one_line(said['loc'])}'"
        yield Target(f"{base}#{count}", problem=f"entry {count} of the sitemap: {shown} {error}")
        return
    yield _Sitemap(address) if kind == "sitemap" else Target(address, modified=_time(said.get("lastmod")))


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _time(stated: str | None) -> datetime | None:
    """A W3C date; without a zone it counts as UTC."""
    try:
        at = datetime.fromisoformat(stated or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
