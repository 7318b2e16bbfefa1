"""Runs of combining marks, which no writing needs and which normalisation sorts in quadratic time."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import combining

__all__ = ["limit_marks"]

_FIRST, _END = 0x300, 0x1F000
"""Where Unicode has characters of a combining class."""

_SIGNS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
"""Runs that may hold so many marks, which are neither letters nor spaces: quick to find."""


def limit_marks(text: str) -> str:
    """The text with at most 30 combining marks in a row; no writing needs more."""
    return _SIGNS.sub(lambda signs: _marks().sub(r"\1", signs[0]), text)


@cache
def _marks() -> re.Pattern[str]:
    """More than 30 marks: the most on a letter in Unicode's Stream-Safe Text Format."""
    mark = f"[{''.join(filter(combining, map(chr, range(_FIRST, _END))))}]"
    return re.compile(f"({mark}{{30}}){mark}+")
