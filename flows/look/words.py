"""The words of the interface, written in English in the templates and the tables, said in others by tables of words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LANGUAGES", "chosen_language", "teller", "translator"]

LANGUAGES = {"en": "English", "uk": "Українська"}
_VALUE = re.compile(r"“[^”]*”|\d(?:[\d.,:-]*\d)?")
_PLACE = re.compile("“”|#")
_AGAIN = re.compile(r", so for (\d+) runs since ([\d-]+)(?=: )")
_MORE = ", so for # runs since #"
"""What an alarm says in its middle when it is not the first in a row; other languages say it at the end."""


@cache
def _table(name: str) -> dict[str, str]:
    path = files(__package__) / "static" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def translator(language: str) -> Callable[[str], str]:
    """From the English of the templates to the language; what the table does not have stays English."""
    table = _table(language)
    return lambda text: table.get(text, text)


def teller(language: str) -> Callable[[str], str]:
    """From the English of tables and rules (flags, evidence, alarms, summaries) to the language.

    The numbers and quotations in it come over.

    What the language has no sentence for stays English.
    """
    sentences = _table(f"{language}-rules") | _table(f"{language}-said")

    def tell(text: str) -> str:
        again = _AGAIN.search(text)
        values = _VALUE.findall(whole := _AGAIN.sub("", text))
        sentence = sentences.get(_VALUE.sub(lambda value: "“”" if value[0][0] == "“" else "#", whole))
        if sentence is None:
            return text
        found = iter(values)
        said = _PLACE.sub(lambda _: next(found), sentence)
        return said + sentences[_MORE].replace("#", again[1], 1).replace("#", again[2]) if again else said

    return tell


def chosen_language(wanted: str | None, accepted: str) -> str:
    """That which is wanted, else the first in an `Accept-Language` header that there is, else English."""
    if wanted in LANGUAGES:
        return wanted
    for part in accepted.lower().split(",")[:20]:
        if (code := part.partition(";")[0].strip()[:2]) in LANGUAGES:
            return code
    return "en"
