"""Text folded for comparison: one case, one shape of apostrophe, quote and dash."""

from __future__ import annotations

__all__ = ["fold"]

_SAME = tuple(
    (char, like)
    for chars, like in (("’ʼ`‘′", "'"), ("“”„«»", '"'), ("‐‑‒–—−", "-"), ("\u00a0\u202f", " "), ("İ", "i"), ("Ёё", "е"))
    for char in chars
)
"""İ is the one letter whose lower case is longer than itself."""


def fold(text: str) -> str:
    """Lower case, one shape of apostrophe, quote and dash; as long as `text`, so that offsets hold in both."""
    if not text.isascii():
        for char, like in _SAME:
            text = text.replace(char, like)
    return text.lower().replace("`", "'")
