"""The headline again above the text, split over two lines."""

from __future__ import annotations

import pytest

from cleaners.document import Metadata
from cleaners.rules.titles import titles
from support.cleaner_pages import PARAGRAPHS, dropped, page

HEADLINE = Metadata(title="Мер про міст", headlines=("Мер про міст", "Після повені в Гаях: Міст відкриють навесні"))


@pytest.mark.parametrize(
    ("kicker", "headline", "goes"),
    [
        ("Після повені в Гаях", "Міст відкриють навесні", True),
        ("Після повені в Гаях:", "МІСТ ВІДКРИЮТЬ НАВЕСНІ", True),
        ("Після повені", "Міст відкриють навесні", False),
        ("Міст відкриють навесні", "Після повені в Гаях", False),
    ],
)
def test_a_headline_in_two_lines_above_the_text(kicker: str, headline: str, goes: bool) -> None:
    made = page(kicker, headline, *PARAGRAPHS, metadata=HEADLINE)
    assert dropped(made, titles(made)) == [kicker, headline] * goes


def test_a_headline_in_two_lines_within_the_text_stays() -> None:
    made = page(*PARAGRAPHS, "Після повені в Гаях", "Міст відкриють навесні", *PARAGRAPHS, metadata=HEADLINE)
    assert dropped(made, titles(made)) == []


def test_a_page_of_nothing_but_a_headline_in_two_lines_keeps_it() -> None:
    made = page("Після повені в Гаях", "Міст відкриють навесні", metadata=HEADLINE)
    assert dropped(made, titles(made)) == []
