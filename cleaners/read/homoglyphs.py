"""Letters that look alike: a Latin i inside a Cyrillic word or a Cyrillic с inside a Latin one, put right on evidence.

Typing and optical recognition leave such words behind, which no search finds and every tokenizer splits. A word is
changed only where its other letters leave no doubt of its script: `IT-компанія`, `Wi-Fi`, `5G`,
`SMSка` and `ХIХ` stay as they are.
"""

from __future__ import annotations

import re

__all__ = ["repair_homoglyphs"]

_TO_CYRILLIC = str.maketrans("aceiopxyïABCEHIKMOPTXYÏ", "асеіорхуїАВСЕНІКМОРТХУЇ")
_TO_LATIN = str.maketrans("асеіорхуїѕјАВСЕНІКМОРТХУЇЅЈ", "aceiopxyïsjABCEHIKMOPTXYÏSJ")
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_CYRILLIC = "\u0400-\u052f"
# A run of letters of both scripts; each part of a hyphenated word is its own run. The lookbehind lets a match begin
# only where the run does: else a megabyte of letters would be scanned once for each of them.
_MIXED = re.compile(
    f"(?<![{_LATIN}{_CYRILLIC}])(?:[{_LATIN}]+[{_CYRILLIC}]|[{_CYRILLIC}]+[{_LATIN}])[{_LATIN}{_CYRILLIC}]*"
)
_PURE_LATIN = re.compile(f"[{_LATIN}]+")
_PURE_CYRILLIC = re.compile(f"[{_CYRILLIC}]+")
# The conjunction "і" typed on a Latin keyboard: alone between two lower-case Cyrillic words.
_LONE_I = re.compile("(?<=[\u0430-\u045f] )i(?= [\u0430-\u045f])")


def repair_homoglyphs(text: str) -> str:
    """`text` with look-alike letters put back into the script of their word; the length never changes.

    A mixed word becomes Cyrillic if each of its Latin letters has a Cyrillic look-alike and one of its Cyrillic
    letters has no Latin look-alike, and vice versa. Where both or neither hold, nothing is proven and the word
    stays.
    """
    if text.isascii():
        return text
    return _LONE_I.sub("і", _MIXED.sub(_repaired, text))


def _repaired(match: re.Match[str]) -> str:
    word = match[0]
    if word[0].islower() and word[1].isupper():  # a brand with its prefix: eЧерга, iКафе
        return word
    cyrillic = word.translate(_TO_CYRILLIC)
    latin = word.translate(_TO_LATIN)
    all_cyrillic = _PURE_CYRILLIC.fullmatch(cyrillic) is not None
    all_latin = _PURE_LATIN.fullmatch(latin) is not None
    if all_cyrillic == all_latin:
        return word
    return cyrillic if all_cyrillic else latin
