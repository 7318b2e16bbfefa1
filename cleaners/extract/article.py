"""HTML to lines with tags, and metadata."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from cleaners.document import Line, Metadata
from cleaners.extract.body import choose, container
from cleaners.extract.layout import cells_around
from cleaners.extract.prune import prune
from cleaners.metadata.jsonld import read_jsonld
from cleaners.metadata.reader import address, read_metadata, summary
from cleaners.read.blocks import Block
from cleaners.read.tree import parse

__all__ = ["Extracted", "extract"]


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines of the page's body and what the page says of itself."""

    lines: tuple[Line, ...]
    metadata: Metadata


def extract(html: str, *, url: str | None = None, fetched_at: datetime | None = None) -> Extracted:
    """The lines of the page's body in the order of the page, with tags, and its metadata.

    `url` is the address that the page came from, `fetched_at` anchors relative dates. A page without text gives no
    lines. Raises PageTooLarge (a ValueError) for markup beyond the limits of `cleaners.read.tree`.
    """
    tree = parse(html)
    if tree is None:
        return Extracted((), Metadata())
    page = prune(tree, address(tree, url))
    chosen = choose(tree, page, url, summary(tree))
    places = [i for i in chosen if isinstance(i, int)]
    parts: list[Block | str] = [page[part] if isinstance(part, int) else part for part in chosen]
    body = range(places[0], places[-1] + 1) if places else range(0)
    metadata = read_metadata(tree, read_jsonld(tree), page, body, url=url, fetched_at=fetched_at)
    layout = set(cells_around(container(page, places))) if places else set()
    return Extracted(tuple(_line(place, part, layout) for place, part in enumerate(parts)), metadata)


def _line(place: int, part: Block | str, layout: Container[HtmlElement]) -> Line:
    if isinstance(part, str):
        return Line(place, part)
    # A cell of the layout is no cell of a table: its text is paragraphs.
    cell = next((e for e in reversed(part.path) if e.tag in ("td", "th")), None) if part.tag == "td" else None
    tag = "p" if cell is not None and cell in layout else part.tag
    return Line(place, part.text, tag=tag, attributes=part.attributes, link_share=round(part.letters_linked, 3))
