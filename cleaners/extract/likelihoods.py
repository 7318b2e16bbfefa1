"""How likely each block of a page is body: by the page alone, and by what trafilatura and the rules chose on it.

By the page alone most articles are told without doubt. On the others trafilatura is asked, which takes half as long as
all the rest.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cached_property

import numpy as np

from cleaners.extract.block_classifier import ADD_THRESHOLD, CHOSEN_THRESHOLD, THRESHOLD, lists_of
from cleaners.extract.choice_features import Choice, choice_rows
from cleaners.extract.features import Clues, feature_rows
from cleaners.extract.page_layout import Array, PageLayout, page_layout
from cleaners.extract.tree_ensemble import alone_ensemble, body_ensemble, likelihoods
from cleaners.read.blocks import Blocks

__all__ = ["ALONE_SHARE", "MAX_DOUBT", "Likelihoods", "doubt", "is_body"]

MAX_DOUBT = 0.1
"""Words on the wrong side, as a share of the body's, up to which trafilatura is not asked; see `doubt`."""

MIN_SURE_WORDS = 60
"""Words of a body that may be sure by itself."""

ALONE_SHARE = 0.25
"""Weight of what the page alone says beside what is known with trafilatura's choice."""

LABEL_THRESHOLD = (CHOSEN_THRESHOLD + ADD_THRESHOLD) / 2
"""Likelihood from which a label is body where nothing chose before."""


def is_body(likely: Array, is_prose: Array) -> Array:
    """Which blocks are body by the page alone, shape (blocks,)."""
    body: Array = likely >= np.where(is_prose, THRESHOLD, LABEL_THRESHOLD)
    return body


def doubt(likely: Array, words: Array, is_prose: Array) -> float:
    """How many words the likelihoods leave on the wrong side, by their own account, as a share of the body's words.

    All are of shape (blocks,). Infinite where the body has under `MIN_SURE_WORDS`: a page of less is unlike most.
    """
    body = float(words[is_body(likely, is_prose)].sum())
    return float((words * np.minimum(likely, 1 - likely)).sum()) / body if body >= MIN_SURE_WORDS else math.inf


class Likelihoods:
    """How likely each block of a page is body, 0 to 1, shape (blocks,)."""

    def __init__(self, blocks: Blocks, clues: Clues) -> None:
        self._blocks = blocks
        self._clues = clues

    @cached_property
    def alone(self) -> Array:
        """By the page alone."""
        return likelihoods(self._log_odds)

    def beside(self, choice: Choice) -> Array:
        """By the page and what was chosen on it; what the page alone says has a share in it.

        Where that leaves nothing, the choice was of something else, and the page alone is believed.
        """
        if not self._blocks:
            return self.alone
        rows = np.hstack([self._rows, choice_rows(self._blocks, self._layout, choice)])
        likely = likelihoods(ALONE_SHARE * self._log_odds + (1 - ALONE_SHARE) * body_ensemble().log_odds(rows))
        return likely if is_body(likely, self._layout.is_prose).any() else self.alone

    @cached_property
    def body(self) -> set[int] | None:
        """The indices of the body by the page alone; None where that leaves doubts or would cut a list."""
        if not self._blocks:
            return None
        if doubt(self.alone, self._layout.words, self._layout.is_prose) > MAX_DOUBT:
            return None
        body = set(np.flatnonzero(is_body(self.alone, self._layout.is_prose)).tolist())
        return None if _cuts_a_list(self._blocks, body) else body

    @cached_property
    def _layout(self) -> PageLayout:
        return page_layout(self._blocks)

    @cached_property
    def _log_odds(self) -> Array:
        return alone_ensemble().log_odds(self._rows) if self._blocks else np.zeros(0)

    @cached_property
    def _rows(self) -> Array:
        return feature_rows(self._blocks, self._layout, self._clues)


def _cuts_a_list(blocks: Blocks, body: Collection[int]) -> bool:
    """Whether some items of a list are body and others are not: that is seldom so."""
    return any(0 < sum(i in body for i in items) < len(items) for items in lists_of(blocks))
