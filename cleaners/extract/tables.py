"""Tables of data, whose rows are lines; a table that lays out the page is none.

In a table of data a cell is one run of text. Where a cell holds paragraphs, lists, another table or many lines, the
table only puts text side by side: its blocks stay lines of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, Blocks

__all__ = ["data_rows", "row_text", "whole_tables"]

_BETWEEN = " | "
"""Between the cells of a row."""

MIN_ROWS = 2
"""Rows of two cells or more from which a table is one of data."""

MAX_LINES = 3
"""Lines of one cell, broken by `br`; more are a column of text."""

MIN_CHOSEN = 0.2
"""Share of a table's words in the body from which all of it is; of forty tables in part chosen, gold has 32 whole."""

Rows = list[list[int]]


def data_rows(blocks: Blocks) -> list[Rows]:
    """The rows of each table of data, in order: the indices of the blocks in their cells."""
    if not any(e.tag == "table" for e in blocks.spans):
        return []
    tables: dict[HtmlElement, dict[HtmlElement, dict[HtmlElement, list[int]]]] = {}
    layout: set[HtmlElement] = set()
    for i, block in enumerate(blocks):
        inside = [e for e in block.path if e.tag == "table"]
        layout.update(inside[:-1])  # a table that holds another
        cell = next((e for e in reversed(block.path) if e.tag in ("td", "th")), None)
        if not inside or cell is None or block.hidden:
            continue
        row, table = _above(block, cell, "tr"), inside[-1]
        if row is None or not (block.tag == "td" or (cell.tag == "th" and block.is_heading)):
            layout.add(table)  # paragraphs and lists in a cell, or headings that head no column
            continue
        tables.setdefault(table, defaultdict(lambda: defaultdict(list)))[row][cell].append(i)
    found = []
    for table, rows in tables.items():
        cells = [cell for row in rows.values() for cell in row.values()]
        wide = sum(len(row) > 1 for row in rows.values())
        if table not in layout and wide >= MIN_ROWS and all(_is_datum(blocks, cell) for cell in cells):
            found.append([[i for cell in row.values() for i in cell] for row in rows.values()])
    return found


def whole_tables(blocks: Sequence[Block], tables: Sequence[Rows], body: Collection[int]) -> set[int]:
    """The body with each table of data whole, or without its cells: a table stands or falls as one; prose stays."""
    found = set(body)
    for rows in tables:
        inside = {i for row in rows for i in row}
        words = sum(len(blocks[i].words) for i in inside)
        if sum(len(blocks[i].words) for i in inside if i in body) >= MIN_CHOSEN * max(words, 1):
            found |= inside
        else:
            found -= {i for i in inside if not blocks[i].is_prose}
    return found


def row_text(cells: Sequence[Block]) -> str:
    """The blocks of a row as one line: a bar between two cells, a space between the lines of one cell."""
    texts: dict[HtmlElement, str] = {}
    for block in cells:
        cell = next(e for e in reversed(block.path) if e.tag in ("td", "th"))
        texts[cell] = f"{texts[cell]} {block.text}" if cell in texts else block.text
    return _BETWEEN.join(texts.values())


def _above(block: Block, element: HtmlElement, tag: str) -> HtmlElement | None:
    """The nearest element of the tag around `element`, where it is in the block's path."""
    at = block.path.index(element)
    return next((e for e in reversed(block.path[:at]) if e.tag == tag), None)


def _is_datum(blocks: Sequence[Block], cell: Sequence[int]) -> bool:
    return len(cell) <= MAX_LINES and sum(blocks[i].is_prose for i in cell) <= 1
