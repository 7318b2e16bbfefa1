"""What the text of each block says by itself, and by the words it shares with the page's headline and stated text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

import numpy as np

from cleaners.extract.page_layout import Array, PageLayout
from cleaners.read.blocks import Blocks
from cleaners.read.running_text import ends_like_sentence
from cleaners.read.words import words

__all__ = ["TAG_NUMBERS", "TEXT_FEATURES", "headline_block", "stated_shares", "text_columns"]

TEXT_FEATURES = (
    *("level", "words", "link", "bold", "ends", "capitals", "digits", "commas", "stops", "marks", "letters", "common"),
)
"""The columns of `text_columns`. "common" is the share of words that most paragraphs of the page hold."""

TAG_NUMBERS = {tag: n for n, tag in enumerate("p h1 h2 h3 h4 h5 h6 li blockquote pre td figcaption".split())}  # noqa: SIM905

_UNUSUAL = re.compile("[^\x00-\x7f\u00c0-\u052f\u2010-\u203a]")
"""Without Latin and Cyrillic letters, quotation marks and dashes, among which are no digits."""

_COMMAS, _STOP_SIGNS, _STOPS = "、，،", "。！？؟۔।", re.compile("[。！？](?!$)|[؟۔।] ")
"""Those of other scripts; behind Chinese and Japanese ones stands no space."""

_NO_SIGNS = (0, 0, 0, 0)
_SAMPLE = 600
"""Characters of a text in which capitals, digits and marks are counted."""

_COMMON_WORDS = 40
"""Most frequent words of the page's paragraphs: mostly words without meaning of their own, in any language."""


def text_columns(blocks: Blocks, layout: PageLayout) -> list[Array]:
    """The columns of the blocks' own text, in the order of `TEXT_FEATURES`."""
    standing: Counter[str] = Counter()
    for block in blocks:
        if len(block.words) >= 8 and block.link_share < 0.4:
            standing.update(
                list(dict.fromkeys(block.words))
            )  # in their order, so that ties are broken alike everywhere
    common = {word for word, times in standing.most_common(_COMMON_WORDS) if times > 1}
    texts = [block.text for block in blocks]
    n = np.maximum(layout.words, 1)
    length = np.array(list(map(len, texts)), float)
    digits, commas, stops, marks = np.array([_signs(text) for text in texts], float).T
    return [
        np.array([TAG_NUMBERS.get(block.tag, 0) for block in blocks], float),
        layout.words,
        np.array([block.link_share for block in blocks]),
        np.array([block.bold for block in blocks], float) / length,
        np.array(list(map(ends_like_sentence, texts)), float),
        np.array([_capitals(text[:_SAMPLE].split()) for text in texts]),
        digits / np.minimum(length, _SAMPLE),
        commas / n,
        stops / n,
        marks / n,
        length / n,
        layout.count(common.__contains__) / n,
    ]


def _capitals(these: Sequence[str]) -> float:
    """The share of these words, as they are written, that begin with a capital."""
    return sum(map(str.isupper, map(itemgetter(0), these))) / (len(these) or 1)


def _signs(text: str) -> tuple[int, int, int, int]:
    """How many digits, commas, full stops inside of it, and other marks a text has; most labels have none at all."""
    if text.replace(" ", "").isalpha():
        return _NO_SIGNS
    sample = text[:_SAMPLE]
    commas, stops = text.count(","), text.count(". ") + text.count("? ") + text.count("! ")
    if not text.isascii():  # only there may be marks of other scripts
        commas += sum(map(text.count, _COMMAS))
        stops += len(_STOPS.findall(text)) if any(map(text.__contains__, _STOP_SIGNS)) else 0
    return _digits(sample), commas, stops, sum(map(sample.count, "|»•·/:©@#"))


def _digits(text: str) -> int:
    """The number of characters that are digits; letters of the usual scripts are not asked one by one."""
    payload = text.encode("ascii", "ignore")
    ascii_digits = len(payload) - len(payload.translate(None, b"0123456789"))
    return ascii_digits if text.isascii() else ascii_digits + sum(map(str.isdigit, _UNUSUAL.findall(text)))


def headline_block(blocks: Blocks, headline: str) -> tuple[int | None, Array]:
    """The index of the block that is the page's headline, else of the last h1; each block's share of its words."""
    wanted = set(words(headline))
    share = np.zeros(len(blocks))
    best: tuple[float, int] | None = None
    for i, block in enumerate(blocks):
        if len(block.words) > 40 or wanted.isdisjoint(block.words):
            continue
        own = set(block.words)
        shared = len(own & wanted)
        share[i] = shared / len(own)
        alike = 2 * shared / (len(own) + len(wanted)) + 0.2 * (block.tag == "h1")
        if alike >= 0.6 and (best is None or alike > best[0]) and not block.hidden:
            best = alike, i
    if best is not None:
        return best[1], share
    return max((i for i, block in enumerate(blocks) if block.tag == "h1"), default=None), share


def stated_shares(blocks: Blocks, stated: str) -> tuple[Array, float]:
    """The share of each block's word triples that are in the stated text (-1: none is stated), and of its own found."""
    wanted = words(stated)
    if len(wanted) < 30:
        return np.full(len(blocks), -1.0), -1.0
    triples = set(zip(wanted, wanted[1:], wanted[2:], strict=False))
    shares = []
    seen = set()
    for block in blocks:
        own = list(zip(block.words, block.words[1:], block.words[2:], strict=False)) if len(block.words) > 2 else []
        there = [t for t in own if t in triples]
        seen.update(there)
        shares.append(len(there) / len(own) if own else 0.0)
    return np.array(shares), len(seen) / len(triples)
