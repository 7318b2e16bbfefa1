"""What each block is to those that were chosen, as one row of numbers a block."""

from __future__ import annotations

import numpy as np
import pytest
from lxml.html import fromstring

from cleaners.extract.choice_features import CHOICE_FEATURES, Choice, choice_rows
from cleaners.extract.page_layout import page_layout
from cleaners.read.blocks import Blocks, read_blocks

SENTENCE = "The miller of Eastbrook has stopped his wheel for good, as the river no longer brings enough water."


def blocks(body: str) -> Blocks:
    return read_blocks(fromstring(f"<html><body>{body}</body></html>"))


def columns(page: Blocks, choice: Choice) -> dict[str, list[float]]:
    rows = choice_rows(page, page_layout(page), choice)
    assert rows.shape == (len(page), len(CHOICE_FEATURES))
    assert np.isfinite(rows).all()
    return dict(zip(CHOICE_FEATURES, rows.T.tolist(), strict=True))


def test_shares_of_elements_are_those_of_the_chosen_blocks() -> None:
    page = blocks("<div><p>one two three</p><p><a>four</a></p></div><p>five six</p>")
    got = columns(page, Choice({0}, {0}, page[0].path[1]))
    assert (got["found"], got["chosen"]) == ([1, 0, 0], [1, 0, 0])
    assert (got["found_1"][0], got["common_words"][0]) == pytest.approx((0.75, 4 / 6))
    assert (got["common_above"][0], got["page_found_words"]) == (0, [3, 3, 3])


def test_distances_are_those_to_the_chosen_sentences() -> None:
    page = blocks(f"<p>one</p><p>{SENTENCE}</p><p>two three</p><p>four</p>")
    got = columns(page, Choice({1}, {1}))
    assert (got["from_found"], got["until_found"]) == ([-1, 0, 1, 2], [1, 0, -1, -2])
    assert got["since_prose"][2:] == [0, 2]
    assert got["until_prose"][0] == 0


def test_where_nothing_is_chosen_all_is_far_from_it() -> None:
    page = blocks(f"<p>one</p><p>{SENTENCE}</p>")
    got = columns(page, Choice())
    assert got["found"] == got["page_found"] == [0, 0]
    assert got["since_prose"] == got["until_prose"] == [5000, 5000]
