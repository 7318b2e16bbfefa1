"""What counts as running text. There are three degrees, as each stage can afford another mistake.

`is_prose` is the mildest: extraction looks for the sentences of an article among all blocks of a page. `is_paragraph`
marks for the rules where the article begins and ends. `is_long_paragraph` is what the loss guard never lets go whole.
"""

from __future__ import annotations

import re

from cleaners.document import Line

__all__ = ["MIN_PROSE_WORDS", "ends_like_sentence", "is_long_paragraph", "is_paragraph", "is_prose"]

MIN_PROSE_WORDS = 10
"""Words from which a block that ends like a sentence is prose."""

MIN_PARAGRAPH = 80
"""Characters from which a line that ends like a sentence is a paragraph of the article."""

MIN_LONG_PARAGRAPH = 160
"""Characters from which such a line is not dropped whole on a page that loses too much."""

_STOPS = ".!?…:;。！？：；؟۔।։"
_CLOSING = "\"'»«›‹”“’‘)]」』）】"
"""German and Danish close quotations with the signs that open them elsewhere."""

_ENDED = re.compile(f"[{_STOPS}][{re.escape(_CLOSING)}]{{0,3}}$")
_BEHIND = f"{_CLOSING} \u00a0"


def ends_like_sentence(text: str) -> bool:
    """Whether the text closes with a full stop or its like, and at most three quotes or brackets behind it."""
    return bool(_ENDED.search(text.rstrip()[-6:]))


def is_prose(text: str, words: int, link_share: float) -> bool:
    """Whether a block of so many words is a sentence rather than a label or a link."""
    return words >= MIN_PROSE_WORDS and link_share < 0.4 and text.rstrip(_BEHIND)[-1:] in _STOPS


def is_paragraph(line: Line) -> bool:
    """Whether the line is running text beyond doubt: long enough, ended like a sentence, not a link."""
    return len(line.text) >= MIN_PARAGRAPH and line.link_share < 0.5 and ends_like_sentence(line.text)


def is_long_paragraph(text: str) -> bool:
    """Whether the text is a paragraph that no leftover is as long as; links are not looked at."""
    return len(text) >= MIN_LONG_PARAGRAPH and ends_like_sentence(text)
