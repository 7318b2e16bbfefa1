"""Cyrillic text that was read in a wrong encoding and kept so: "оПХБЕР", "ðÒÉ×ÅÔ", "╧ЁштхЄ" for "Привет".

ftfy repairs UTF-8 that was read as Windows encodings. Here are the single-byte Cyrillic encodings taken for each other
or for Latin-1, and UTF-8 taken for those of them that ftfy does not know.
"""

from __future__ import annotations

import re

from cleaners.read.likelihood import MIN_LEAD, MIN_LIKELIHOOD, likelihood

__all__ = ["is_misread", "reread"]

_READ_AS = ("cp1251", "koi8-r", "koi8-u", "cp866", "cp1252", "latin-1", "iso8859-5")
_WRITTEN_IN = ("utf-8", "cp1251", "koi8-u", "cp866", "iso8859-5")
_FEWEST, _KINDS = 12, 6
"""Letters, and different ones, below which chance could make words of anything."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII_LETTER = re.compile("[A-Za-z]")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_SPLIT_LETTER = {"koi8-r": (b"\xd0 ", b"\xd0\x9a"), "koi8-u": (b"\xd0 ", b"\xd0\x9a")}
"""A letter of UTF-8 whose second byte the encoding reads as a no-break space, which pages turn into a plain one."""
_SIGNS = "[\u2500-\u259f√≈≤≥⌠⌡∙÷¤¦§©®¬±¶]"
_SIGN = re.compile(_SIGNS)
_MISREAD = re.compile(rf"[^\W\d_]{_SIGNS}{{1,3}}[^\W\d_]")
"""Signs inside words: encodings were mixed up."""


def reread(text: str) -> str:
    """The text as it was written, where it was read in a wrong encoding as a whole or in sentences; else the same."""
    if text.isascii() or not _is_dense(text) or _is_fine(text):
        return text
    whole = _reread(text)
    if whole is not None:
        return whole
    parts = _SENTENCE.split(text)
    return text if len(parts) == 1 else " ".join(part if _is_fine(part) else _reread(part) or part for part in parts)


def is_misread(text: str) -> bool:
    """Whether the text looks as if it had been read in a wrong encoding, and was not repaired."""
    return bool(_SIGN.search(text)) and len(_MISREAD.findall(text)) > 2 and not _is_fine(text)


def _is_dense(text: str) -> bool:
    """Whether the words that are not ASCII have no ASCII letters, as all Latin scripts have, and are many."""
    if 4 * (len(text) - len(text.encode("ascii", "ignore"))) < len(text):
        return False
    words = "".join(word for word in text.split() if not word.isascii())
    signs = _letters(words).replace(" ", "")
    if len(set(signs)) < _FEWEST and not any(map(str.isalpha, signs)):  # a frame drawn of signs
        return False
    beyond = len(signs)
    return beyond >= 9 * len(_ASCII_LETTER.findall(words)) and 4 * beyond >= len(text)


def _is_fine(text: str) -> bool:
    return likelihood(_letters(text)) > MIN_LIKELIHOOD


def _is_text(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= _FEWEST and len(set(letters)) >= _KINDS


def _letters(text: str) -> str:
    return " ".join(_BEYOND_ASCII.findall(text))


def _reread(text: str) -> str | None:
    """The likeliest other reading, if one is likely."""
    least = max(MIN_LIKELIHOOD, likelihood(_letters(text)) + MIN_LEAD)
    best, found = least, None
    for read_as in _READ_AS:
        for written_in in _WRITTEN_IN:
            if written_in != read_as and (other := _other(text, read_as, written_in)) is not None:
                score = likelihood(_letters(other))
                if score > best and _is_text(other):
                    best, found = score, other
    return found


def _other(text: str, read_as: str, written_in: str) -> str | None:
    try:
        payload = text.encode(read_as)
        if written_in == "utf-8" and read_as in _SPLIT_LETTER:
            payload = payload.replace(*_SPLIT_LETTER[read_as])
        return payload.decode(written_in)
    except UnicodeError:
        return None
