"""The states that the language model tells apart, and the layout of a word's costs.

A state is a language, or one that stands for its neighbours too (German for Luxembourgish). A word's costs are one
packed integer of `FIELDS` fields, `FIELD` bits each: a cost for each state, Cyrillic first, then Latin, then `OTHER`;
then counts. So the costs of a line are one sum.
"""

from __future__ import annotations

from cleaners.languages.words import Script

__all__ = ["COUNTS", "CYRILLIC", "FIELDS", "FOCUS", "KNOWN", "LATIN", "LATIN_FROM", "LETTERS", "OTHER", "STATES"]

CYRILLIC = ("uk", "ru", "be", "bg", "mk", "sr", "kk", "ky", "tt")
LATIN = (
    "en", "pl", "de", "nl", "sv", "fr", "es", "pt", "it", "ro", "cs", "sk", "hr", "hu", "lt", "tr", "fi", "id", "und",
)  # fmt: skip
OTHER = "other"
LATIN_FROM = len(CYRILLIC)
"""The index of the first state in Latin letters."""
STATES = (*CYRILLIC, *LATIN, OTHER)
"""Every language or group of languages that the model tells apart; `OTHER` is any other script."""

FOCUS = ("uk", "en", "ru", "be", "pl", "bg")
"""The languages that the model names itself; text in the states outside is given to langdetect."""
COUNTS: dict[Script, int] = {"Cyrl": len(STATES), "Latn": len(STATES) + 1, "Zzzz": len(STATES) + 2}
"""The fields behind the costs that count words: Cyrillic, Latin, of another script."""
LETTERS = len(STATES) + 3
"""The field that counts letters."""
KNOWN = len(STATES) + 4
"""The field that is 1 where the costs tell the languages of the word's script apart, by a list or by spelling."""
FIELDS = len(STATES) + 5
