"""One phrase of a phrase file as a pattern; the notation is explained in `cleaners.rules.phrase_files`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cleaners.document import Category
from cleaners.read.fold import fold

__all__ = ["WORD", "At", "Near", "Phrase"]

At = Literal["line", "start", "sentence", "opening", "onward", "words", "rest"]
Near = Literal["anywhere", "top", "end"]

GAP = r"[^\w.!?\n]{1,5}"
INSIDE = r"(?:[^.!?\n]|[.!?](?=\w))"
TOKEN = re.compile(r"\s+|\w+\*?|.", re.DOTALL)
WORD = re.compile(r"\w+")


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
        whole = self.at == "line" or (self.at == "start" and not self.is_open)
        return re.compile(_expression(self.expanded or self.text, whole=whole), re.DOTALL)

    @property
    def is_open(self) -> bool:
        """Whether the phrase ends in anything."""
        return self.text.endswith(" *")

    @property
    def first(self) -> str:
        """The letters of its first word, folded; nothing where it begins with a number."""
        word = WORD.match(fold(self.expanded or self.text))
        return word[0] if word else ""


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
    return "".join(parts) + (r"\W{0,6}$" if whole else "")
