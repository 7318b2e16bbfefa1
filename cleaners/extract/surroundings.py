"""What is around each block: the densest element of the page, the one around the choice, names and tags upwards."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from lxml.html import HtmlElement

from cleaners.extract.page_layout import Array, PageLayout
from cleaners.read.blocks import Blocks
from cleaners.vocabulary import markup

__all__ = ["KINDS", "common_columns", "dense_columns", "upward_columns"]

_NAMES = ("body", "comment", "beside", "related", "promo", "meta", "menu", "lead", "caption")
"""What class names and ids say, by the tables of `[block_class]` in the markup vocabulary."""
_TAGS = ("article", "main", "aside", "nav", "footer", "header", "form", "figure", "td", "li", "blockquote", "section")
KINDS = (*_NAMES, *_TAGS)
"""The columns of `upward_columns`."""

_COLUMNS = {name: k for k, name in enumerate(KINDS)}
_FAR = 15
"""Levels up to a tag or class name at most, also where there is none."""
_ONE_UP = bytes(min(level + 1, _FAR) for level in range(256))
_MAX_NAME = 200
"""Characters of class and id that are looked at."""


def _split(word: str) -> tuple[str, str]:
    """The first letter of an entry, and what is behind it, with a group at its end."""
    bare = word.removeprefix(r"\b")
    return bare[0], (rf"(?<=\b{bare[0]})" if bare != word else "") + bare[1:] + "()"


# By first letters, so that most entries are passed over together: at one place only those of one letter fit.
_ENTRIES = sorted(
    ((*_split(word), _COLUMNS[kind]) for kind in _NAMES for word in markup(f"block_class.{kind}")),
    key=itemgetter(0),
)
_COLUMN_OF = (0, *(column for _, _, column in _ENTRIES))
_NAMED = re.compile(
    "|".join(
        f"{letter}(?:{'|'.join(rest for _, rest, _ in entries)})"
        for letter, entries in groupby(_ENTRIES, key=itemgetter(0))
    )
)


def dense_columns(layout: PageLayout, commas: Array, link: Array, prose: Array) -> tuple[list[Array], float]:
    """Whether a block is in the densest element, as readability.js ranks them; the scores of those around it."""
    score = prose * (1 + commas * layout.words + np.minimum(layout.words / 20, 3)) * (1 - link)
    scores = np.zeros(len(layout.start))
    for level, part in ((1, 1.0), (2, 0.5), (3, 0.25)):
        np.add.at(scores, layout.up[:, level], score * part)
    top = int(scores.argmax())
    inside = np.zeros(len(prose))
    inside[layout.start[top] : layout.stop[top]] = 1
    most = max(float(scores[top]), 1e-9)
    share = float((score * inside).sum() / max(score.sum(), 1e-9))
    return [inside, scores[layout.up[:, 1]] / most, scores[layout.up[:, 2]] / most], share


def common_columns(
    blocks: Blocks, container: HtmlElement | None, word_shares: Array, found_shares: Array
) -> list[Array]:
    """How far each block is from the element around the choice, and what the nearest element around both holds."""
    holders = () if container is None else (*reversed(list(container.iterancestors())), container)
    on_path = {element: depth for depth, element in enumerate(holders)}
    known: dict[HtmlElement, tuple[int, int, int, int]] = {}
    for block in blocks:
        if block.path[-1] not in known:
            path = block.path
            below = next((k for k, element in enumerate(reversed(path)) if element in on_path), len(path) - 1)
            common = path[-1 - below]
            above = len(holders) - 1 - on_path.get(common, len(holders) - 1)
            span = blocks.spans[common]
            known[path[-1]] = above, below, span.start, span.stop
    above_it, below_it, start, stop = np.array([known[block.path[-1]] for block in blocks]).T
    return [
        above_it.astype(float),
        below_it.astype(float),
        word_shares[stop] - word_shares[start],
        found_shares[stop] - found_shares[start],
    ]


def upward_columns(blocks: Blocks) -> Array:
    """Levels up from each block to the nearest element of each kind of class name, and of each tag."""
    known: dict[HtmlElement, bytes] = {}
    rows = []
    far = bytes([_FAR]) * len(KINDS)
    for block in blocks:
        path = block.path
        at = len(path) - 1  # of the nearest element that is known
        while at and path[at] not in known:
            at -= 1
        above = known[path[at]] if at else far
        for element, name in zip(path[at + 1 :], block.names[at + 1 :], strict=True):
            levels = bytearray(above.translate(_ONE_UP))
            tag = _COLUMNS.get("td" if element.tag == "th" else element.tag)
            if tag is not None:
                levels[tag] = 0
            for part in name[:_MAX_NAME].split():
                for k in _named(part):
                    levels[k] = 0
            known[element] = above = bytes(levels)
        rows.append(above)
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), len(KINDS)).astype(float)


@lru_cache(maxsize=16_384)
def _named(name: str) -> tuple[int, ...]:
    """The columns of what one name says; cached, as pages share their names."""
    return tuple({_COLUMN_OF[found.lastindex or 0] for found in _NAMED.finditer(name)})
