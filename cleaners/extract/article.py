"""HTML to lines with tags, and metadata."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from cleaners.document import Given, Line, Metadata
from cleaners.extract.body import choose_body
from cleaners.extract.prune import prune
from cleaners.metadata.head import read_head
from cleaners.metadata.publisher import address_of
from cleaners.metadata.reader import read_metadata
from cleaners.read.blocks import Block
from cleaners.read.tree import parse

__all__ = ["Extracted", "extract"]


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines of the page's body, and the page's metadata."""

    lines: tuple[Line, ...]
    metadata: Metadata


def extract(
    html: str, *, url: str | None = None, fetched_at: datetime | None = None, given: Given | None = None
) -> Extracted:
    """The lines of the page's body in document order, with tags, and the page's metadata.

    `url` is the address that the page came from, `fetched_at` anchors relative dates, `given` is what a listing says of
    the page. A page without text gives no lines. Raises PageTooLarge (a ValueError) for markup beyond the limits of
    `cleaners.read.tree`.
    """
    tree = parse(html)
    if tree is None:
        return Extracted((), Metadata())
    address = address_of(tree, url)
    page = prune(tree, address)
    head = read_head(tree, address)
    body = choose_body(tree, page, url, head.description)
    metadata = read_metadata(tree, head, page, body.span, fetched_at=fetched_at, given=given)
    return Extracted(tuple(_line(i, block, body.layout) for i, block in enumerate(body.blocks)), metadata)


def _line(index: int, block: Block, layout: Container[HtmlElement]) -> Line:
    # A cell that lays out the page is no cell of a table of data: its text is paragraphs.
    cell = next((e for e in reversed(block.path) if e.tag in ("td", "th")), None) if block.tag == "td" else None
    tag = "p" if cell is not None and cell in layout else block.tag
    return Line(index, block.text, tag=tag, attributes=block.attributes, link_share=round(block.letters_linked, 3))
