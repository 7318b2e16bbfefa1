"""In which languages a text may hold a date: by the names of months that dateparser knows.

dateparser asked for a date in any language loads all its 205 languages, which takes seconds of a process; a name of a
month is a name in few of them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

__all__ = ["MONTH_NAMES", "folded", "languages_with_month"]

MONTH_NAMES = Path(__file__).parent / "data" / "month_names.json"
"""What `tools.month_names` writes."""

_LETTER = r"[^\W\d_]"


def languages_with_month(text: str) -> list[str]:
    """The languages, in dateparser's order and by its codes, in which a word of the text is the name of a month."""
    languages, names = _names()
    text = folded(text)
    # The longest first, and as whole words where the script has words apart.
    inside = sorted((name for name in names if name in text), key=lambda name: (-len(name), name))
    pattern = "|".join(_as_word(name) for name in inside)
    places = {place for name in re.findall(pattern, text) for place in names[name]} if pattern else set()
    return [languages[place] for place in sorted(places)]


def _as_word(name: str) -> str:
    has_case = name.upper() != name
    return rf"(?<!{_LETTER}){re.escape(name)}(?!{_LETTER})" if has_case else re.escape(name)


@cache
def _names() -> tuple[list[str], dict[str, list[int]]]:
    found = json.loads(MONTH_NAMES.read_text("utf-8"))
    return found["languages"], found["names"]


def folded(text: str) -> str:
    """Without case and accents, which dateparser does not need either."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))
