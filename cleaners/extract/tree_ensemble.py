"""How likely a block is body, by gradient-boosted trees over its features.

The trees are in `data`; `tools/train_body.py` trained them and says on what. All blocks of a page go through
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

from cleaners.extract.choice_features import CHOICE_FEATURES
from cleaners.extract.features import FEATURES

__all__ = ["MAX_LEAVES", "SURE", "MeanOfTwo", "TreeEnsemble", "alone_ensemble", "body_ensemble", "likelihoods"]

ALONE, BODY = (Path(__file__).parent / "data" / name for name in ("alone.json", "body.json"))

MAX_LEAVES = 32
"""Leaves of a tree at most, as one bit stands for each."""

SURE = 3.0
"""Log-odds from which one of two ensembles is enough: the other has changed no decision there on 2,400 pages."""

_UNIT = 10_000
"""Leaves are added as whole numbers of this part, so that the sum is the same in any order, on any machine."""
_MANTISSA, _EXPONENT_OF_1 = 23, 127
"""Bits of the one, and the value of the other, in numbers of 32 bits (IEEE 754)."""
_ROWS = 512
"""Blocks that go through the trees at once: some megabytes of bits."""

Node = Any
"""A leaf, which is a number, or [feature, threshold, node where the feature is at most that, node where above]."""


@dataclass(frozen=True, slots=True)
class TreeEnsemble:
    """Trees whose leaves add up to the log-odds that a block is body.

    `features` and `thresholds` (tests) are the different tests of all trees; `tests` (nodes, trees) are the numbers of
    those of each tree, `struck` the leaves that go where one fails; `values` (trees, leaves) are the leaves.
    """

    features: np.ndarray
    thresholds: np.ndarray
    tests: np.ndarray
    struck: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, trees: Sequence[Node]) -> TreeEnsemble:
        """The ensemble of these trees. Raises ValueError for a tree of more than `MAX_LEAVES` leaves."""
        flat = [_flat(tree) for tree in trees]
        nodes, leaves = max(len(tests) for tests, _ in flat), max(len(values) for _, values in flat)
        if leaves > MAX_LEAVES:
            raise ValueError(f"a tree has {leaves} leaves, the limit is {MAX_LEAVES}")
        numbers: dict[tuple[int, float], int] = {}
        made = np.zeros((2, nodes, len(flat)), np.int64)  # a tree of fewer nodes has tests that strike out nothing
        leaf_values = np.zeros((len(flat), leaves), np.int64)
        for k, (tests, values) in enumerate(flat):
            for at, (feature, threshold, struck) in enumerate(tests):
                made[:, at, k] = numbers.setdefault((feature, threshold), len(numbers)), struck
            leaf_values[k, : len(values)] = np.rint(np.array(values) * _UNIT)
        different = list(numbers) or [(0, np.inf)]
        return cls(
            np.array([feature for feature, _ in different], np.intp),
            np.array([[threshold] for _, threshold in different], np.float32),
            made[0],
            made[1].astype(np.uint32)[..., np.newaxis],
            leaf_values,
        )

    def log_odds(self, rows: np.ndarray) -> np.ndarray:
        """The log-odds that each row of features is body, shape (rows,); `rows` is of shape (rows, features)."""
        odds = [self._odds(rows[at : at + _ROWS]) for at in range(0, len(rows), _ROWS)]
        return np.concatenate(odds) if odds else np.zeros(0)

    def _odds(self, rows: np.ndarray) -> np.ndarray:
        columns = np.ascontiguousarray(rows.T, dtype=np.float32)
        fails = columns.take(self.features, axis=0) > self.thresholds
        bits = np.zeros((len(self.values), len(rows)), np.uint32)
        failed, gone = np.empty(bits.shape, bool), np.empty_like(bits)
        for tests, struck in zip(self.tests, self.struck, strict=True):
            fails.take(tests, axis=0, out=failed, mode="clip")  # the mode that needs no room of its own
            np.multiply(struck, failed, out=gone)
            bits |= gone
        left = ~bits & (bits + np.uint32(1))  # the first leaf's bit alone: as a float it is nothing but its exponent
        leaf = (left.astype(np.float32).view(np.int32) >> _MANTISSA) - _EXPONENT_OF_1
        leaf += np.arange(0, self.values.size, self.values.shape[1], dtype=np.int32)[:, np.newaxis]
        total: np.ndarray = self.values.take(leaf).sum(axis=0)
        return total / _UNIT


@dataclass(frozen=True, slots=True)
class MeanOfTwo:
    """Two ensembles that were trained alike, whose leaves are half as large: the sum of both is their mean."""

    one: TreeEnsemble
    other: TreeEnsemble

    @classmethod
    def of(cls, trees: Sequence[Node]) -> MeanOfTwo:
        """The first half of the trees, and the second."""
        half = len(trees) // 2
        return cls(TreeEnsemble.of(trees[:half]), TreeEnsemble.of(trees[half:]))

    def log_odds(self, rows: np.ndarray) -> np.ndarray:
        """As `TreeEnsemble.log_odds`; the other ensemble is asked only where the one is not sure."""
        odds = self.one.log_odds(rows)
        unsure = np.flatnonzero(np.abs(odds) < SURE / 2)
        sure_or_both = 2 * odds
        sure_or_both[unsure] = odds[unsure] + self.other.log_odds(rows[unsure])
        return sure_or_both


def likelihoods(log_odds: np.ndarray) -> np.ndarray:
    """Log-odds as likelihoods, 0 to 1."""
    likely: np.ndarray = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return likely


def _flat(tree: Node) -> tuple[list[tuple[int, float, int]], list[float]]:
    """The tests of a tree, each with the bits of the leaves that go where it fails; the leaves in order."""
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
        tests[at] = (feature, threshold, below)
        walk(high)

    walk(tree)
    return tests, values


@cache
def body_ensemble() -> MeanOfTwo:
    """The trees that know the page and what trafilatura chose. Raises ValueError if trained on other features."""
    return _read(BODY, (*FEATURES, *CHOICE_FEATURES))


@cache
def alone_ensemble() -> MeanOfTwo:
    """The trees that know the page alone. Raises ValueError if trained on other features."""
    return _read(ALONE, FEATURES)


def _read(file: Path, features: Sequence[str]) -> MeanOfTwo:
    data = json.loads(file.read_text("utf-8"))
    if data["features"] != list(features):
        raise ValueError(f"{file.name} was trained on other features: run tools/train_body.py")
    return MeanOfTwo.of(data["trees"])
