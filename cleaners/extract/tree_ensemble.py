"""How likely a block is body, by gradient-boosted trees over its features.

The trees are in `data/body.json`; `tools/train_body.py` trained them and says on what. Plain numbers and plain Python:
the same on every machine, and loaded in a few milliseconds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cleaners.extract.features import FEATURES

__all__ = ["TreeEnsemble", "body_ensemble"]

DATA = Path(__file__).parent / "data" / "body.json"

Node = Any
"""A leaf, which is a number, or [feature, threshold, node where the feature is at most that, node where above]."""


@dataclass(frozen=True, slots=True)
class TreeEnsemble:
    """Trees whose leaves add up to the log-odds that a block is body."""

    trees: Sequence[Node]

    def likelihoods(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The likelihood, 0 to 1, of each row of features. All rows go down a tree together, as that is faster."""
        odds = [0.0] * len(rows)
        columns = list(zip(*rows, strict=True))
        for tree in self.trees:
            waiting = [(tree, list(range(len(rows))))] if rows else []
            while waiting:
                node, members = waiting.pop()
                if isinstance(node, float):
                    for i in members:
                        odds[i] += node
                    continue
                feature, threshold, low, high = node
                column = columns[feature]
                if below := [i for i in members if column[i] <= threshold]:
                    waiting.append((low, below))
                if len(below) < len(members):
                    waiting.append((high, [i for i in members if column[i] > threshold]))
        return [1 / (1 + math.exp(-max(-30.0, min(30.0, value)))) for value in odds]


@cache
def body_ensemble() -> TreeEnsemble:
    """The tree ensemble that ships with the project. Raises ValueError where it was trained on other features."""
    data = json.loads(DATA.read_text("utf-8"))
    if data["features"] != list(FEATURES):
        raise ValueError(f"{DATA.name} was trained on other features: run tools/train_body.py")
    return TreeEnsemble(data["trees"])
