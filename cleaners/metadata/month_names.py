"""In which languages a text may hold a date: by the names of months that dateparser knows.

dateparser asked for a date in any language loads all its 205 languages, which takes seconds of a process; a name of a
month is a name in few of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from runpy import run_module

__all__ = ["languages_with_month"]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_LETTER = r"[^\W\d_]"


def languages_with_month(text: str) -> list[str]:
    """The languages, in dateparser's order and by its codes, in which a word of the text is the name of a month."""
    names, pattern = _names()
    found = {language for name in pattern.findall(_folded(text)) for language in names[name]}
    return sorted(found, key=_order().index)


@cache
def _names() -> tuple[dict[str, set[str]], re.Pattern[str]]:
    names = defaultdict(set)
    for language in _order():
        # Run, not imported: the words of all languages would stay, 9 MiB.
        info = run_module(f"dateparser.data.date_translation_data.{language}")["info"]
        for month in _MONTHS:
            for name in info.get(month, ()):
                names[_folded(name)].add(language)
    # The longest first, and as whole words where the script has words apart.
    longest = sorted(names, key=len, reverse=True)
    words = "|".join(re.escape(name) for name in longest if name.upper() != name)
    anywhere = "|".join(re.escape(name) for name in longest if name.upper() == name)
    return dict(names), re.compile(rf"(?<!{_LETTER})(?:{words})(?!{_LETTER})|{anywhere}")


@cache
def _order() -> list[str]:
    from dateparser.data.languages_info import language_order

    return list(language_order)


def _folded(text: str) -> str:
    """Without case and accents, which dateparser does not need either."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))
