"""Trees of feature, threshold, low and high."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.extract.choice_features import CHOICE_FEATURES
from cleaners.extract.features import FEATURES
from cleaners.extract.tree_ensemble import MAX_LEAVES, TreeEnsemble, body_ensemble

COLUMNS = (*FEATURES, *CHOICE_FEATURES)
TREES = [[0, 2.0, 1.0, -1.0], [1, 0.5, [0, 0.0, 0.5, 2.0], 0.0], 0.25]


def by_hand(tree: object, row: list[float]) -> float:
    while isinstance(tree, list):
        tree = tree[2] if row[tree[0]] <= tree[1] else tree[3]
    assert isinstance(tree, float)
    return tree


@pytest.mark.parametrize("row", [[2.0, 0.0], [3.0, 1.0], [-1.0, 0.5], [0.0, 9.0]])
def test_leaves_add_up_to_log_odds(row: list[float]) -> None:
    odds = sum(by_hand(tree, row) for tree in TREES)
    assert TreeEnsemble.of(TREES).likelihoods(np.array([row])) == pytest.approx([1 / (1 + math.exp(-odds))])


def test_no_rows_give_no_likelihoods() -> None:
    assert len(body_ensemble().likelihoods(np.zeros((0, len(COLUMNS))))) == 0


def test_the_trees_that_ship_use_known_features_only() -> None:
    assert body_ensemble().features.max() < len(COLUMNS)


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    tree: object = 0.0
    for _ in range(MAX_LEAVES):
        tree = [0, 0.0, 0.0, tree]
    with pytest.raises(ValueError, match="33 leaves"):
        TreeEnsemble.of([tree])


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=len(COLUMNS), max_size=len(COLUMNS)))
@settings(max_examples=30, deadline=None)
def test_a_row_is_judged_alone(row: list[float]) -> None:
    both = body_ensemble().likelihoods(np.array([row, [0.0] * len(COLUMNS)]))
    assert both[0] == body_ensemble().likelihoods(np.array([row]))[0]
