"""Whether a line that a phrase names also has the shape of a leftover.

The words of a prompt are words of the news as well: "Support us with weapons, the president urged". What tells them
apart is around them: a verb of speech that gives them to somebody, or a sentence where a label has a name or a title.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from cleaners.document import Category
from cleaners.read.sentences import sentences
from cleaners.rules.phrasebook import Found
from cleaners.rules.timestamps import has_moment
from cleaners.vocabulary import alternatives

__all__ = ["PROMPTS", "has_shape", "is_prompt", "is_reported"]

PROMPTS: frozenset[Category] = frozenset({"subscribe", "comments", "share", "notice", "contact"})
"""What a phrase asks or states in a whole sentence, so that somebody may have said it."""
_SPEECH = rf"(?:{alternatives('phrased.speech')})(?!\w)"
_NEAR = 250
# ", the commander wrote", ", радить психологиня", "! — закричав рятувальник"; not ", щоб знати, що сказав мер".
_SAID = re.compile(
    rf"""[,!?…»”"]\s?(?:[—–-]\s)?(?:(?!(?:{alternatives("phrased.clause")})\b)[\w’'-]{{1,24}}\s){{0,3}}?{_SPEECH}"""
)
# The same by the form of the verb: ", глузував хакер".
_PAST = re.compile(
    rf"[,!?…»”\"]\s?(?:[—–-]\s)?(?!(?:{alternatives('phrased.clause')})\b)(?:{alternatives('phrased.past')})\s\w"
)
# "Командир звернувся до молоді: приєднуйтесь ..."
_SAID_BEFORE = re.compile(rf"\b{_SPEECH}[^.!?:]{{0,60}}:\s?[«„“\"]?$", re.IGNORECASE)
_SENTENCES = 3
"""Sentences of a line at most, where the verb of speech may be in the one after the prompt's."""
_EXPLAINED = re.compile(r"(?:[\w'’-]+\s){3}[^.!?:]*:\s[a-zа-яёіїєґ][^.!?:]{12,}[.!?]$")
_LABEL = re.compile(r"[^:]{2,40}:\s?")
_FEW = 5
"""Words of a credit without a colon that may end in a full stop: "Фото надане пресслужбою міста."."""


def is_reported(text: str, start: int, end: int) -> bool:
    """Whether the words at [start, end) of the line are somebody's, by a verb of speech before or after them."""
    if _SAID_BEFORE.search(text, max(0, start - _NEAR), start):
        return True
    ends = _sentence_ends(text)
    own = bisect_left(ends, end)
    if len(ends) <= _SENTENCES and own + 1 < len(ends):
        own += 1
    last = min(ends[own] if own < len(ends) else len(text), start + _NEAR)
    return _SAID.search(text, start, last) is not None or _PAST.search(text, start, last) is not None


@lru_cache(maxsize=8)  # a line may hold a prompt thousands of times
def _sentence_ends(text: str) -> list[int]:
    return [end for _, end in sentences(text)]


def has_shape(found: Found, text: str, link_share: float) -> bool:
    """Whether a whole line that the phrase names reads as a leftover of its kind, and not as a sentence."""
    phrase = found.phrase
    if phrase.category in PROMPTS:
        return is_prompt(found, text)
    if phrase.at not in ("start", "line"):
        return True
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    if phrase.category == "related":
        # A headline begins with a capital, and has no full stop.
        return link_share > 0 or not (label and rest[:1].islower() and _ends(text))
    if phrase.category == "caption":
        return not _ends(text) or not (rest[:1].islower() if label else len(text.split()) > _FEW)
    if phrase.category == "byline":
        told = _ends(text) and is_reported(text, found.start, found.end)
        return not told and not (rest[:1] in '«“"—–' or "?" in rest)
    if phrase.category == "timestamp" and ("#" in phrase.text.split()[-2:] or _ends(text)):
        return has_moment(text)
    return True


def is_prompt(found: Found, text: str) -> bool:
    """Whether the words of a phrase that speaks to the reader, or states a right, are the page's own."""
    if is_reported(text, found.start, found.end):
        return False
    # "Проєкт реалізовано за підтримки Японії: школа отримала генератор"
    return found.phrase.category != "notice" or not _EXPLAINED.search(text, found.start)


def _ends(text: str) -> bool:
    return text.rstrip(" »”\"’')").endswith((".", "!", "?"))
