"""The headline of a text that does not say which line it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaners.document import Line
from cleaners.read.fold import fold
from cleaners.read.running_text import ends_like_sentence, is_paragraph

_WORD = re.compile(r"\w+")
_MOST_WORDS = 30


def words_of(text: str) -> str:
    """The words alone, folded: two copies of a headline differ in quotes, dashes and a full stop."""
    return " ".join(_WORD.findall(fold(text)))


def headline_of(lines: Sequence[Line]) -> str | None:
    """The first of `lines`, leftovers left out, if it is a headline.

    It is one if the next line repeats it (and not the one after too: a refrain), or if it looks like one right above
    the first paragraph and something shows that it does not belong to the text: leftovers stood above it, or it is
    written As an English Headline.
    """
    if len(lines) < 2 or not lines[0].text or is_paragraph(lines[0]):
        return None
    first, second = lines[0], lines[1]
    words = words_of(first.text)
    if len(lines) > 2 and words == words_of(lines[2].text):
        return None
    if words and words == words_of(second.text) and len(words.split()) <= _MOST_WORDS:
        return first.text
    if not _looks_like_one(first) or not is_paragraph(second):
        return None
    return first.text if first.index > 0 or _in_title_case(first.text) else None


def _looks_like_one(line: Line) -> bool:
    text = line.text
    return (
        line.tag == "p"
        and 4 <= len(text.split()) <= 25
        and (text[0].isalnum() or text[0] in "\"“«‘'")
        and not (ends_like_sentence(text) and text[-1] not in "?!’'”»\"")
    )


def _in_title_case(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if len(word) > 3]
    return (
        len(words) > 3
        and all("a" <= word[0].lower() <= "z" for word in words)
        and sum(word[0].isupper() for word in words) >= 0.85 * len(words)
    )
