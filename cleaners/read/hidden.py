"""Characters that show a person another text than the one that is there."""

from __future__ import annotations

import re

__all__ = ["DECEIVING", "reveal"]

DECEIVING = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls: they move a cursor, clear a terminal
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # they turn, hide or break text
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"  # letters and signs without a shape
    "\ud800-\udfff"  # half a character: it cannot be encoded
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""The inside of a character class. Not in it is what writing needs: soft hyphens, the joiners of Persian and of emoji,
selectors of a variant (U+FE0F, those of ideographs), blanks of all widths, tabs and line feeds."""

_DECEIVING = re.compile(f"[{DECEIVING}]")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{4,6}\U000e007f")
"""The flags of England, Scotland and others are a black flag with letters that are hidden elsewhere."""


def reveal(text: str, sign: str) -> str:
    """The text with each such character replaced by `sign`; flags of emoji stay."""
    if not _DECEIVING.search(text):
        return text
    parts = _FLAG.split(text)
    flags = [*_FLAG.findall(text), ""]
    return "".join(_DECEIVING.sub(sign, part) + flag for part, flag in zip(parts, flags, strict=True))
