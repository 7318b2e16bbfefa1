"""The entries of a sitemap in XML, one by one, whatever its size, and however broken it is.

Read by lxml as events, without a tree: memory does not grow with the document. Entities are not expanded, neither
internal nor external ones, and nothing is fetched. (trafilatura's own reader finds `<loc>` by pattern, and so takes
images for pages; ultimate-sitemap-parser fetches by itself, past our limits.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SitemapEntry", "SitemapReader"]

_PIECE = 2**16
_CHARACTERS = 10_000
"""Of one field; addresses and headlines are shorter."""

_FIELDS = ("loc", "lastmod", "news.publication_date", "news.title", "news.language")
_SUBSET = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}\[")
_SUBSET_END = re.compile(rb"\]\s{0,16}>")


@dataclass(slots=True)
class SitemapEntry:
    """A `<url>` or `<sitemap>` (`kind`) with the fields that we know, those of `<news:news>` as `news.title`."""

    kind: str
    fields: dict[str, str] = field(default_factory=dict)


class SitemapReader:
    """Reads one document: its root when constructed, the rest with `entries`."""

    def __init__(self, body: bytes) -> None:
        self._body = _without_entities(body)
        self._events = _Events()
        self._parser = etree.XMLParser(
            target=self._events,  # type: ignore[arg-type]  # lxml tells only of what there is a method for
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=True,
            remove_comments=True,
            remove_pis=True,
        )
        self._place = 0
        while self._place < len(self._body) and not self._events.root:
            self._feed()

    @property
    def root(self) -> str:
        """The local name of the outermost element; empty where there is none."""
        return self._events.root

    @property
    def broken(self) -> bool:
        """Whether the parser has recovered from errors so far."""
        return len(self._parser.feed_error_log) > 0

    def entries(self) -> Iterator[SitemapEntry]:
        """Its entries in order; of a truncated entry the complete fields."""
        while True:
            yield from self._events.take()
            if self._place >= len(self._body):
                break
            self._feed()
        self._close()
        yield from self._events.take(rest=True)

    def _feed(self) -> None:
        piece = self._body[self._place : self._place + _PIECE]
        self._place += _PIECE
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError:  # the parser cannot recover
            self._place = len(self._body)

    def _close(self) -> None:
        try:
            self._parser.close()
        except etree.XMLSyntaxError:
            return


class _Events:
    """Receives the parser's events."""

    def __init__(self) -> None:
        self.root = ""
        self._depth = 0
        self._entry: SitemapEntry | None = None
        self._inside = ""  # the child of the entry that we are in
        self._field = ""
        self._text: list[str] = []
        self._size = 0
        self._done: list[SitemapEntry] = []

    def start(self, tag: str, attributes: object) -> None:
        self._depth += 1
        self._field = ""
        name = tag.rpartition("}")[2]
        if self._depth == 1:
            self.root = name
        elif self._depth == 2:
            self._entry = SitemapEntry(name)
        elif self._depth == 3:
            self._inside = self._field = name
        elif self._depth == 4:  # <image:loc> and the like lie here, and are no pages
            self._field = f"{self._inside}.{name}"

    def data(self, text: str) -> None:
        if self._field in _FIELDS and self._size <= _CHARACTERS:
            self._text.append(text[:_CHARACTERS])
            self._size += len(text)

    def end(self, tag: str) -> None:
        if self._entry and self._field in _FIELDS and (text := "".join(self._text).strip()):
            self._entry.fields.setdefault(self._field, text)
        self._field = ""
        self._text.clear()
        self._size = 0
        if self._depth == 2 and self._entry:
            self._done.append(self._entry)
            self._entry = None
        self._depth -= 1

    def close(self) -> None:
        """Called by the parser at the end; there is no result."""

    def take(self, rest: bool = False) -> list[SitemapEntry]:
        if rest and self._entry and self._entry.fields:
            self._done.append(self._entry)
        taken, self._done = self._done, []
        return taken


def _without_entities(body: bytes) -> bytes:
    """The document without its internal DTD subset, so that no entity is declared.

    With a parser target, lxml expands internal entities even if told not to. In UTF-16 they remain, within libxml2's
    limits for their expansion; external entities are never read.
    """
    start = body.find(b"<!DOCTYPE", 0, _PIECE)
    inner = _SUBSET.match(body, start) if start >= 0 else None
    end = _SUBSET_END.search(body, inner.end()) if inner else None
    return body[:start] + body[end.end() :] if end else body
