"""Languages of lines and of the fragments inside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cleaners.document import Fragment

_PROFILES = ("en", "pl", "de", "fr", "ru", "uk", "bg")
_BELARUSIAN = re.compile("[ўЎ]|[іІ](?=.*[ыэЫЭ])|[ыэЫЭ](?=.*[іІ])", re.DOTALL)
_UKRAINIAN = re.compile("[їєґЇЄҐ]|[іІ]")
_RUSSIAN = re.compile("[ыэёЫЭЁ]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_NO_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[\w-]+(?:\.[a-z]{2,})+\S*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Separated:
    """The languages of one line: that of the line, and its fragments in order (none for a line without text)."""

    language: str
    fragments: tuple[Fragment, ...]


def separate(texts: Sequence[str], *, declared: str | None = None, hint: str | None = None) -> list[Separated]:
    """Say the languages of the lines of one document, in order; one answer a line.

    `declared` is the language that the page states, `hint` that of the source.
    """
    answers = []
    for text in texts:
        language = _language(text[:2000])
        answers.append(Separated(language, (Fragment(0, len(text), language),) if text else ()))
    return answers


def label(record: dict[str, Any]) -> dict[str, Any]:
    """Turn {"id", "paragraphs": [text, ..]} into {"id", "paragraphs": [{"language", "fragments"}, ..]}."""
    separated = separate(record["paragraphs"])
    return {
        "id": record.get("id"),
        "paragraphs": [
            {
                "language": s.language,
                "fragments": [{"start": f.start, "end": f.end, "language": f.language} for f in s.fragments],
            }
            for s in separated
        ],
    }


def _language(text: str) -> str:
    text = _NO_LANGUAGE.sub(" ", text)
    if not any(map(str.isalpha, text)):
        return "und"
    if _CYRILLIC.search(text):
        if _BELARUSIAN.search(text):
            return "be"
        if _UKRAINIAN.search(text):
            return "uk"
        if _RUSSIAN.search(text):
            return "ru"
    detector = _factory().create()
    detector.append(text.lower())
    from langdetect import LangDetectException

    try:
        answer: str = detector.detect()
    except LangDetectException:
        return "und"
    return "und" if answer == "unknown" else answer


@lru_cache(maxsize=1)
def _factory() -> Any:
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    factory.set_seed(0)
    factory.load_json_profile([Path(PROFILES_DIRECTORY, name).read_text("utf-8") for name in _PROFILES])
    return factory
