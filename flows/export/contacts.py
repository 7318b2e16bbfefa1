"""E-mail addresses and phone numbers of a text, replaced by placeholders.

Phone numbers are found by the library phonenumbers, as valid numbers of any country where they begin with + and of
Ukraine where they begin with 0 or 380; so dates, sums, years, articles of a law and accounts stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phonenumbers import Leniency, PhoneNumberMatcher

if TYPE_CHECKING:
    from collections import Counter

__all__ = ["EMAIL", "PHONE", "mask_contacts"]

EMAIL, PHONE = "[EMAIL]", "[PHONE]"

_PART = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(
    rf"(?<![\w.%+-])[\w.%+-]{{1,64}}(?:@|\s?[\[(](?:at|ет|собака|равлик)[\])]\s?){_PART}(?:\.{_PART}){{0,8}}\.[^\W\d_]{{2,24}}",
    re.IGNORECASE,
)
_HINT = re.compile(r"\d(?:\W{0,4}\d){6}")
"""A number has seven digits at least: most paragraphs need no look by the library."""
_DIALLED = re.compile(r"\+|\(?\s?(?:0(?![.,]\d)|38\s?\(?0)")
"""Begins as a number is dialled; 0.671 and nine digits of a sum do not."""
_OLD_TRUNK = re.compile(r"(?<![\d+-])8[\s-]?(?=\(?0\d\d)")
"""The 8 of Soviet times, which the library does not know, before the code of a town."""
_LOCAL = re.compile(
    r"(?<!\w)(?:тел|телефони?|факс|моб|tel|phone|fax)\s?[.:]{1,2}\s{0,2}(\d{1,3}(?:-\d{2,3}){1,3})(?![\d-])",
    re.IGNORECASE,
)
"""Without the code of the town, after the word."""
_ACCOUNT = re.compile(r"(?:[A-Z]{2}\d{2}[\s\d]{0,6}|№\s?|\d[\s-]{0,2})$")
"""What stands before digits that are a part of something longer: an account, a numbered paper, a card."""
_SURROUNDING = 12


def mask_contacts(text: str, counts: Counter[str]) -> str:
    """The text with placeholders; `counts` gets how many of which were put."""
    if "@" in text or "[" in text or "(" in text:
        text, found = _EMAIL.subn(EMAIL, text)
        counts[EMAIL] += found
    return "\n".join(_mask_phones(line, counts) for line in text.split("\n"))


def _mask_phones(line: str, counts: Counter[str]) -> str:
    spans = [match.span(1) for match in _LOCAL.finditer(line)]
    if _HINT.search(line):
        trunks = {match.end(): match.start() for match in _OLD_TRUNK.finditer(line)}
        dialled = _OLD_TRUNK.sub(lambda match: " " * len(match[0]), line) if trunks else line
        spans += [
            (trunks.get(match.start, match.start), match.end)
            for match in PhoneNumberMatcher(dialled, "UA", leniency=Leniency.VALID, max_tries=len(line) + 1)
            if _DIALLED.match(match.raw_string) and not _is_part(dialled, match.start, match.end)
        ]
    parts, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            parts += [line[done:start], PHONE]
            done = end
            counts[PHONE] += 1
    return "".join(parts) + line[done:]


def _is_part(line: str, start: int, end: int) -> bool:
    before, after = line[max(0, start - _SURROUNDING) : start], line[end : end + 2]
    return bool(_ACCOUNT.search(before)) or bool(re.match(r"[\s-]?\d", after))
