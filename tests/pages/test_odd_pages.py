"""Odd pages give a document, never an exception, and their ledger is complete."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cleaners import Document, clean_html, clean_text
from cleaners.errors import NotText
from support.odd_pages import BODY, LARGE, NO_PAGES, SMALL

STILL_READ = (
    "comment never closed",
    "cut inside a tag",
    "script never closed",
    "no such charset",
    "a charset that is no text codec",
    "UTF-16 with its mark",
    "UTF-16 by declaration only",
    "UTF-8 mark above windows-1251 meta",
    "JSON-LD that is no JSON",
    "JSON-LD of the wrong shapes",
    "JSON-LD nested deep",
    "dates that are no dates",
)


def balanced(document: Document) -> bool:
    indices = [entry.line.index for entry in document.ledger]
    for entry in document.ledger:
        if entry.left_out is not None:
            if entry.kept is not None or entry.cuts:
                return False
            continue
        text, at, standing = entry.line.text, 0, ""
        for cut in entry.cuts:
            if not (at <= cut.start < cut.end <= len(text) or text == ""):  # an empty line is cut whole, at length 0
                return False
            standing, at = standing + text[at : cut.start], cut.end
        if standing + text[at:] != (entry.kept or ""):
            return False
    return indices == sorted(set(indices))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("clean", [clean_html, clean_text], ids=["as a page", "as text"])
def test_small_odd_pages_give_a_document(name: str, clean: Callable[[bytes], Document]) -> None:
    document = clean(SMALL[name])
    assert balanced(document)
    printed = json.dumps(document.to_json(), ensure_ascii=False).encode()  # lone surrogates would not encode
    assert b"\\u0000" not in printed
    assert b"root:" not in printed


@pytest.mark.parametrize("name", NO_PAGES)
@pytest.mark.parametrize("clean", [clean_html, clean_text], ids=["as a page", "as text"])
def test_binary_data_is_refused_with_a_reason(name: str, clean: Callable[[bytes], Document]) -> None:
    with pytest.raises(NotText, match="not a page"):
        clean(NO_PAGES[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_odd_pages_give_a_document(name: str) -> None:
    assert balanced(clean_html(LARGE[name]()))


@pytest.mark.parametrize("name", STILL_READ)
def test_the_readable_part_of_an_odd_page_is_read(name: str) -> None:
    assert BODY in clean_html(SMALL[name]).text


@pytest.mark.parametrize("name", ["empty", "white space", "no text"])
def test_a_page_without_text_gives_no_paragraphs(name: str) -> None:
    assert clean_html(SMALL[name]).paragraphs == ()
