"""Matching a text to the blocks of the page."""

from __future__ import annotations

from lxml.html import fromstring

from cleaners.extract.alignment import align
from cleaners.read.blocks import read_blocks

LONG = ["one two three four five six seven", "red green blue white black grey pink", "up down left right in out over"]


def chosen(page: str, text: str) -> list[str]:
    found = read_blocks(fromstring(f"<html><body>{page}</body></html>"))
    return [b.text for b, here in zip(found, align(found, text).chosen, strict=True) if here]


def test_blocks_of_the_text_are_found_and_no_others() -> None:
    page = "".join(f"<p>{t}</p>" for t in LONG)
    assert chosen(page, f"{LONG[0]}\n{LONG[2]}") == [LONG[0], LONG[2]]


def test_a_short_block_counts_only_between_its_neighbours() -> None:
    page = f"<li>News</li><p>{LONG[0]}</p><h2>News</h2><p>{LONG[1]}</p><li>News</li>"
    found = read_blocks(fromstring(f"<html><body>{page}</body></html>"))
    assert align(found, f"{LONG[0]}\nNews\n{LONG[1]}").chosen == [False, True, True, True, False]


def test_of_two_copies_the_one_next_to_other_matches_counts() -> None:
    page = f"<p>{LONG[1]}</p><i>x</i><p>{LONG[0]}</p><p>{LONG[1]}</p><p>{LONG[2]}</p>"
    found = read_blocks(fromstring(f"<html><body>{page}</body></html>"))
    assert align(found, "\n".join(LONG)).chosen == [False, False, True, True, True]


def test_a_headline_does_not_count_because_a_paragraph_quotes_it() -> None:
    assert chosen(f"<h1>{LONG[0]}</h1><p>He said {LONG[0]} again</p>", f"He said {LONG[0]} again") == [
        f"He said {LONG[0]} again"
    ]


def test_a_block_counts_even_if_something_inside_was_dropped() -> None:
    page = f"<p>{LONG[0]} <b>noise here</b> {LONG[1]}</p>"
    assert len(chosen(page, f"{LONG[0]} {LONG[1]}")) == 1


def test_a_lead_that_repeats_how_the_text_begins_takes_its_own_words_only() -> None:
    page = f"<h2>{LONG[0]} {LONG[1]}</h2><p>{LONG[0]}</p><p>{LONG[1]} {LONG[2]}</p>"
    text = f"{LONG[0]} {LONG[1]}\n{LONG[0]}\n{LONG[1]} {LONG[2]}"
    assert chosen(page, text) == text.split("\n")


def test_nothing_is_found_of_a_text_that_is_not_on_the_page() -> None:
    found = read_blocks(fromstring(f"<html><body><p>{LONG[0]}</p></body></html>"))
    assert align(found, LONG[1]).found == 0
    assert align(found, "").found == 0


def test_soft_hyphens_make_no_difference() -> None:
    page = "<p>The mil&shy;ler of East&shy;brook has stopped his wheel for good</p><p>Mil&shy;ler</p>"
    text = "The miller of Eastbrook has stopped his wheel for good"
    assert [t.replace("\u00ad", "") for t in chosen(page, text)] == [text]
