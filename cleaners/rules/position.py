"""Where a line stands: before the article's first paragraph, after its last, or between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cleaners.document import Line

_ENDED = re.compile(r"""[.!?…:;]["'»”’)\]]{0,3}$""")
PARAGRAPH = 80
"""Characters from which a line that ends like a sentence counts as a paragraph of the article."""


def ends_like_sentence(text: str) -> bool:
    """Whether the line closes with a full stop or its like."""
    return bool(_ENDED.search(text.rstrip()[-6:]))


def is_paragraph(line: Line) -> bool:
    """Whether the line is running text beyond doubt: long enough, ended like a sentence, not a link."""
    return len(line.text) >= PARAGRAPH and line.link_share < 0.5 and ends_like_sentence(line.text)


def heads_text(lines: Sequence[Line], index: int) -> bool:
    """Whether the line at `index` is a heading with a paragraph right under it."""
    return lines[index].tag.startswith("h") and index + 1 < len(lines) and is_paragraph(lines[index + 1])


def head(lines: Sequence[Line]) -> set[int]:
    """Places of the lines before the first paragraph."""
    return _before(lines)


def tail(lines: Sequence[Line]) -> set[int]:
    """Places of the lines after the last paragraph."""
    return _before(reversed(lines))


def _before(lines: Iterable[Line]) -> set[int]:
    places: set[int] = set()
    for line in lines:
        if is_paragraph(line):
            break
        places.add(line.index)
    return places
