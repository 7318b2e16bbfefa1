"""The words of the interface: written in English in the templates, said in others by tables."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LANGUAGES", "chosen_language", "translator"]

LANGUAGES = {"en": "English", "uk": "Українська"}


@cache
def _table(language: str) -> dict[str, str]:
    return tomllib.loads((files(__package__) / "static" / f"{language}.toml").read_text("utf-8"))


def translator(language: str) -> Callable[[str], str]:
    """From the English of the templates to the language; what the table does not have stays English."""
    table = _table(language)
    return lambda text: table.get(text, text)


def chosen_language(wanted: str | None, accepted: str) -> str:
    """That which is wanted, else the first in an `Accept-Language` header that there is, else English."""
    if wanted in LANGUAGES:
        return wanted
    for part in accepted.lower().split(",")[:20]:
        if (code := part.partition(";")[0].strip()[:2]) in LANGUAGES:
            return code
    return "en"
