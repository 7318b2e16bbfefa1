"""Runs of combining marks, which no writing needs and which normalisation sorts in quadratic time."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import combining

__all__ = ["limit_marks"]

_FIRST, _END = 0x300, 0x1F000
"""Where Unicode has characters of a combining class."""

_MOST = 30
"""Marks on a letter at most: Unicode's Stream-Safe Text Format."""
_SIGN = r"[^\w\s\x00-\x7f]"
"""What marks are among: neither letters nor spaces."""
_ONE, _SIGNS = re.compile(_SIGN), re.compile(rf"{_SIGN}{{{_MOST + 1},}}")


def limit_marks(text: str) -> str:
    """The text with at most 30 combining marks in a row; no writing needs more."""
    step = _MOST + 1  # a longer run of signs holds a character whose place is a multiple of that
    near = (sign.start() * step for sign in _ONE.finditer(text[::step]))
    if not any(_SIGNS.search(text, max(0, at - _MOST), at + step) for at in near):
        return text
    return _SIGNS.sub(lambda signs: _marks().sub(r"\1", signs[0]), text)


@cache
def _marks() -> re.Pattern[str]:
    """More marks than a letter may have."""
    mark = f"[{''.join(filter(combining, map(chr, range(_FIRST, _END))))}]"
    return re.compile(f"({mark}{{{_MOST}}}){mark}+")
