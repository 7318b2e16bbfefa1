"""The place of a line on its page: above the article's first paragraph, below its last, or between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from cleaners.document import Line
from cleaners.read.running_text import is_paragraph

AS_IT_IS = frozenset({"pre", "td", "tr"})
"""Tags of code and of tables, whose lines are short, linked, dated or alike by their nature."""

ROW = 3
"""Lines of one kind from which they are a list or a table, and not a leftover that stands alone."""
_ITEM = 160


def heads_text(lines: Sequence[Line], index: int, further: int = 0) -> bool:
    """Whether the line at `index` is a heading with a paragraph right under it, or up to `further` lines below."""
    return lines[index].tag.startswith("h") and any(map(is_paragraph, lines[index + 1 : index + 2 + further]))


def head(lines: Sequence[Line]) -> set[int]:
    """Indexes of the lines above the first paragraph."""
    return _before(lines)


def tail(lines: Sequence[Line]) -> set[int]:
    """Indexes of the lines below the last paragraph."""
    return _before(reversed(lines))


def listed(lines: Sequence[Line]) -> set[int]:
    """Indexes of the items of the article's own lists: those that a line with a colon introduces, and rows of a list.

    The items are list items or short lines, in one run: a schedule, addresses, hotlines. A row of `ROW` items or more
    between two paragraphs needs no introduction.
    """
    indexes: set[int] = set()
    tag: str | None = None  # of the items; "" before the first of them
    for line in lines:
        text = line.text.rstrip()
        if text.endswith(":") and len(text.split()) > 1:
            tag = ""
        elif tag in ("", line.tag) and len(text) <= _ITEM and (line.tag == "li" or not is_paragraph(line)):
            tag = line.tag
            indexes.add(line.index)
        else:
            tag = None
    edges = head(lines) | tail(lines)
    return indexes | rows(lines, lambda x: x.tag == "li" and x.index not in edges and len(x.text) <= _ITEM)


def rows(lines: Sequence[Line], is_one: Callable[[Line], bool]) -> set[int]:
    """Indexes of the lines that are of one kind and follow one another, `ROW` of them or more."""
    runs = (list(run) for like, run in groupby(lines, key=is_one) if like)
    return {line.index for run in runs if len(run) >= ROW for line in run}


def _before(lines: Iterable[Line]) -> set[int]:
    indexes: set[int] = set()
    for line in lines:
        if is_paragraph(line):
            break
        indexes.add(line.index)
    return indexes
