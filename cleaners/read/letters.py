"""How many letters a text has, which several stages ask of the same lines."""

from __future__ import annotations

from functools import lru_cache
from string import ascii_letters

__all__ = ["count_letters"]

_LONGEST = 5_000
"""Characters of a text that is remembered at most, so that hostile pages cannot fill the memory."""
_ASCII = ascii_letters.encode()


def count_letters(text: str) -> int:
    """The number of characters of any script that are letters."""
    if text.isascii():
        return len(text) - len(text.encode().translate(None, _ASCII))
    return _count(text) if len(text) <= _LONGEST else _count.__wrapped__(text)


@lru_cache(maxsize=1024)
def _count(text: str) -> int:
    return sum(map(str.isalpha, text))
