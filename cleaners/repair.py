"""ftfy set up for Ukrainian, and what it leaves: invisible characters, odd spaces, cp1251 read as Latin-1."""

from __future__ import annotations

import re
from dataclasses import replace

import ftfy

from cleaners.document import Line
from cleaners.homoglyphs import mend_homoglyphs

__all__ = ["repair", "repair_text"]

CONFIG = ftfy.TextFixerConfig(
    unescape_html=False,  # the parser has done it; a page about HTML means its &lt;
    uncurl_quotes=False,  # it makes ASCII of the apostrophe in п’ятниця and of U+02BC
    fix_character_width=False,  # full-width punctuation is right in Chinese and Japanese
    normalization="NFC",  # й and ї of two characters become one
)

_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]")
_JOINERS = re.compile("(?<=[A-Za-zА-яІіЇїЄєҐґ])[\u200c\u200d]+(?=[A-Za-zА-яІіЇїЄєҐґ]|$)")
"""Zero-width joiners mean something in Persian, Hindi and emoji, and nothing between our letters."""
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SPACES = re.compile("[\t\n\r\x0b\x0c\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000 ]+")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")

_LATIN_AS_CYRILLIC = re.compile("[À-ÿ¸¨³²¿¯ºª´¥]")
_ASCII_LETTER = re.compile("[A-Za-z]")
_FREQUENT = re.compile("[оаніитевсрОАНІИТЕВСР]")


def repair(line: Line) -> Line:
    """The line with its text repaired; `original` keeps the text before, where it changed."""
    text = repair_text(line.text, preformatted=line.tag == "pre")
    return line if text == line.text else replace(line, text=text, original=line.original or line.text)


def repair_text(text: str, *, preformatted: bool = False) -> str:
    """Mojibake mended, invisible and control characters out, every run of white space one space, NFC.

    Letters, apostrophes, quotes and dashes stay as they are; text that needs no repair comes back unchanged, and
    repairing twice is repairing once. `preformatted` keeps runs of spaces (code).
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip() if not preformatted else text
    text = _from_latin(ftfy.fix_text(_visible(text), CONFIG))
    text = _visible(text)  # mojibake may hide a soft hyphen
    text = _ODD_SPACE.sub(" ", text).rstrip() if preformatted else _SPACES.sub(" ", text).strip()
    return mend_homoglyphs(text)


def _visible(text: str) -> str:
    text = _JOINERS.sub("", _INVISIBLE.sub("", text))
    return text if _RIGHT_TO_LEFT.search(text) else _DIRECTIONS.sub("", text)


def _from_latin(text: str) -> str:
    """Give "Президент" for "Ïðåçèäåíò": windows-1251 that something read as Latin-1, which ftfy does not know.

    Only where at least 8 letters, and nine of ten, are of the upper half of Latin-1 (no language writes so), and the
    outcome has the letters of a Slavic text.
    """
    upper = len(_LATIN_AS_CYRILLIC.findall(text))
    if upper < 8 or upper < 9 * len(_ASCII_LETTER.findall(text)):
        return text
    try:
        mended = text.encode("cp1252").decode("cp1251")
    except UnicodeError:
        return text
    return mended if len(_FREQUENT.findall(mended)) > 0.45 * upper else text
