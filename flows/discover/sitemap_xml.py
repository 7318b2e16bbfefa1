"""The entries of a sitemap in XML, one by one, whatever its size, and however broken it is.

Read by lxml as events, with a tree that is emptied behind them: memory does not grow with the document. Entities are
not expanded, neither internal nor external ones (with a parser target lxml expands them), and nothing is fetched.
(trafilatura's own reader finds `<loc>` by pattern, and so takes images for pages; ultimate-sitemap-parser fetches by
itself, past our limits.)
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
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
"""An ampersand that begins none of XML's own references: one of an address that was not escaped, or an entity's."""
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_][\w.-]{0,30};")
_VERBATIM = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_OPENING = re.compile(rb"<!\[CDATA\[|<!--")


@dataclass(slots=True)
class SitemapEntry:
    """A `<url>` or `<sitemap>` (`kind`) with the fields that we know, those of `<news:news>` as `news.title`."""

    kind: str
    fields: dict[str, str] = field(default_factory=dict)


class SitemapReader:
    """Reads one document: its root when constructed, the rest with `entries`."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._until = b""  # the end of the CDATA section or comment that we are in
        self._events = _Events()
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
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
        """Whether the parser has recovered from errors so far, or an address held an entity of the document's own."""
        return len(self._parser.feed_error_log) > 0 or self._events.refused > 0

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
        # After a ">", where neither a reference nor the beginning or end of CDATA is cut in two.
        end = (
            self._body.find(b">", self._place + _PIECE, self._place + _PIECE + _CHARACTERS) + 1 or self._place + _PIECE
        )
        piece = self._body[self._place : end]
        self._place = end
        try:
            self._parser.feed(self._escaped(piece))
        except etree.XMLSyntaxError:  # the parser cannot recover
            self._place = len(self._body)
        self._events.read(self._parser)

    def _escaped(self, piece: bytes) -> bytes:
        """The piece with bare ampersands escaped; in UTF-16 there are none, and the parser leaves entities unread."""
        parts, place = [], 0
        while place < len(piece):
            if self._until:
                found = piece.find(self._until, place)
                end = len(piece) if found < 0 else found + len(self._until)
                parts.append(piece[place:end])
                self._until = self._until if found < 0 else b""
            else:
                opening = _OPENING.search(piece, place)
                end = opening.end() if opening else len(piece)
                self._until = _VERBATIM[opening[0]] if opening else b""
                parts.append(_AMPERSAND.sub(b"&amp;", piece[place:end]))
            place = end
        return b"".join(parts)

    def _close(self) -> None:
        try:
            self._parser.close()
        except etree.XMLSyntaxError:
            return


class _Events:
    """Takes the parser's events, and empties the tree behind them."""

    def __init__(self) -> None:
        self.root = ""
        self._depth = 0
        self._entry: SitemapEntry | None = None
        self._inside = ""  # the child of the entry that we are in
        self._done: list[SitemapEntry] = []
        self.refused = 0

    def read(self, parser: etree.XMLPullParser) -> None:
        for event, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            if event == "start":
                self._start(_name(element))
            else:
                self._end(element)

    def _start(self, name: str) -> None:
        self._depth += 1
        if self._depth == 1:
            self.root = name
        elif self._depth == 2:
            self._entry = SitemapEntry(name)
        elif self._depth == 3:
            self._inside = name

    def _end(self, element: etree._Element) -> None:
        # Deeper than an entry's child lie <news:title>, and <image:loc> and the like, which are no pages.
        name = _name(element)
        field = {3: name, 4: f"{self._inside}.{name}"}.get(self._depth)
        text = _text(element)
        if field == "loc" and _ENTITY.search(text):
            self.refused += 1
            text = ""  # an entity of the document's own, which is not expanded, is no part of an address
        if self._entry and field in _FIELDS and text:
            self._entry.fields.setdefault(field, text)
        if self._depth == 2 and self._entry:
            self._done.append(self._entry)
            self._entry = None
        self._depth -= 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]  # type: ignore[union-attr]

    def take(self, rest: bool = False) -> list[SitemapEntry]:
        if rest and self._entry and self._entry.fields:
            self._done.append(self._entry)
        taken, self._done = self._done, []
        return taken


def _text(element: etree._Element) -> str:
    """The text up to the first element in it, without entities."""
    parts = [element.text or ""]
    for child in element:
        if child.tag is not etree.Entity:
            break
        parts.append(child.tail or "")
    return "".join(parts)[:_CHARACTERS].strip()


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
