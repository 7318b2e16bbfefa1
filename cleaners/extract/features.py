"""The features of all blocks of a page, as arrays: the shape of each, its position, and what is around it.

What they are to the blocks that were chosen before is in `cleaners.extract.choice_features`. Nothing here depends on a
language or a site. Class names count by the kinds of `[block_class]` in the markup vocabulary, never as themselves, and
the training set holds each page without them too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from cleaners.extract.block_text import TAG_NUMBERS, TEXT_FEATURES, stated_shares, text_columns
from cleaners.extract.page_layout import LEVELS, Array, PageLayout, flags, sums
from cleaners.extract.subject import SUBJECT_FEATURES, subject_columns, subject_of
from cleaners.extract.surroundings import KINDS, dense_columns, upward_columns
from cleaners.read.blocks import Blocks

__all__ = ["FEATURES", "Clues", "feature_rows"]

_WINDOWS = (1, 3, 8)
"""Blocks before and after a block that are summed."""

FEATURES = (
    *TEXT_FEATURES,
    *("copies", "hidden", "depth", "teaser", "comments", "headline_share", "stated"),
    *("block", "words_above", "prose_above", "prose_below", "since_headline", "words_since_headline"),
    *(f"{what}_{side}{n}" for n in _WINDOWS for side in ("before", "after") for what in ("words", "link", "prose")),
    *(f"{what}_{n}" for n in range(LEVELS) for what in ("words", "link", "blocks", "prose", "share")),
    *("in_dense", "dense_score", "dense_above"),
    *("alike", "alike_words", "alike_link", "alike_prose"),
    *("section_words", "section_level", "section_link", "section_place", "section_prose"),
    *("page_prose", "page_blocks", "page_link", "page_stated", "page_dense"),
    *(f"up_{name}" for name in KINDS),
    *SUBJECT_FEATURES,
)
"""The columns of `feature_rows`."""

MAX_DISTANCE = 5_000
"""Words to the headline at most, also where there is none."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a page besides its blocks.

    `headline` is what `headline_block` says, `teasers` and `comments` are the indices of blocks that look like it,
    `stated` the text and `recipe` the ingredients and steps that the publisher states for machines, `title` and
    `summary` what the page's head says of it; these may be empty.
    """

    headline: tuple[int | None, Array]
    teasers: Collection[int] = frozenset()
    comments: Collection[int] = frozenset()
    stated: str = ""
    title: str = ""
    summary: str = ""
    recipe: Sequence[Sequence[str]] = ()


def feature_rows(blocks: Blocks, layout: PageLayout, clues: Clues) -> Array:
    """The features of every block, shape (blocks, features), in the order of `FEATURES`. Linear in the page."""
    n = len(blocks)
    count = layout.words
    indices = np.arange(n)
    own = text_columns(blocks, layout)
    link, commas = own[TEXT_FEATURES.index("link")], own[TEXT_FEATURES.index("commas")]
    prose = layout.is_prose.astype(float)
    texts = [" ".join(block.words) for block in blocks]
    teaser, comment = flags(n, clues.teasers), flags(n, clues.comments)
    headline, headline_share = clues.headline
    stated, page_stated = stated_shares(blocks, clues.stated)
    copies = Counter(texts)
    total = count.sum() or 1.0
    word_sums, link_sums, prose_sums = sums(count), sums(count * link), sums(count * prose)
    all_prose = prose_sums[-1]

    def over(start: Array, stop: Array) -> list[Array]:
        held = word_sums[stop] - word_sums[start]
        some = np.maximum(held, 1)
        return [
            held,
            (link_sums[stop] - link_sums[start]) / some,
            (stop - start).astype(float),
            (prose_sums[stop] - prose_sums[start]) / some,
            (prose_sums[stop] - prose_sums[start]) / max(all_prose, 1),
        ]

    columns = [
        *own,
        np.array([copies[text] for text in texts], dtype=float),
        np.array([b.hidden for b in blocks], dtype=float),
        np.array([len(b.path) for b in blocks], dtype=float),
        *(teaser, comment, headline_share, stated),
        *(indices / n, word_sums[:-1] / total, prose_sums[:-1] / max(all_prose, 1)),
        (all_prose - prose_sums[1:]) / max(all_prose, 1),
        np.clip(indices - headline, -200, 500) if headline is not None else np.full(n, -300.0),
        np.clip(word_sums[:-1] - word_sums[headline], -MAX_DISTANCE, MAX_DISTANCE)
        if headline is not None
        else np.full(n, -MAX_DISTANCE - 1.0),
    ]
    for size in _WINDOWS:
        before, after = np.maximum(indices - size, 0), np.minimum(indices + 1 + size, n)
        for start, stop in ((before, indices), (indices + 1, after)):
            held, linked, _, prose_share, _ = over(start, stop)
            columns += [held, linked, prose_share]
    for level in range(LEVELS):
        element = layout.up[:, level]
        columns += over(layout.start[element], layout.stop[element])
    dense, page_dense = dense_columns(layout, commas, link, prose)
    columns += dense
    columns.append(np.bincount(layout.alike)[layout.alike].astype(float))
    columns += [layout.mean_of_alike(values) for values in (count, link, prose)]
    columns += _sections(blocks, layout, over)
    page = (all_prose, n, link_sums[-1] / total, page_stated, page_dense)
    columns += [np.full(n, float(value)) for value in page]
    about = subject_columns(blocks, layout, subject_of(clues.title, clues.summary), clues.summary)
    return np.column_stack([*columns, upward_columns(blocks), *about])


def _sections(blocks: Blocks, layout: PageLayout, over: Callable[[Array, Array], list[Array]]) -> list[Array]:
    """From the heading above a block to the next one."""
    section = layout.section
    size = int(section.max()) + 1
    start = np.searchsorted(section, np.arange(size))
    stop = np.searchsorted(section, np.arange(size), side="right")
    held, link, _, prose, _ = over(start, stop)
    level = np.array([TAG_NUMBERS.get(blocks[i].tag, 0) if i < len(blocks) else 0 for i in start], dtype=float)
    level[level > 6] = 0
    place = np.arange(len(blocks)) - start[section]
    return [held[section], level[section], link[section], place.astype(float), prose[section]]
