"""What stands above any likelihood: the text under the page's own headline, and forms."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement, fromstring

from cleaners.extract.anchors import filled_in, under_headline
from cleaners.extract.block_text import headline_block
from cleaners.read.blocks import read_blocks

TITLE = "The last mill stands still"
TEXT = "The miller of Eastbrook has stopped his wheel for good, as the river no longer brings enough water to turn it."
OTHER = "A ferry has sunk at the upper ford, and nobody knows who will pay for the new one that the village wants."
FIELDS = "<input type='radio'><input type='radio'><input><textarea></textarea>"


def page(middle: str) -> HtmlElement:
    return fromstring(f"<html><body><div id='a'>{middle}</div><div id='b'><p>{OTHER}</p></div></body></html>")


@pytest.mark.parametrize(
    ("middle", "chosen", "found"),
    [
        (f"<h1>{TITLE}</h1><p>{TEXT}</p><p>{TEXT}</p>", [OTHER], [TEXT, TEXT]),
        # Where some of it is chosen, the choice is believed.
        (f"<h1>{TITLE}</h1><p>{TEXT}</p><p>{TEXT}</p>", [TEXT], []),
        # Another headline, a section's name, too little text.
        (f"<h1>Something about the weather tomorrow</h1><p>{TEXT}</p><p>{TEXT}</p>", [OTHER], []),
        (f"<h1>The mill</h1><p>{TEXT}</p><p>{TEXT}</p>", [OTHER], []),
        (f"<h1>{TITLE}</h1><h1>Ferries and more of them</h1><p>{TEXT}</p><p>{TEXT}</p>", [OTHER], []),
    ],
)
def test_the_text_under_the_headline_is_the_body_where_none_of_it_was_chosen(
    middle: str, chosen: list[str], found: list[str]
) -> None:
    blocks = read_blocks(page(middle))
    body = {i for i, block in enumerate(blocks) if block.text in chosen}
    assert [blocks[i].text for i in sorted(under_headline(blocks, body, headline_block(blocks, TITLE), []))] == found


def test_a_caption_in_the_box_of_the_headline_is_no_text_beside_a_long_one() -> None:
    blocks = read_blocks(page(f"<h1>{TITLE}</h1><p>{TEXT}</p><p>{TEXT}</p></div><div>" + f"<p>{OTHER}</p>" * 9))
    body = {i for i, block in enumerate(blocks) if block.text == OTHER}
    assert under_headline(blocks, body, headline_block(blocks, TITLE), []) == set()


def test_other_articles_are_no_text_under_the_headline() -> None:
    blocks = read_blocks(page(f"<h1>{TITLE}</h1><p>{TEXT}</p><p>{TEXT}</p>"))
    assert under_headline(blocks, {3}, headline_block(blocks, TITLE), [1, 2]) == set()


@pytest.mark.parametrize(
    ("middle", "found"),
    [
        (f"<form>{FIELDS}<p>Was it easy to read?</p></form><p>{TEXT}</p>", ["Was it easy to read?"]),
        (f"<form><input><p>Search</p></form><p>{TEXT}</p>", []),
        (f"<form><input type='hidden'>{FIELDS[:-22]}<p>Search</p></form><p>{TEXT}</p>", []),
        # With its title, where the box around it holds no more.
        (
            f"<div><p>Was it good?</p><form>{FIELDS}<p>Easy to read</p></form></div><p>{TEXT}</p>",
            ["Was it good?", "Easy to read"],
        ),
        (f"<div><p>{TEXT}</p><form>{FIELDS}<p>Easy to read</p></form></div><p>{TEXT}</p>", ["Easy to read"]),
        # The frame of the page, and one around the article.
        (f"<form>{FIELDS}<p>{TEXT}</p><p>{TEXT}</p></form>", []),
        (f"<form>{FIELDS}<h1>{TITLE}</h1></form><p>{TEXT}</p><p>{TEXT}</p>", []),
    ],
)
def test_what_stands_in_a_form_of_several_fields_is_no_text(middle: str, found: list[str]) -> None:
    tree = page(middle)
    blocks = read_blocks(tree)
    assert [blocks[i].text for i in sorted(filled_in(blocks, tree))] == found
