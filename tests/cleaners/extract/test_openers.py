"""The headings of a digest's items."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners import clean_html
from cleaners.extract.openers import openers
from cleaners.read.blocks import read_blocks

HEADLINES = [
    "Eastbrook opens its new ferry",
    "The mill stands still until spring",
    "The choir sings on Sunday again",
    "Foxes come back to the wall",
]
TEXTS = [
    "The ferry goes every hour from the market to the old pier, and it is free for children.",
    "The wheel of the mill broke in the flood, and the town has no money for a new one yet.",
    "The choir had been silent for a year because its hall was cold, and nobody paid for the coal.",
    "Three of them were seen on the wall at night, and the neighbours ask everybody not to feed them.",
]
INTRO = "<p>These are the news of the week in Eastbrook, from the market to the river, for those who were away.</p>"


def page(opening: str, box: str = "<div>{}</div>", headlines: list[str] = HEADLINES) -> str:
    items = "".join(
        box.format(f"{opening.format(n, headline)}<p>{text}</p>")
        for n, (headline, text) in enumerate(zip(headlines, TEXTS, strict=False))
    )
    return f"<html lang='en'><body><main><article><h1>The week</h1>{INTRO}{items}</article></main></body></html>"


DIGESTS = [
    ("<p><b><a href='/{}'>{}</a></b></p>", "<div>{}</div>"),
    ("<p><strong><a href='https://other.example/{}'>{}</a></strong></p>", "<section class='item'>{}</section>"),
    ("<h2><a href='/{}'>{}</a></h2>", "<section>{}</section>"),
    ("<h3>{1}</h3>", "<div>{}</div>"),
]


@pytest.mark.parametrize(("opening", "box"), DIGESTS)
def test_the_headings_of_a_digest_stay_as_headings(opening: str, box: str) -> None:
    paragraphs = clean_html(page(opening, box)).paragraphs
    assert [p.text for p in paragraphs if p.tag.startswith("h")][-4:] == HEADLINES
    assert [p.text for p in paragraphs if p.text in TEXTS] == TEXTS


OTHERS = [
    ("<p><a href='/{}'>{}</a></p>", "<div>{}</div>", HEADLINES),  # neither bold nor a heading
    ("<p><b><a href='/{}'>{}</a></b></p>", "{}", HEADLINES),  # no boxes: links to read between paragraphs
    ("<p><b><a href='/{}'>{}</a></b></p>", "<div>{}</div>", HEADLINES[:2]),  # two are no row
    ("<p><b>{1}</b></p>", "<div>{}</div>", [text * 3 for text in TEXTS]),  # bold text
]


@pytest.mark.parametrize(("opening", "box", "headlines"), OTHERS)
def test_other_lines_open_nothing(opening: str, box: str, headlines: list[str]) -> None:
    blocks = read_blocks(fromstring(page(opening, box, headlines)))
    assert openers(blocks, set(range(len(blocks)))) == set()


def test_a_box_whose_text_is_not_in_the_body_is_no_item() -> None:
    blocks = read_blocks(fromstring(page(*DIGESTS[0])))
    assert openers(blocks, {1}) == set()
