"""Which pages leave no doubt, and what is known of the others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lxml.html import fromstring

from cleaners.extract.block_text import headline_block
from cleaners.extract.choice_features import Choice
from cleaners.extract.features import Clues
from cleaners.extract.likelihoods import MIN_SURE_WORDS, Likelihoods, doubt
from cleaners.read.blocks import Blocks, read_blocks

PROSE = np.array([True, True, False])
WORDS = np.array([60.0, 40.0, 10.0])


@pytest.mark.parametrize(
    ("likely", "expected"),
    [
        ([1.0, 1.0, 0.0], 0.0),
        ([0.9, 1.0, 0.0], 0.06),
        ([0.9, 1.0, 0.4], 0.1),  # a label under its threshold is none of the body, but a doubt
        ([0.9, 1.0, 0.5], 11 / 110),
        ([1.0, 0.3, 0.0], 0.12),
        ([1.0, 0.25, 0.0], 10 / 60),
    ],
)
def test_doubt_is_the_share_of_words_that_may_be_on_the_wrong_side(likely: list[float], expected: float) -> None:
    assert doubt(np.array(likely), WORDS, PROSE) == pytest.approx(expected)


def test_a_short_body_is_never_sure() -> None:
    sure = np.array([1.0])
    assert doubt(sure, np.array([MIN_SURE_WORDS - 1.0]), np.array([True])) == math.inf
    assert doubt(sure, np.array([MIN_SURE_WORDS + 0.0]), np.array([True])) == 0


def test_a_page_without_blocks_is_none_that_is_sure() -> None:
    seen = Likelihoods(Blocks(), Clues((None, np.zeros(0))))
    assert seen.body is None
    assert len(seen.alone) == len(seen.beside(Choice())) == 0


def test_what_was_chosen_is_more_likely_than_by_the_page_alone() -> None:
    text = "A word of somebody who has never been at the harbour of Eastbrook, or so it is said"
    page = blocks(f"<div><p>{text}.</p></div><div><p>{text}!</p></div>")
    seen = Likelihoods(page, Clues(headline_block(page, "")))
    assert (seen.beside(Choice({0, 1}, {0, 1}, page[0].path[0])) > seen.beside(Choice())).all()


class Sure:
    """An ensemble that gives all blocks the same odds."""

    def __init__(self, odds: float) -> None:
        self._odds = odds

    def log_odds(self, rows: np.ndarray) -> np.ndarray:
        return np.full(len(rows), self._odds)


@pytest.mark.parametrize(("with_choice", "expected"), [(-9.0, 0.88), (9.0, 1.0)])
def test_where_a_choice_leaves_nothing_the_page_alone_is_believed(
    monkeypatch: pytest.MonkeyPatch, with_choice: float, expected: float
) -> None:
    monkeypatch.setattr("cleaners.extract.likelihoods.alone_ensemble", lambda: Sure(2.0))
    monkeypatch.setattr("cleaners.extract.likelihoods.body_ensemble", lambda: Sure(with_choice))
    page = blocks("<p>Home</p><p>The baker of Eastbrook has closed his shop</p>")
    seen = Likelihoods(page, Clues(headline_block(page, "")))
    assert seen.beside(Choice()) == pytest.approx(np.full(2, expected), abs=0.01)


@pytest.mark.parametrize("unlike", [None, 2])
def test_a_list_that_would_be_cut_is_a_doubt(monkeypatch: pytest.MonkeyPatch, unlike: int | None) -> None:
    items = [f"{n} loaves of the bread that the bakers of Eastbrook sell to those who come" for n in range(9)]
    page = blocks(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul><p>{items[0]}.</p>")
    seen = Likelihoods(page, Clues(headline_block(page, "")))
    likely = np.array([1.0 if i != unlike else 0.0 for i in range(len(page))])
    monkeypatch.setattr(Likelihoods, "alone", likely)
    assert seen.body == (None if unlike else set(range(10)))


def blocks(markup: str) -> Blocks:
    return read_blocks(fromstring(f"<html><body>{markup}</body></html>"))
