"""Pages made of tables: which cell is the article, and what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from cleaners.read.blocks import Block

__all__ = ["cells_around", "without_layout"]

FLOATING = 40
"""Words up to which a table set at the side of the text is a picture with its caption."""

_CELLS = ("td", "th")
_NO_ARTICLE = frozenset({"button", "form", "header", "nav"})


def cells_around(container: HtmlElement) -> list[HtmlElement]:
    """The cell that holds the text and those around it, nearest first; none where no table lays out the page."""
    return [e for e in (container, *container.iterancestors()) if e.tag in _CELLS]


def without_layout(
    blocks: Sequence[Block], chosen: set[int], prose: set[int], cells: Sequence[HtmlElement]
) -> set[int]:
    """The chosen places without what stands around the text.

    Where the `prose` stands in one cell, the others hold the slogan, the poll and the pictures: only prose of theirs
    stays. A choice without prose in a header, a form or a menu is none.
    """
    if not prose:
        return {i for i in chosen if not any(e.tag in _NO_ARTICLE for e in blocks[i].path)}
    if not cells:
        return chosen
    size: Counter[HtmlElement] = Counter()
    for block in blocks:
        for table in _floats(block):
            size[table] += len(block.words)
    return {
        i
        for i in chosen
        if i in prose or (cells[0] in blocks[i].path and all(size[table] > FLOATING for table in _floats(blocks[i])))
    }


def _floats(block: Block) -> Iterator[HtmlElement]:
    return (e for e in block.path if e.tag == "table" and (e.get("align") or "").lower() in ("left", "right"))
