"""ftfy configured for Ukrainian, and what it leaves: invisible characters, odd spaces, cp1251 read as Latin-1."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import ftfy
from ftfy.badness import is_bad
from ftfy.chardata import CONTROL_CHARS, LIGATURES

from cleaners.document import Line
from cleaners.read.combining_marks import limit_marks
from cleaners.read.homoglyphs import repair_homoglyphs
from cleaners.read.mojibake import reread

__all__ = ["repair", "repair_text"]

CONFIG = ftfy.TextFixerConfig(
    unescape_html=False,  # the parser has done it; a page about HTML means its &lt; literally
    uncurl_quotes=False,  # it turns the apostrophe of п’ятниця and U+02BC into ASCII
    fix_character_width=False,  # full-width punctuation is right in Chinese and Japanese
    normalization="NFC",  # й and ї of two characters become one
)

_INVISIBLE = re.compile("[\u00ad\u180e\u2060-\u2064\ufeff\ufff9-\ufffb]")
_ZERO_WIDTH_SPACE = re.compile(r"(?<=\w)(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b+(?=\w)")
"""U+200B is invisible and allows a line break. Thai, Lao, Burmese and Khmer separate words by it. Elsewhere editors
leave it behind: inside a word it makes two tokens of one and hides it from every search, and at the end of a line it
hides the full stop. Between words, beside a space or punctuation, it splits nothing and stays, as clean text is not
changed.
"""
_JOINERS = re.compile("(?<=[A-Za-zА-яІіЇїЄєҐґ])[\u200c\u200d]+(?=[A-Za-zА-яІіЇїЄєҐґ]|$)")
"""Zero-width joiners mean something in Persian, Hindi and emoji, and nothing between our letters."""
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SPACES = re.compile("[\t\n\r\x0b\x0c\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000 ]+")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")

_UNTIDY = re.compile(
    "[\t\n\r\x0b\x0c\u0085\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\ufff9-\ufffb]|  "
)
"""Whatever the patterns above change: one of their characters, or two spaces in a row."""

_OTHERS = "".join(map(chr, {*CONTROL_CHARS, *LIGATURES})) + "\n\r\u2028\u2029"
_TOUCHED = re.compile(f"[{re.escape(_OTHERS)}\x80-\x9f\ud800-\udfff]")
"""What ftfy repairs besides mojibake: controls, ligatures, line breaks, surrogates. Most lines have none of it."""

_QUOTES = "«»‘“”„"
_MAY_BE_MOJIBAKE = re.compile(f"[^\x00-\x7fЀЁЄІЇА-яёєії’–—…\u00a0{_QUOTES}]|[ВГРС][{_QUOTES}][ВГРС]")
_MAY_BE_ACCENTED_MOJIBAKE = re.compile(
    "[^\x00-\x7fßáâãäåæçèéêëìíîïðñăąāćčďđęěēėğģīķĺľłļņňńóôõöøùúûüőřśşšťűůźżžýÿ’–—…\u00a0]"
)
"""In other texts ftfy finds no mojibake: each of its patterns wants a character, or two, that these do not have."""

_ROUNDS = 8
"""Rounds for nested mojibake; the deepest met in development was two."""


def repair(line: Line) -> Line:
    """The line with its text repaired; `original` keeps the text before repair, where it changed."""
    text = repair_text(line.text, preformatted=line.tag == "pre")
    return line if text == line.text else replace(line, text=text, original=line.original or line.text)


def repair_text(text: str, *, preformatted: bool = False) -> str:
    """Repair mojibake, remove invisible and control characters, turn runs of white space into one space, apply NFC.

    Letters, apostrophes, quotes and dashes stay as they are; text that needs no repair comes back unchanged, and
    repairing twice is repairing once. `preformatted` keeps runs of spaces (code).
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip() if not preformatted else text
    text = _until_stable(limit_marks(text), preformatted)
    repaired = repair_homoglyphs(text)
    # If the text with letters replaced looks like mojibake ("»їb"), replacing them was wrong.
    return repaired if repaired == text or _until_stable(repaired, preformatted) == repaired else text


def _until_stable(text: str, preformatted: bool) -> str:
    """The text when no step changes it any more: each may uncover something for another.

    Mojibake goes first, as parts of its letters look like spaces and hyphens. Text that is never stable keeps it.
    """
    now = text
    for _ in range(_ROUNDS):
        before, now = now, _tidied(_encoded(now), preformatted)
        if now == before:
            return now
    return _tidied(text, preformatted)


def _encoded(text: str) -> str:
    text = reread(text)
    if unicodedata.is_normalized("NFC", text) and not _TOUCHED.search(text) and not is_mojibake(text):
        return text
    return ftfy.fix_text(text, CONFIG)


def is_mojibake(text: str) -> bool:
    """What ftfy says, which is asked only of texts that have the characters for it."""
    return bool(_MAY_BE_MOJIBAKE.search(text) and _MAY_BE_ACCENTED_MOJIBAKE.search(text) and is_bad(text))


def _tidied(text: str, preformatted: bool) -> str:
    """The text without invisible characters, and with plain spaces."""
    if not _UNTIDY.search(text):
        return text.rstrip() if preformatted else text.strip(" \u200b")
    text = _JOINERS.sub("", _ZERO_WIDTH_SPACE.sub("", _INVISIBLE.sub("", text)))
    if not _RIGHT_TO_LEFT.search(text):
        text = _DIRECTIONS.sub("", text)
    return _ODD_SPACE.sub(" ", text).rstrip() if preformatted else _SPACES.sub(" ", text).strip(" \u200b")
