"""What the text of each block says by itself, and by the words it shares with the page's headline and stated text."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from cleaners.extract.page_layout import Array
from cleaners.read.blocks import Block, Blocks
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

_COMMAS, _STOPS = re.compile("[、，،]"), re.compile("[。！？](?!$)|[؟۔।] ")
"""Those of other scripts; behind Chinese and Japanese ones stands no space."""

_COMMON_WORDS = 40
"""Most frequent words of the page's paragraphs: mostly words without meaning of their own, in any language."""


def text_columns(blocks: Blocks) -> list[Array]:
    """The columns of the blocks' own text, in the order of `TEXT_FEATURES`."""
    standing: Counter[str] = Counter()
    for block in blocks:
        if len(block.words) >= 8 and block.link_share < 0.4:
            standing.update(
                list(dict.fromkeys(block.words))
            )  # in their order, so that ties are broken alike everywhere
    common = {word for word, times in standing.most_common(_COMMON_WORDS) if times > 1}
    rows = [_text_row(block, common) for block in blocks]
    return list(np.array(rows, dtype=float).T)


def _text_row(block: Block, common: set[str]) -> tuple[float, ...]:
    text = block.text
    n = len(block.words) or 1
    sample = text[:600]
    other = "" if text.isascii() else text  # only there may be marks of other scripts
    split = sample.split()
    return (
        TAG_NUMBERS.get(block.tag, 0),
        len(block.words),
        block.link_share,
        block.bold / len(text),
        ends_like_sentence(text),
        sum([word[0].isupper() for word in split]) / (len(split) or 1),
        _digits(sample) / len(sample),
        (text.count(",") + len(_COMMAS.findall(other))) / n,
        (text.count(". ") + text.count("? ") + text.count("! ") + len(_STOPS.findall(other))) / n,
        sum(map(sample.count, "|»•·/:©@#")) / n,
        len(text) / n,
        sum(map(common.__contains__, block.words)) / n,
    )


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
