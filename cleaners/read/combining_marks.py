"""Runs of combining marks, which no writing needs and which normalisation sorts in quadratic time."""

from __future__ import annotations

import re

__all__ = ["limit_marks"]

_MARK = (
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f]"
)
_MARKS = re.compile(f"({_MARK}{{30}}){_MARK}+")
"""Unicode's Stream-Safe Text Format has at most 30 marks on a letter: sorting more of them takes quadratic time."""


def limit_marks(text: str) -> str:
    """The text with at most 30 combining marks in a row; no writing needs more."""
    return _MARKS.sub(r"\1", text)
