"""In which languages a text may hold a date: by the names of months that dateparser knows.

dateparser asked for a date in any language loads all its 205 languages, which takes seconds of a process; a name of a
month is a name in few of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.util import find_spec, module_from_spec

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
        info = _info(language)
        for month in _MONTHS:
            for name in info.get(month, ()):
                names[_folded(name)].add(language)
    # The longest first, and as whole words where the script has words apart.
    longest = sorted(names, key=len, reverse=True)
    words = "|".join(re.escape(name) for name in longest if name.upper() != name)
    anywhere = "|".join(re.escape(name) for name in longest if name.upper() == name)
    return dict(names), re.compile(rf"(?<!{_LETTER})(?:{words})(?!{_LETTER})|{anywhere}")


def _info(language: str) -> dict[str, list[str]]:
    """What dateparser knows of a language, without keeping it: the words of all languages are 9 MiB."""
    spec = find_spec(f"dateparser.data.date_translation_data.{language}")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"dateparser has no data of language {language}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    info: dict[str, list[str]] = module.info
    return info


@cache
def _order() -> list[str]:
    from dateparser.data.languages_info import language_order

    return list(language_order)


def _folded(text: str) -> str:
    """Without case and accents, which dateparser does not need either."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))
