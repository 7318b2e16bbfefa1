"""Words of a line: where they are, and the plain form in which the tables have them."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from cleaners.read.homoglyphs import repair_homoglyphs
from cleaners.vocabulary import markup

__all__ = [
    "PARTS",
    "WORD",
    "Script",
    "blank_neutral",
    "odd_letter",
    "plain",
    "script_of",
    "script_of_word",
    "with_letters_joined",
]

Script = Literal["Cyrl", "Latn", "Zyyy", "Zzzz"]
"""ISO 15924: Cyrillic, Latin, common to all, any other."""

# Inside a word: apostrophes of all kinds, stress and other combining marks (dozens of them in text made up to look
# broken), and what is not seen: soft hyphens, zero-width characters, marks of direction, variation selectors.
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
_JOINT = f"'\u2019\u02bc\u2018`\u00b4\u2032\u0300-\u036f{_UNSEEN}"
# Letters as ranges: a third faster than [^\W\d_] says the same. Those up to kana are looked up here, since there are
# hundreds of ranges; above, whole blocks are letters.
_RUNS = re.findall(r"[^\W\d_]+", "".join(map(chr, range(0x3400))))
_LETTER = "".join(f"{run[0]}-{run[-1]}" for run in _RUNS) + (
    "\u3400-\u4dbf\u4e00-\ua48c\ua4d0-\ua60c\ua640-\ua66e\ua680-\ua69d\ua722-\ua788\ua78b-\ua7ff\ua840-\ua873\uaa80-\uaaaf"
    "\uab30-\uab5a\uac00-\ud7fb\uf900-\ufb1d\ufb1f-\ufdfb\ufe70-\ufefc\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc"
    "\U00010000-\U0001cfff\U0001d400-\U0001d7cb\U00020000-\U0003ffff"
)
# Behind most words is a space: then nothing else need be looked for.
WORD = re.compile(
    rf"[{_LETTER}]++(?:(?= )|(?:(?:[{_JOINT}]{{1,40}}+|-\n)[{_LETTER}]++)*+[\u0300-\u036f\u00ad]{{0,40}}+)"
)
"""A word: letters with what may stand inside a word, a hyphen at the end of a line too. All other hyphens part words,
digits and underscores too."""
PARTS = re.compile(f"({WORD.pattern})")
"""Splits a text into the gaps before, between and after its words (even indexes) and the words (odd indexes)."""

odd_letter = re.compile("[^а-џґў]").search
"""Finds what keeps a word from being in plain form already: all but Cyrillic letters of Europe, lower case."""
_APART = re.compile(r"(?<!\w)[^\W\d_](?:[ \u00a0][^\W\d_](?!\w)){3,}")
"""Words whose letters stand apart, as in headings; more room than one space is between two words."""
_APOSTROPHES = re.compile("['\u2019\u02bc\u2018`\u00b4\u2032]+")
_INVISIBLE = re.compile(f"(?:[{_UNSEEN}]|-\n)+")
_STYLED = re.compile("[\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7cb]")
"""Ligatures, letters as wide as ideographs, and mathematical letters, with which people write in bold."""
_STRESS = re.compile("(?<=[аеєиіїоуюяыэёАЕЄИІЇОУЮЯЫЭЁ])[\u0300\u0301]+")
_MARKS = re.compile("[\u0300-\u036f]+")

# What has letters but no language: addresses, mark-up, entities, e-mails, handles, hashtags, file and domain names,
# each with a sign that most lines lack. The order matters: an e-mail is blanked before its domain is looked for.
_NEUTRAL = (
    ("://", re.compile('[Hh][Tt][Tt][Pp][Ss]?://[^\\s<>"«»“”]{1,2000}')),
    ("<", re.compile("</?[A-Za-z][^<>]{0,500}>")),
    ("&", re.compile(r"&\#?\w{1,10};")),
    ("@", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+){0,5}")),
    ("@", re.compile(r"(?<![\w@\#])@\w{1,100}")),
    ("#", re.compile(r"(?<![\w@\#])\#\w{1,100}")),
)
_ENDING, _CYRILLIC_ENDING = ("|".join(markup(f"languages.{kind}")) for kind in ("domain", "domain_cyrillic"))
_DOMAIN = re.compile(
    rf"""(?<![\w.-])(?:
        [Ww]{{3}}\.[^\s<>"«»“”]{{1,2000}}
      | (?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}+\.){{1,6}}
        (?:[A-Za-z]{{2}}|(?i:{_ENDING}))(?![\w-])(?:/[^\s<>"«»“”]{{0,2000}})?
      | (?:[А-яЄІЇҐєіїґЁё0-9][А-яЄІЇҐєіїґЁё0-9-]{{0,62}}+\.){{1,3}}(?:{_CYRILLIC_ENDING})(?![\w-])
    )""",
    re.VERBOSE,
)
_AT_DOMAIN = re.compile(rf"\.(?:[A-Za-z]{{2}}|{_CYRILLIC_ENDING})")


def blank_neutral(text: str) -> str:
    """Return `text` with addresses, tags, hashtags and their like replaced by spaces; the length stays."""
    for sign, pattern in _NEUTRAL:
        if sign in text:
            text = pattern.sub(_blanks, text)
    return _DOMAIN.sub(_blanks, text) if _AT_DOMAIN.search(text) else text


def _blanks(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def with_letters_joined(text: str) -> str:
    """Return `text` with "З А К Р И Т О" as one word; shorter than the text where there is any."""
    return _APART.sub(lambda match: match[0].replace(" ", "").replace("\u00a0", ""), text)


def script_of(letter: str) -> Script:
    """Return the script of one letter: Cyrillic, Latin, or any other."""
    if "\u0400" <= letter <= "\u052f":
        return "Cyrl"
    if letter < "\u0250" or "\u1e00" <= letter <= "\u1eff":
        return "Latn"
    return "Zzzz"


def script_of_word(form: str) -> Script:
    """Return the script of a word in plain form: of most letters, and an ideograph is worth two of an alphabet.

    So "Kindle書籍" is Japanese, and "Zα" still Latin.
    """
    if form.isascii():
        return "Latn"
    if not odd_letter(form):
        return "Cyrl"
    scripts = [script_of(letter) for letter in form]
    known = [script for script in scripts if script != "Zzzz"]
    others = sum(1 + (letter >= "\u1100") for letter, script in zip(form, scripts, strict=True) if script == "Zzzz")
    return known[0] if len(known) >= others else "Zzzz"


def plain(word: str) -> str:
    """Return the plain form of a word: lower case, composed, one kind of apostrophe, no stress, look-alikes fixed."""
    lower = word.lower()
    if word.isascii():
        return lower.replace("-\n", "")
    if not odd_letter(lower):
        return lower
    word = _INVISIBLE.sub("", word)
    if _STYLED.search(word):
        word = unicodedata.normalize("NFKC", word)
    if _MARKS.search(word):
        word = _MARKS.sub("", unicodedata.normalize("NFC", _STRESS.sub("", word)))
    return _APOSTROPHES.sub("'", repair_homoglyphs(word).lower())
