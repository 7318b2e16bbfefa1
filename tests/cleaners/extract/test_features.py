"""One row of numbers a block."""

from __future__ import annotations

import numpy as np
from lxml.html import fromstring

from cleaners.extract.block_text import headline_block
from cleaners.extract.features import FEATURES, Clues, feature_rows
from cleaners.extract.page_layout import page_layout
from cleaners.read.blocks import Blocks, read_blocks


def blocks(body: str) -> Blocks:
    return read_blocks(fromstring(f"<html><body>{body}</body></html>"))


def columns(page: Blocks, clues: Clues | None = None) -> dict[str, list[float]]:
    clues = clues or Clues(headline_block(page, ""))
    rows = feature_rows(page, page_layout(page), clues)
    assert rows.shape == (len(page), len(FEATURES))
    assert np.isfinite(rows).all()
    return dict(zip(FEATURES, rows.T.tolist(), strict=True))


def test_blocks_built_alike_are_counted_and_sections_end_at_the_next_heading() -> None:
    got = columns(blocks("<h2>One two</h2><p>a b c</p><p>d e</p>" * 3))
    assert got["alike"][:3] == [3, 6, 6]
    assert got["section_words"] == [7] * 9
    assert got["section_place"] == [0, 1, 2] * 3


def test_shares_of_elements_are_those_of_their_blocks() -> None:
    page = blocks("<div><p>one two three</p><p><a>four</a></p></div><p>five six</p>")
    got = columns(page)
    assert (got["words_1"][0], got["blocks_1"][0], got["link_1"][0]) == (4, 2, 0.25)


def test_a_page_of_one_block_has_a_row() -> None:
    assert columns(blocks("<p>Only this.</p>"))["page_blocks"] == [1]


def test_the_levels_up_to_names_and_tags_are_counted() -> None:
    got = columns(blocks('<article class="sidebar"><div><p>one</p></div></article><p>two</p>'))
    assert (got["up_article"][0], got["up_beside"][0]) == (2, 2)
    assert got["up_article"][1] == got["up_beside"][1] == 15


def test_words_of_the_headline_and_of_the_stated_text_are_known_again() -> None:
    text = "The council of Willowford has agreed on a budget for the coming year and put money aside for the road."
    page = blocks(f"<p>News</p><h2>Road to the school</h2><p>{text}</p>")
    clues = Clues(headline_block(page, "Road to the school"), stated=f"{text} {text.lower()}")
    got = columns(page, clues)
    assert got["since_headline"] == [-1, 0, 1]
    assert (got["stated"][0], got["stated"][2]) == (0, 1)
    assert columns(blocks("<p>News</p>"))["stated"] == [-1]
