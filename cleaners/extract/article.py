"""HTML to lines with tags, and metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import chain, groupby, islice
from operator import attrgetter
from urllib.parse import urlsplit

from cleaners.corrections import Corrections
from cleaners.document import STOOD_IN, Given, LeftOut, Line, Metadata
from cleaners.extract.account import left_out
from cleaners.extract.body import Body, choose_body
from cleaners.extract.listing import LISTED, body_of_listing, listed_blocks
from cleaners.extract.page_kind import no_article
from cleaners.extract.prune import prune
from cleaners.extract.selected import select
from cleaners.extract.tables import row_text
from cleaners.metadata.head import read_head
from cleaners.metadata.publisher import address_of
from cleaners.metadata.reader import read_metadata
from cleaners.read.blocks import Block, Blocks
from cleaners.read.tree import parse

__all__ = ["Extracted", "extract"]

ITEM_HEADING = "h3"
"""The tag of a paragraph that heads an item of a digest."""

_REST = attrgetter(*(field.name for field in fields(Line)[1:]))
"""All fields of a line but the first, its index."""

_MOST_LINKS = 50
"""Links of a block that are looked at: text straight in the body may stand among those of the whole page."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines of the page's body, the page's metadata, and every block that is not in the body.

    `flags` say in words what is unusual about the page: that it has no article.
    """

    lines: tuple[Line, ...]
    metadata: Metadata
    left_out: tuple[LeftOut, ...] = ()
    flags: tuple[str, ...] = ()


def extract(
    html: str,
    *,
    url: str | None = None,
    fetched_at: datetime | None = None,
    given: Given | None = None,
    corrections: Corrections | None = None,
) -> Extracted:
    """The lines of the page's body in document order, with tags, and the page's metadata.

    `url` is the address that the page came from, `fetched_at` anchors relative dates, `given` is what a listing says of
    the page, `corrections` what a person says of its source: they outrank what is found. A page without text gives no
    lines. Raises PageTooLarge (a ValueError) for markup beyond the limits of `cleaners.read.tree`.
    """
    tree = parse(html)
    if tree is None:
        return Extracted((), Metadata())
    address = address_of(tree, url)
    selected = select(tree, corrections, (url, address))  # before pruning: what a person selects need not be left
    page, others = prune(tree, address)
    head = read_head(tree, address)
    listed = listed_blocks(given)
    said = selected.body(page, others) if selected else None
    chosen = said or choose_body(tree, page, others, url, head, "\n".join(block.text for block in listed))
    body = selected.recall(page, chosen) if selected else chosen
    if selected and not body.first:  # what a person says is in the body is none of the others
        inside = set(body.indices)
        others = {i: stage for i, stage in others.items() if i not in inside}
    article = body.span
    own = Blocks(block for i, block in enumerate(page) if i not in others)
    before = sum(i < article.start for i in others)
    span = range(article.start - before, article.stop - sum(i < article.stop for i in others))
    metadata = read_metadata(tree, head, own, span, fetched_at=fetched_at, given=given)
    metadata = selected.metadata(metadata, fetched_at) if selected else metadata
    standing_in = None if said else body_of_listing(listed, body)
    body = standing_in or body
    lines = tuple(_with_rows([_line(i, b, body) for i, b in zip(body.indices, body.blocks, strict=True)], page, body))
    outside = left_out(page, set() if body.first else set(body.indices), others, body.evidence, body.first)
    if standing_in is not None:
        lines = tuple(replace(line, attributes=LISTED) for line in lines)
        return Extracted(lines, metadata, outside, (STOOD_IN,))
    lines = tuple(selected.mark(line, page, body, chosen) for line in lines) if selected else lines
    flag = None if selected and selected.is_article else no_article(tree, page, body.blocks, head, metadata)
    lines, outside = _numbered(lines, outside)
    return Extracted(lines, metadata, outside, (flag,) if flag else ())


def _numbered(lines: Sequence[Line], outside: Sequence[LeftOut]) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """The lines in the body and outside it, counted together from 0: a menu or a row is one line of many blocks."""
    indices = sorted([*(line.index for line in lines), *(other.line.index for other in outside)])
    place = {index: n for n, index in enumerate(indices)}
    return (
        tuple([_at(place, line) for line in lines]),
        tuple([LeftOut(_at(place, other.line), other.stage, other.evidence) for other in outside]),
    )


def _at(place: Mapping[int, int], line: Line) -> Line:
    """The line at its place; `replace`, of which a page would need hundreds, takes four times as long."""
    index = place[line.index]
    return line if index == line.index else Line(index, *_REST(line))


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


def _with_rows(lines: Sequence[Line], page: Blocks, body: Body) -> Iterator[Line]:
    """The lines, those of one row of a table of data made into one under the index of its first."""
    row_of = {i: row for row, cells in enumerate(body.rows) for i in cells}
    for row, run in groupby(lines, key=lambda line: row_of.get(line.index)):
        cells = list(run)
        if row is None or any(cell.tag != "td" for cell in cells):
            yield from cells
            continue
        letters = [len("".join(cell.text.split())) for cell in cells]
        linked = sum(n * cell.link_share for n, cell in zip(letters, cells, strict=True)) / sum(letters)
        yield replace(
            cells[0],
            text=row_text([page[cell.index] for cell in cells]),
            tag="tr",
            link_share=round(linked, 3),
            links=tuple(dict.fromkeys(host for cell in cells for host in cell.links)),
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
