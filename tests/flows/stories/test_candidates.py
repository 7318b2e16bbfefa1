"""Candidates by shared fingerprints: what a count by hand gives, at a cost that strangers do not raise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from flows.stories import candidates as module
from flows.stories.candidates import LEAST_SHARE, Texts, candidates, candidates_of_bands, count_band
from flows.stories.fingerprints import Prints


def texts(prints: Sequence[Sequence[int]], wanted: Sequence[bool] | None = None) -> Texts:
    """A day of texts with these fingerprints."""
    values = np.array([each for of in prints for each in sorted(of)], np.uint32)
    starts = np.cumsum([0, *map(len, prints)], dtype=np.int64)
    return Texts(Prints(values, starts), np.array([True] * len(prints) if wanted is None else wanted, bool))


def drawn(seed: int) -> list[Texts]:
    """Days of texts that share many fingerprints, some of them of no text that is compared."""
    draw = np.random.default_rng(seed)
    days = []
    for _ in range(4):
        of = [draw.choice(40, draw.integers(0, 12), replace=False).tolist() for _ in range(draw.integers(1, 9))]
        days.append(texts(of, draw.random(len(of)) < 0.8))
    return days


def by_hand(days: Sequence[Texts], most: int) -> list[list[int]]:
    each = [
        set(day.prints.values[day.prints.starts[n] : day.prints.starts[n + 1]].tolist()) if day.wanted[n] else set()
        for day in days
        for n in range(len(day.prints))
    ]
    owners = Counter(one for prints in each for one in prints)
    found = []
    for own in np.flatnonzero(days[-1].wanted) + len(each) - len(days[-1].prints):
        share = {
            n: sum(owners[one] <= most for one in each[own] & each[n]) / max(1, min(len(each[own]), len(each[n])))
            for n in range(own)
        }
        near = [n for n in share if share[n] >= LEAST_SHARE]
        found.append(sorted(near, key=lambda n: (-share[n], n)))
    return found


@pytest.mark.parametrize("at_once", [1, 2_000_000])
@pytest.mark.parametrize("most", [3, 200])
def test_the_texts_that_share_most_come_first(monkeypatch: pytest.MonkeyPatch, at_once: int, most: int) -> None:
    monkeypatch.setattr(module, "TOO_COMMON", most)
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    for seed in range(6):
        days = drawn(seed)
        assert [*candidates(days)] == by_hand(days, most), seed
        assert [*candidates_of_bands(days, [count_band(days, band, 3) for band in (2, 0, 1)])] == by_hand(days, most)


@pytest.mark.parametrize("days", [[texts([])], [texts([[1]]), texts([[]])], [texts([[1]], [False]), texts([[1]])]])
def test_where_there_is_nothing_to_share(days: list[Texts]) -> None:
    assert [*candidates(days)] == [[]] * len(days[-1].prints)


def test_twice_the_strangers_are_not_twice_the_work() -> None:
    draw = np.random.default_rng(1)
    days = [texts(draw.integers(0, 2**32, (100, 100)).tolist()) for _ in range(40)]
    own = days[-1]
    sorted_of = [len(module._Window([*days[:past], own])._owned(0, 1)) for past in (19, 39)]
    assert sorted_of[0] >= own.prints.sizes.sum()
    assert sorted_of[1] <= 1.01 * sorted_of[0]
