"""HTML to lines with tags, and metadata."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from urllib.parse import urlsplit

from cleaners.document import Given, LeftOut, Line, Metadata
from cleaners.extract.account import left_out
from cleaners.extract.body import Body, choose_body
from cleaners.extract.prune import prune
from cleaners.metadata.head import read_head
from cleaners.metadata.publisher import address_of
from cleaners.metadata.reader import read_metadata
from cleaners.read.blocks import Block, Blocks
from cleaners.read.tree import parse

__all__ = ["Extracted", "extract"]

ITEM_HEADING = "h3"
"""The tag of a paragraph that heads an item of a digest."""

_MOST_LINKS = 50
"""Links of a block that are looked at: text straight in the body may stand among those of the whole page."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines of the page's body, the page's metadata, and every block that is not in the body."""

    lines: tuple[Line, ...]
    metadata: Metadata
    left_out: tuple[LeftOut, ...] = ()


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
    page, others = prune(tree, address)
    head = read_head(tree, address)
    body = choose_body(tree, page, others, url, head)
    article = body.span
    own = Blocks(block for i, block in enumerate(page) if i not in others)
    before = sum(i < article.start for i in others)
    span = range(article.start - before, article.stop - sum(i < article.stop for i in others))
    metadata = read_metadata(tree, head, own, span, fetched_at=fetched_at, given=given)
    lines = tuple(_line(i, block, body) for i, block in zip(body.indices, body.blocks, strict=True))
    outside = left_out(page, set() if body.first else set(body.indices), others, body.evidence, body.first)
    return Extracted(lines, metadata, outside)


def _line(index: int, block: Block, body: Body) -> Line:
    # A cell that lays out the page is no cell of a table of data: its text is paragraphs.
    cell = next((e for e in reversed(block.path) if e.tag in ("td", "th")), None) if block.tag == "td" else None
    tag = "p" if cell is not None and cell in body.layout else block.tag
    if index in body.headings and not tag.startswith("h"):
        tag = ITEM_HEADING
    return Line(
        index,
        block.text,
        tag=tag,
        attributes=block.attributes,
        link_share=round(block.letters_linked, 3),
        links=_hosts(block) if block.linked else (),
    )


def _hosts(block: Block) -> tuple[str, ...]:
    """The hosts that the block's links lead to; see `Line`."""
    around = (e for e in block.element.iterancestors("a"))
    inside = (e for e in block.element.iter("a") if " ".join(e.text_content().split()) in block.text)
    links = islice(chain(around, inside), _MOST_LINKS)
    return tuple(dict.fromkeys(host for link in links if (host := _host(link.get("href"))) is not None))


def _host(address: str | None) -> str | None:
    """The host of a link's address, "" where it has none; None for what is no page (an e-mail, a script)."""
    try:
        parts = urlsplit((address or "").strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return host if parts.scheme in ("", "http", "https") and address else None
