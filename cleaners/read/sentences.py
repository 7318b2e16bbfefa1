"""Sentence boundaries, for cuts inside a line."""

from __future__ import annotations

import re
from itertools import groupby

from cleaners.vocabulary import words

# A lookbehind has one width, so the abbreviations are grouped by length.
_NOT_AFTER = "".join(
    rf"(?<!\b(?:{'|'.join(group)}))" for _, group in groupby(sorted(words("sentence.abbreviation"), key=len), len)
)
# The end of a sentence: its marks, closing quotes and brackets, then white space or the end of the line. The mark after
# a single capital (an initial, "U.S.") or a short abbreviation does not end one; nor does a mark before a small letter.
_END = re.compile(rf"""(?<!\b[^\W\d_]){_NOT_AFTER}[.!?…]{{1,5}}["'»”’)\]]{{0,3}}(?=\s|$)""")
_NEXT = re.compile(r"\s+(?P<next>\S)")


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a line as spans [start, end); white space between two belongs to neither."""
    spans: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for found in _END.finditer(text):
        after = _NEXT.match(text, found.end())
        if after is None or not after["next"].islower():
            spans.append((start, found.end()))
            start = after.start("next") if after else len(text)
    if start < len(text.rstrip()):
        spans.append((start, len(text.rstrip())))
    return spans
