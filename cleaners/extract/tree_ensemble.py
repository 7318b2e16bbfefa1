"""How likely a block is body, by gradient-boosted trees over its features.

The trees are in `data/body.json`; `tools/train_body.py` trained them and says on what. All blocks of a page go through
all trees at once, as in QuickScorer (Lucchese et al., SIGIR 2015): each test that a block fails strikes out the leaves
below it, and the first leaf that is left is the block's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cleaners.extract.features import FEATURES

__all__ = ["MAX_LEAVES", "TreeEnsemble", "body_ensemble"]

DATA = Path(__file__).parent / "data" / "body.json"

MAX_LEAVES = 32
"""Leaves of a tree at most, as one bit stands for each."""

_ALL = np.uint32(0xFFFFFFFF)
_UNIT = 10_000
"""Leaves are added as whole numbers of this part, so that the sum is the same in any order, on any machine."""
_ROWS = 512
"""Blocks that go through the trees at once: some megabytes of bits."""

Node = Any
"""A leaf, which is a number, or [feature, threshold, node where the feature is at most that, node where above]."""


@dataclass(frozen=True, slots=True)
class TreeEnsemble:
    """Trees whose leaves add up to the log-odds that a block is body.

    `features`, `thresholds` and `masks` (trees, nodes) are the tests of each tree and the leaves that are left where
    one fails; `values` (trees, leaves) are the leaves.
    """

    features: np.ndarray
    thresholds: np.ndarray
    masks: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, trees: Sequence[Node]) -> TreeEnsemble:
        """The ensemble of these trees. Raises ValueError for a tree of more than `MAX_LEAVES` leaves."""
        flat = [_flat(tree) for tree in trees]
        nodes, leaves = max(len(tests) for tests, _ in flat), max(len(values) for _, values in flat)
        if leaves > MAX_LEAVES:
            raise ValueError(f"a tree has {leaves} leaves, the limit is {MAX_LEAVES}")
        shape = (len(flat), nodes)
        made = cls(
            np.zeros(shape, np.intp),
            np.full(shape, np.inf, np.float32),
            np.full(shape, _ALL),
            np.zeros((len(flat), leaves), np.int64),
        )
        for k, (tests, values) in enumerate(flat):
            for at, (feature, threshold, mask) in enumerate(tests):
                made.features[k, at], made.thresholds[k, at], made.masks[k, at] = feature, threshold, mask
            made.values[k, : len(values)] = np.rint(np.array(values) * _UNIT)
        return made

    def likelihoods(self, rows: np.ndarray) -> np.ndarray:
        """The likelihood, 0 to 1, of each row of features, shape (rows, features)."""
        odds = [self._odds(rows[at : at + _ROWS]) for at in range(0, len(rows), _ROWS)]
        return 1 / (1 + np.exp(-np.clip(np.concatenate(odds), -30, 30))) if odds else np.zeros(0)

    def _odds(self, rows: np.ndarray) -> np.ndarray:
        trees, nodes = self.features.shape
        columns = np.ascontiguousarray(rows.T, dtype=np.float32)
        fails = columns[self.features.ravel()] > self.thresholds.reshape(-1, 1)
        left = np.where(fails, self.masks.reshape(-1, 1), _ALL).reshape(trees, nodes, -1)
        bits = np.bitwise_and.reduce(left, axis=1)
        first = np.frexp((bits & (~bits + np.uint32(1))).astype(np.float64))[1] - 1
        total: np.ndarray = np.take_along_axis(self.values, first, axis=1).sum(axis=0)
        return total / _UNIT


def _flat(tree: Node) -> tuple[list[tuple[int, float, int]], list[float]]:
    """The tests of a tree, each with the bits of the leaves that are left where it fails; the leaves in order."""
    tests: list[tuple[int, float, int]] = []
    values: list[float] = []

    def walk(node: Node) -> None:
        if isinstance(node, (int, float)):
            values.append(float(node))
            return
        feature, threshold, low, high = node
        at = len(tests)
        tests.append((feature, threshold, 0))
        start = len(values)
        walk(low)
        below = ((1 << len(values)) - 1) & ~((1 << start) - 1)
        tests[at] = (feature, threshold, int(_ALL) & ~below)
        walk(high)

    walk(tree)
    return tests, values


@cache
def body_ensemble() -> TreeEnsemble:
    """The tree ensemble that ships with the project. Raises ValueError where it was trained on other features."""
    data = json.loads(DATA.read_text("utf-8"))
    if data["features"] != list(FEATURES):
        raise ValueError(f"{DATA.name} was trained on other features: run tools/train_body.py")
    return TreeEnsemble.of(data["trees"])
