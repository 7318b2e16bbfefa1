"""One phrase of a phrase file as a pattern; the notation is explained in `cleaners.rules.phrase_files`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cleaners.document import Category
from cleaners.read.fold import fold

__all__ = ["KEY", "WORD", "At", "Near", "Phrase"]

At = Literal["line", "start", "sentence", "opening", "onward", "words", "rest"]
Near = Literal["anywhere", "top", "end"]

GAP = r"[^\w.!?\n]{1,5}"
INSIDE = r"(?:[^.!?\n]|[.!?](?=\w))"
KEY = 4
"""Letters of a word that it is known by: enough to leave one or two phrases a word."""
_BEFORE, _BEHIND = 12, 6
"""Signs before and behind a phrase that is the whole line, at most."""
TOKEN = re.compile(r"\s+|\w+\*?|.", re.DOTALL)
WORD = re.compile(r"\w+")
_BETWEEN, _COLON = re.compile(rf"\w*{GAP}"), re.compile(r"\w*[\s.)]{0,3}[:|]")
"""The rest of a word, and what stands before the next one, or up to a colon."""
_GROWN = re.compile(r"\w[(\[]|[)\]]\w")
"""In a phrase: a word that may begin or end with another."""


@dataclass(frozen=True)
class Phrase:
    """One phrase of one rule; its pattern is compiled when its first word is met for the first time.

    `text` is the phrase as its file has it. `expanded`, where it differs, is one of the phrases that this stands for:
    with one of the words that it may begin with, and with its named words inserted.
    """

    rule: str
    category: Category
    text: str
    at: At
    near: Near = "anywhere"
    longest: int = 300
    title: bool = False
    expanded: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as a pattern with bounded repeats, to be matched where its first word begins."""
        return re.compile(_expression(self.expanded or self.text, whole=self._is_whole), re.DOTALL)

    def may_stand_among(self, beginnings: Collection[str]) -> bool:
        """Whether a line with words that begin so may hold the phrase: most patterns are never compiled."""
        for one in self._needed:  # noqa: SIM110 - asked for each phrase of each line
            if one.isdisjoint(beginnings):
                return False
        return True

    def may_go_on(self, folded: str, at: int) -> bool:
        """Whether the phrase may go on so behind its first word, whose letters end there: errs on the safe side."""
        if not self._behind:
            return True
        if self._behind == (":",):
            return _COLON.match(folded, at) is not None
        between = _BETWEEN.match(folded, at)
        return between is not None and folded.startswith(self._behind, between.end())

    def may_be_in(self, folded: str) -> bool:
        """Whether the phrase may be in a part of this text, folded, or in some of its words: errs on the safe side."""
        if not (self.first in folded if self.first else any(map(str.isdigit, folded))):
            return False
        return all(any(beginning in folded for beginning in one) for one in self._needed)

    @cached_property
    def _is_whole(self) -> bool:
        return self.at == "line" or (self.at == "start" and not self.is_open)

    @cached_property
    def longest_line(self) -> int:
        """Characters of a line that may be the phrase, or begin with it, signs before it and behind it included."""
        if not self._is_whole:
            return self.longest
        own = sum(map(_longest, TOKEN.findall(fold(self.expanded or self.text))))
        return min(self.longest, _BEFORE + own + _BEHIND)

    @cached_property
    def _needed(self) -> tuple[frozenset[str], ...]:
        """Beginnings of words, one of each set of which is in whatever the phrase matches, the rarest first."""
        return _needed(fold(self.expanded or self.text))

    @cached_property
    def _behind(self) -> tuple[str, ...]:
        """How what must stand behind the first word begins, one of these; empty where that is not known."""
        return _behind(fold(self.expanded or self.text))

    @property
    def is_open(self) -> bool:
        """Whether the phrase ends in anything."""
        return self.text.endswith(" *")

    @property
    def first(self) -> str:
        """The letters of its first word, folded; nothing where it begins with a number."""
        word = WORD.match(fold(self.expanded or self.text))
        return word[0] if word else ""


def _longest(part: str) -> int:
    """Characters that one part of a phrase matches at most, with the gap before it."""
    free = 400 if part == "*" else 24 if part.endswith("*") else 0
    return 5 + len(part) + free


def _needed(text: str) -> tuple[frozenset[str], ...]:
    """Of each word behind the first, and of each choice, that nothing can stand for: how its words begin."""
    if _GROWN.search(text):
        return ()
    sets: list[list[str]] = []
    depth = 0
    is_choice = False
    for part in TOKEN.findall(text)[1:]:
        if part in ("(", "["):
            depth += 1
            if depth == 1:
                is_choice = part == "("
                sets += [[""]] if is_choice else []
        elif part in (")", "]"):
            depth -= 1
        elif part == "|" and depth == 1 and is_choice:
            sets[-1].append("")
        elif word := _beginning(part):
            if depth == 0:
                sets.append([word])
            elif depth == 1 and is_choice:
                sets[-1][-1] = max(sets[-1][-1], word, key=len)
    return tuple(frozenset(one) for one in sorted(sets, key=lambda one: -len(min(one, key=len))) if all(one))


def _behind(text: str) -> tuple[str, ...]:
    """How the word behind the first begins: one of these, or a colon; empty where something else may stand there."""
    if _GROWN.search(text):
        return ()
    parts = TOKEN.findall(text)[1:]
    if "".join(parts).lstrip().startswith(":"):
        return (":",)
    found: list[str] = []
    depth, is_choice, is_first = 0, False, True
    for before, part in zip(["", *parts], parts, strict=False):
        if part in ("(", "["):
            if depth or not (before.isspace() or is_first):
                return ()
            depth, is_choice = 1, part == "("
        elif part in (")", "]"):
            if is_choice:
                return tuple(found)
            depth = 0
        elif depth and before not in ("(", "[", "|"):
            continue  # further words of a choice
        elif word := part.removesuffix("*") if WORD.fullmatch(part.removesuffix("*")) else "":
            found.append(word)
            if not depth:
                return tuple(found)
        elif not part.isspace() or depth:
            return ()
    return ()


def _beginning(part: str) -> str:
    """How a word begins that this part of a phrase matches; nothing where that is not known, or it is no word."""
    word = part.removesuffix("*")
    return word[:KEY] if WORD.fullmatch(word) and (len(word) >= KEY or word == part) else ""


def _expression(text: str, *, whole: bool) -> str:
    """A phrase in the notation of the data files as a regular expression."""
    parts: list[str] = []
    written = TOKEN.findall(fold(text))
    for i, part in enumerate(written):
        before, after = written[i - 1] if i else "", written[i + 1] if i + 1 < len(written) else ""
        if part.isspace():
            # A gap is written by what follows it, where that is not there on every page.
            if after == "*" and (WORD.match(before) or before in (")", "]")):
                parts.append(r"(?!\w)")
            elif after not in ("[", "*", ":") and before not in ("*", "|", "("):
                parts.append(GAP)
        elif part == "*":
            boundary = r"\b" if WORD.match("".join(written[i + 1 :]).lstrip("( ")) else ""
            parts.append(f"{INSIDE}{{0,400}}" if i + 1 == len(written) else rf"{INSIDE}{{0,100}}?{boundary}")
        elif part == "[":
            parts.append(f"(?:{GAP}(?:")
        elif part == "]":
            parts.append("))?")
        elif part == "(":
            parts.append("(?:")
        elif part in (")", "|"):
            parts.append(part)
        elif part == "#":
            parts.append(r"\d{1,6}")
        elif part == ":":
            parts.append(r"[\s.)]{0,3}[:|]")
        elif part.endswith("*"):
            parts.append(re.escape(part[:-1]) + r"\w{0,24}")
        else:
            parts.append(re.escape(part))
    if WORD.match(written[-1]) or written[-1] in ("]", ")"):
        parts.append(r"(?!\w)")
    return "".join(parts) + (rf"\W{{0,{_BEHIND}}}$" if whole else "")
