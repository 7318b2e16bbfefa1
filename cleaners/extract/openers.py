"""The headings of a digest's items: boxes alike, each opened by a short line over text of its own.

Such a line is linked, so that it looks like a teaser, and it may be a bold paragraph instead of a heading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, Blocks

__all__ = ["openers"]

MIN_ITEMS = 3
"""Boxes alike that are no accident."""

MAX_WORDS = 28
"""Words of a heading."""

MAX_LEVELS = 4
"""Elements from a line outwards of which one is the box that it opens."""

MIN_BOLD = 0.9


def openers(blocks: Blocks, body: Collection[int]) -> set[int]:
    """The indices of the lines that open items whose text is in the `body`."""
    rows: dict[tuple[HtmlElement, str, str | None, str], set[int]] = defaultdict(set)
    for i, block in enumerate(blocks[:-1]):
        if i + 1 not in body or not blocks[i + 1].is_prose or not _is_opener(block):
            continue
        for around, box in block.outwards(MAX_LEVELS):
            span = blocks.spans[box]
            if span.start != i:
                break
            if i + 1 in span:
                rows[around, box.tag, box.get("class"), block.tag].add(i)
    return {i for row in rows.values() if len(row) >= MIN_ITEMS for i in row}


def _is_opener(block: Block) -> bool:
    if block.hidden or len(block.words) > MAX_WORDS or block.tag in ("h1", "td", "pre", "figcaption"):
        return False
    bold = block.bold >= MIN_BOLD * len("".join(block.text.split()))
    return bold or block.tag.startswith("h")
