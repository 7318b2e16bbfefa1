"""A text as a row of numbers, one a word, which case, apostrophes and accents do not change.

The two lowest bits of a number say what kind of word it is: `WORD`, `NAME` (a capital letter inside a sentence) or
`NUMBER`. The next six say how it sounds at its beginning, as in Soundex, across Latin and Cyrillic: a name in another
spelling or language mostly keeps that. The rest is a hash of the folded word.
"""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]

WORD, NAME, NUMBER = 0, 1, 2
SHORT = 60
"""In a text of fewer words the capital letter of a sentence may be all that tells its names: it counts there, too."""
_KIND = 3

# Apostrophes inside a word and soft hyphens are written, left out and mixed at will; accents mark stress.
# The one class at its head lets the engine pass by all other letters quickly.
_IGNORED = re.compile(
    "['’ʼ‘`´′\u00ad\u0300\u0301\u200b\u2060\ufeff](?:(?<=[\u00ad\u0300\u0301\u200b\u2060\ufeff])|(?<=\\w.)(?=\\w))"
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,:]\d+)*|[.!?…:\n]")
_ENDS = frozenset(".!?…:\n")
_END = 1 << 32
"""Stands for the end of a sentence among the numbers of words."""
_SAME_LETTER = str.maketrans({"ґ": "г", "ё": "е"})
_SOUNDS = {
    letter: number
    for number, letters in enumerate(
        ("", "bfpvwбвпф", "csxzjжзсцчшщ", "dtдт", "lлł", "mnмн", "rр", "gkqhгкх")  # vowels are 0
    )
    for letter in letters
}
_MOST_KNOWN = 500_000


def to_words(text: str) -> Words:
    """The words of a text in order; punctuation is gone."""
    tokens = _TOKEN.findall(_IGNORED.sub("", unicodedata.normalize("NFC", text)))
    known: list[int | None] = [*map(_KNOWN.get, tokens)]
    if None in known:
        known = [_number(token) if number is None else number for number, token in zip(known, tokens, strict=True)]
    numbers = np.array(known, np.int64)
    is_word = numbers != _END
    words: Words = numbers[is_word].astype(np.uint32)
    if len(words) >= SHORT:
        first = np.ones(len(numbers), bool)
        first[1:] = ~is_word[:-1]
        first = first[is_word] & (words & np.uint32(_KIND) == NAME)
        words[first] &= np.uint32(~_KIND & 0xFFFFFFFF)
    return words


_KNOWN: dict[str, int] = {}


def _number(token: str) -> int:
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    number = _KNOWN[token] = _END if token in _ENDS else _make_number(token)
    return number


def _make_number(token: str) -> int:
    if token[0].isdigit():
        folded, kind = re.sub("[.,:]", "", token), NUMBER
    else:
        folded, kind = token.lower().translate(_SAME_LETTER), NAME if token[0].isupper() else WORD
    return (crc32(folded.encode("utf-8", "surrogatepass")) << 8 | _sound(folded) << 2 | kind) & 0xFFFFFFFF


def _sound(word: str) -> int:
    return _SOUNDS.get(word[0], 0) << 3 | next((_SOUNDS[c] for c in word[1:] if c in _SOUNDS), 0)


def word_number(word: str) -> int:
    """The number of a folded word without its kind, as `words >> 2` has it."""
    return _number(word) >> 2


def sounds(words: Words) -> Words:
    """How each word sounds at its beginning."""
    return words >> np.uint32(2) & np.uint32(63)


def kinds(words: Words) -> npt.NDArray[np.uint8]:
    """What kind each word is."""
    return (words & _KIND).astype(np.uint8)


def mix(numbers: npt.NDArray[np.unsignedinteger]) -> Hashes:
    """Numbers spread over 64 bits (the finalizer of splitmix64)."""
    x = numbers.astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def shingles(words: Words, length: int) -> Hashes:
    """A hash of every run of so many words, in order; of all words where there are fewer."""
    if not len(words):
        return np.zeros(0, np.uint64)
    each = mix(words >> np.uint32(2))
    length = min(length, len(words))
    total = np.zeros(len(words) - length + 1, np.uint64)
    for place in range(length):
        total = total * np.uint64(0x9E3779B97F4A7C15) + each[place : place + len(total)]
    return mix(total)


def distinct(hashes: Hashes) -> Hashes:
    """The hashes, rising, each once: as np.unique, which takes twenty times as long."""
    rising = np.sort(hashes)
    first = np.ones(len(rising), bool)
    first[1:] = rising[1:] != rising[:-1]
    return rising[first]
