"""The features of all blocks of a page, as arrays: the shape of each, its position, and what is around it.

Nothing here depends on a language or a site. Class names count by the kinds of `[block_class]` in the markup
vocabulary, never as themselves, and the training set holds each page without them too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement

from cleaners.extract.block_text import TAG_NUMBERS, TEXT_FEATURES, headline_block, stated_shares, text_columns
from cleaners.extract.page_layout import LEVELS, Array, PageLayout, gaps, sums
from cleaners.extract.subject import SUBJECT_FEATURES, subject_columns, subject_of
from cleaners.extract.surroundings import KINDS, common_columns, dense_columns, upward_columns
from cleaners.read.blocks import Blocks

__all__ = ["FEATURES", "Clues", "feature_rows"]

_WINDOWS = (1, 3, 8)
"""Blocks before and after a block that are summed."""

FEATURES = (
    *TEXT_FEATURES,
    *("copies", "hidden", "depth", "found", "chosen", "teaser", "comments", "headline_share", "stated"),
    *("block", "words_above", "prose_above", "prose_below", "since_headline", "words_since_headline", "from_found"),
    *("until_found", "since_prose", "until_prose"),
    *(f"{what}_{side}{n}" for n in _WINDOWS for side in ("before", "after") for what in ("words", "link", "prose")),
    *(f"{what}_{n}" for n in range(LEVELS) for what in ("words", "link", "blocks", "found", "prose", "share")),
    *("in_dense", "dense_score", "dense_above", "common_above", "common_below", "common_words", "common_found"),
    *("alike", "alike_words", "alike_link", "alike_found", "alike_prose"),
    *("section_words", "section_level", "section_link", "section_place", "section_prose"),
    *("page_found", "page_found_words", "page_prose", "page_blocks", "page_link", "page_stated", "page_dense"),
    *(f"up_{name}" for name in KINDS),
    *SUBJECT_FEATURES,
)
"""The columns of `feature_rows`. "found" is trafilatura's choice, "chosen" that choice after the rules."""

MAX_DISTANCE = 5_000
"""Words to the nearest prose at most, also where there is none."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a page besides its blocks.

    `found` are the indices that trafilatura chose, `chosen` those after the rules, `teasers` and `comments` those that
    look like it; `container` is the element around the chosen ones. `headline` is what `headline_block` says,
    `stated` the text that the publisher states for machines, `title` and `summary` what the page's head says of it;
    these may be empty.
    """

    found: Collection[int]
    chosen: Collection[int]
    container: HtmlElement | None = None
    teasers: Collection[int] = frozenset()
    comments: Collection[int] = frozenset()
    headline: tuple[int | None, Array] | None = None
    stated: str = ""
    title: str = ""
    summary: str = ""


def feature_rows(blocks: Blocks, layout: PageLayout, clues: Clues) -> Array:
    """The features of every block, shape (blocks, features), in the order of `FEATURES`. Linear in the page."""
    n = len(blocks)
    count = layout.words
    indices = np.arange(n)
    own = text_columns(blocks)
    link, commas = own[TEXT_FEATURES.index("link")], own[TEXT_FEATURES.index("commas")]
    prose = np.array([block.is_prose for block in blocks], dtype=float)
    texts = [" ".join(block.words) for block in blocks]
    found, chosen, teaser, comment = (
        _flags(n, some) for some in (clues.found, clues.chosen, clues.teasers, clues.comments)
    )
    headline, headline_share = clues.headline or headline_block(blocks, "")
    stated, page_stated = stated_shares(blocks, clues.stated)
    copies = Counter(texts)
    total = count.sum() or 1.0
    word_sums, link_sums, found_sums = sums(count), sums(count * link), sums(count * found)
    prose_sums = sums(count * prose)
    all_prose = prose_sums[-1]

    def over(start: Array, stop: Array) -> list[Array]:
        held = word_sums[stop] - word_sums[start]
        some = np.maximum(held, 1)
        return [
            held,
            (link_sums[stop] - link_sums[start]) / some,
            (stop - start).astype(float),
            (found_sums[stop] - found_sums[start]) / some,
            (prose_sums[stop] - prose_sums[start]) / some,
            (prose_sums[stop] - prose_sums[start]) / max(all_prose, 1),
        ]

    at_found = np.flatnonzero(found)
    first, last = (at_found[0], at_found[-1]) if len(at_found) else (0, n - 1)
    columns = [
        *own,
        np.array([copies[text] for text in texts], dtype=float),
        np.array([b.hidden for b in blocks], dtype=float),
        np.array([len(b.path) for b in blocks], dtype=float),
        *(found, chosen, teaser, comment, headline_share, stated),
        *(indices / n, word_sums[:-1] / total, prose_sums[:-1] / max(all_prose, 1)),
        (all_prose - prose_sums[1:]) / max(all_prose, 1),
        np.clip(indices - headline, -200, 500) if headline is not None else np.full(n, -300.0),
        np.clip(word_sums[:-1] - word_sums[headline], -MAX_DISTANCE, MAX_DISTANCE)
        if headline is not None
        else np.full(n, -MAX_DISTANCE - 1.0),
        *(np.clip(indices - first, -300, 300), np.clip(last - indices, -300, 300)),
        *gaps(word_sums, found * prose > 0, MAX_DISTANCE, MAX_DISTANCE),
    ]
    for size in _WINDOWS:
        before, after = np.maximum(indices - size, 0), np.minimum(indices + 1 + size, n)
        for start, stop in ((before, indices), (indices + 1, after)):
            held, linked, _, _, prose_share, _ = over(start, stop)
            columns += [held, linked, prose_share]
    for level in range(LEVELS):
        element = layout.up[:, level]
        columns += over(layout.start[element], layout.stop[element])
    dense, page_dense = dense_columns(layout, commas, link, prose)
    columns += dense
    columns += common_columns(blocks, clues.container, word_sums / total, found_sums / max(found_sums[-1], 1))
    groups = int(layout.alike.max()) + 1
    sizes = np.bincount(layout.alike, minlength=groups)
    columns.append(sizes[layout.alike].astype(float))
    for values in (count, link, found, prose):
        columns.append((np.bincount(layout.alike, values, groups) / sizes)[layout.alike])
    columns += _sections(blocks, layout, over)
    page = (found_sums[-1] / total, found_sums[-1], all_prose, n, link_sums[-1] / total, page_stated, page_dense)
    columns += [np.full(n, float(value)) for value in page]
    subject = subject_of(clues.title, clues.summary)
    about = subject_columns(blocks, subject, clues.summary, count, found * prose > 0)
    return np.column_stack([*columns, upward_columns(blocks), *about])


def _flags(n: int, indices: Collection[int]) -> Array:
    flags = np.zeros(n)
    flags[list(indices)] = 1.0
    return flags


def _sections(blocks: Blocks, layout: PageLayout, over: Callable[[Array, Array], list[Array]]) -> list[Array]:
    """From the heading above a block to the next one."""
    section = layout.section
    size = int(section.max()) + 1
    start = np.searchsorted(section, np.arange(size))
    stop = np.searchsorted(section, np.arange(size), side="right")
    held, link, _, _, prose, _ = over(start, stop)
    level = np.array([TAG_NUMBERS.get(blocks[i].tag, 0) if i < len(blocks) else 0 for i in start], dtype=float)
    level[level > 6] = 0
    place = np.arange(len(blocks)) - start[section]
    return [held[section], level[section], link[section], place.astype(float), prose[section]]
