"""Trees of feature, threshold, low and high."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.extract.choice_features import CHOICE_FEATURES
from cleaners.extract.features import FEATURES
from cleaners.extract.tree_ensemble import (
    MAX_LEAVES,
    SURE,
    MeanOfTwo,
    TreeEnsemble,
    alone_ensemble,
    body_ensemble,
    likelihoods,
)

COLUMNS = (*FEATURES, *CHOICE_FEATURES)
SHIPPED = pytest.mark.parametrize(
    ("ensemble", "columns"), [(alone_ensemble(), len(FEATURES)), (body_ensemble(), len(COLUMNS))], ids=["alone", "body"]
)
TREES = [[0, 2.0, 1.0, -1.0], [1, 0.5, [0, 0.0, 0.5, 2.0], 0.0], 0.25]


def by_hand(tree: object, row: list[float]) -> float:
    while isinstance(tree, list):
        tree = tree[2] if row[tree[0]] <= tree[1] else tree[3]
    assert isinstance(tree, float)
    return tree


@pytest.mark.parametrize("row", [[2.0, 0.0], [3.0, 1.0], [-1.0, 0.5], [0.0, 9.0]])
def test_leaves_add_up_to_log_odds(row: list[float]) -> None:
    odds = sum(by_hand(tree, row) for tree in TREES)
    got = TreeEnsemble.of(TREES).log_odds(np.array([row]))
    assert got == pytest.approx([odds])
    assert likelihoods(got) == pytest.approx([1 / (1 + math.exp(-odds))])


def test_very_great_odds_are_certain() -> None:
    assert likelihoods(np.array([-1e9, 0.0, 1e9])) == pytest.approx([0, 0.5, 1], abs=1e-9)


@SHIPPED
def test_no_rows_give_no_odds(ensemble: MeanOfTwo, columns: int) -> None:
    assert len(ensemble.log_odds(np.zeros((0, columns)))) == 0


@SHIPPED
def test_the_trees_that_ship_use_known_features_only(ensemble: MeanOfTwo, columns: int) -> None:
    assert ensemble.one.features.max() < columns
    assert ensemble.other.features.max() < columns


def test_the_other_of_two_ensembles_is_asked_only_where_the_one_is_not_sure() -> None:
    sure, unsure = SURE / 2, SURE / 4
    two = MeanOfTwo.of([[0, 0.5, sure, unsure], 5.0])
    assert two.log_odds(np.array([[0.0], [1.0]])) == pytest.approx([2 * sure, unsure + 5.0])


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    tree: object = 0.0
    for _ in range(MAX_LEAVES):
        tree = [0, 0.0, 0.0, tree]
    with pytest.raises(ValueError, match="33 leaves"):
        TreeEnsemble.of([tree])


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=len(COLUMNS), max_size=len(COLUMNS)))
@settings(max_examples=30, deadline=None)
def test_a_row_is_judged_alone(row: list[float]) -> None:
    both = body_ensemble().log_odds(np.array([row, [0.0] * len(COLUMNS)]))
    assert both[0] == body_ensemble().log_odds(np.array([row]))[0]
