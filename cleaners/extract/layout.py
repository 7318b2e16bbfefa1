"""Pages laid out by tables: which cell holds the article, and what is around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from cleaners.read.blocks import Block

__all__ = ["cells_around", "without_layout"]

MAX_FLOAT_WORDS = 40
"""Words up to which a table that floats beside the text is a picture with its caption."""

_CELLS = ("td", "th")
_NO_ARTICLE = frozenset({"button", "form", "header", "nav"})


def cells_around(container: HtmlElement) -> list[HtmlElement]:
    """The cell that holds the text and the cells around that, nearest first; empty where no table lays out the page."""
    return [e for e in (container, *container.iterancestors()) if e.tag in _CELLS]


def without_layout(
    blocks: Sequence[Block], chosen: set[int], prose: set[int], cells: Sequence[HtmlElement]
) -> set[int]:
    """The chosen indices without what is around the text.

    Where the `prose` is in one cell, the other cells hold the slogan, the poll and the pictures: only their prose
    stays. Without any prose, what is in a header, a form or a menu is not kept.
    """
    if not prose:
        return {i for i in chosen if not any(e.tag in _NO_ARTICLE for e in blocks[i].path)}
    if not cells:
        return chosen
    size: Counter[HtmlElement] = Counter()
    for block in blocks:
        for table in _floats(block):
            size[table] += len(block.words)

    def is_text(block: Block) -> bool:
        return cells[0] in block.path and all(size[table] > MAX_FLOAT_WORDS for table in _floats(block))

    return {i for i in chosen if i in prose or is_text(blocks[i])}


def _floats(block: Block) -> Iterator[HtmlElement]:
    return (e for e in block.path if e.tag == "table" and (e.get("align") or "").lower() in ("left", "right"))
