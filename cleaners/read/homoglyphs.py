"""Letters that look alike: a Latin i inside a Cyrillic word or a Cyrillic с inside a Latin one, put right on evidence.

Typing and optical recognition leave such words behind, which no search finds and every tokenizer splits. A word is
changed only where its other letters leave no doubt of its script: `IT-компанія`, `Wi-Fi`, `5G`,
`SMSка` and `ХIХ` stay as they are. A word of one letter is changed where it can only be a conjunction or a preposition:
`приїхав, i ми`, and not `вітамін C`, `точка a`, `I місце`.
"""

from __future__ import annotations

import re

from cleaners.vocabulary import alternatives

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
_A_LATIN, _A_CYRILLIC = re.compile(f"[{_LATIN}]"), re.compile(f"[{_CYRILLIC}]")
_PURE_LATIN = re.compile(f"[{_LATIN}]+")
_PURE_CYRILLIC = re.compile(f"[{_CYRILLIC}]+")
_LONE = re.compile(rf"(?<![^\s«„“\"(])[aciyoACIYO](?=\s[«„“\"(]?(?P<next>[{_CYRILLIC}]+))")
"""A look-alike that is a word, before a Cyrillic one."""
_WORD_BEFORE = re.compile(
    rf"(?P<word>[{_CYRILLIC}][{_CYRILLIC}'’ʼ-]{{0,40}})[»”\")]{{0,2}}(?P<pause>[,;:]?(?:\s[—–-])?)\s[«„“\"(]?$"
)
_SENTENCE_BEFORE = re.compile(r"(?:^|[.!?…][»”\")]?\s)(?:[—–-]\s)?[«„“\"(]?$")
_NEAR = 50
"""Characters before a lone letter that tell what it is."""
_NAMED_BY_LETTER = re.compile(rf"(?:{alternatives('lone_letter.named')})[{_CYRILLIC}]*", re.IGNORECASE)
_COUNTED = re.compile(rf"(?:{alternatives('lone_letter.counted')})[{_CYRILLIC}]*", re.IGNORECASE)
_FORMULA = re.compile(r"[=+×÷^√≤≥<>∠]|(?<![^\s(,])[BD-HJ-NP-XZbd-hj-np-xz](?![^\s),.;:])")
"""A sign of mathematics, or a letter alone that looks like no Cyrillic word: the others are quantities, too."""


def repair_homoglyphs(text: str) -> str:
    """`text` with look-alike letters put back into the script of their word; the length never changes.

    A mixed word becomes Cyrillic if each of its Latin letters has a Cyrillic look-alike and one of its Cyrillic
    letters has no Latin look-alike, and vice versa. Where both or neither hold, nothing is proven and the word
    stays. A letter alone becomes Cyrillic between Cyrillic words, a capital one only where a sentence begins.
    """
    if text.isascii() or not (_A_LATIN.search(text) and _A_CYRILLIC.search(text)):
        return text
    return _LONE.sub(_repaired_alone, _MIXED.sub(_repaired, text))


def _repaired_alone(match: re.Match[str]) -> str:
    letter, text = match[0], match.string
    before = text[max(0, match.start() - _NEAR) : match.start()]
    word = _WORD_BEFORE.search(before)
    begins = _SENTENCE_BEFORE.search(before) is not None
    if letter.isupper():
        right = begins and match["next"].islower() and not _COUNTED.fullmatch(match["next"])
    elif word:
        # "and", "in" and "of" follow anything; "but" follows a pause.
        right = not _NAMED_BY_LETTER.fullmatch(word["word"]) and (letter != "a" or bool(word["pause"]))
    else:
        right = begins
    if not right or _FORMULA.search(text):
        return letter
    return letter.translate(_TO_CYRILLIC)


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
