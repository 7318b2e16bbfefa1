"""The words of a text for comparison and for counting, in any script."""

from __future__ import annotations

import re

__all__ = ["words"]

_UNSPACED = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Letters of Chinese and Japanese, which put no spaces between words."""

_WORD, _HAS_UNSPACED = re.compile(r"\w+"), re.compile(f"[{_UNSPACED}]")
_WORD_OR_PAIR = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\W{_UNSPACED}]+")
_SOFT_HYPHEN = "\u00ad"


def words(text: str) -> list[str]:
    """The words: lower case, letters and digits only, without soft hyphens inside of them.

    Where a script has no spaces, two letters count as a word, which is about the mean of Chinese and Japanese.
    """
    text = (text.replace(_SOFT_HYPHEN, "") if _SOFT_HYPHEN in text else text).lower()
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return _WORD.findall(text)
    return _WORD_OR_PAIR.findall(text)
