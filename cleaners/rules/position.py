"""The place of a line on its page: above the article's first paragraph, below its last, or between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cleaners.document import Line
from cleaners.read.running_text import is_paragraph


def heads_text(lines: Sequence[Line], index: int) -> bool:
    """Whether the line at `index` is a heading with a paragraph right under it."""
    return lines[index].tag.startswith("h") and index + 1 < len(lines) and is_paragraph(lines[index + 1])


def head(lines: Sequence[Line]) -> set[int]:
    """Indexes of the lines above the first paragraph."""
    return _before(lines)


def tail(lines: Sequence[Line]) -> set[int]:
    """Indexes of the lines below the last paragraph."""
    return _before(reversed(lines))


def _before(lines: Iterable[Line]) -> set[int]:
    indexes: set[int] = set()
    for line in lines:
        if is_paragraph(line):
            break
        indexes.add(line.index)
    return indexes
