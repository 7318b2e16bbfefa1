"""Kinds of pages that news sites have beside plain articles: what must be kept, unchanged and in order, and no more.

Each page of `kinds/` says so itself: what has `data-stays` is the body, and the root element holds title, authors and
day of publication where the page states them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from cleaners import Document, clean_html

PAGES = sorted((Path(__file__).parent / "kinds").glob("*.html"))
BODY_NOT_YET = {"press-en": "who sent the press release, in the same paragraphs as the release itself"}
METADATA_NOT_YET = {"live-uk": "a name before a date, in a line that neither a label nor a class calls a byline"}


def pages(not_yet: dict[str, str]) -> list[ParameterSet]:
    def marks(name: str) -> list[pytest.MarkDecorator]:
        return [pytest.mark.xfail(reason=not_yet[name])] if name in not_yet else []

    return [pytest.param(page, id=page.stem, marks=marks(page.stem)) for page in PAGES]


@cache
def cleaned(markup: str) -> Document:
    return clean_html(markup.encode())


def read(page: Path) -> tuple[str, HtmlElement]:
    markup = page.read_text("utf-8")
    return markup, document_fromstring(markup.encode(), parser=HTMLParser(encoding="utf-8"))


def text_of(element: HtmlElement) -> str:
    parts = element if element.tag == "tr" else [element]
    return " | ".join(" ".join(part.text_content().split()) for part in parts)


@pytest.mark.parametrize("page", pages(BODY_NOT_YET))
def test_the_article_is_kept_whole_and_nothing_else(page: Path) -> None:
    markup, tree = read(page)
    stays = [text_of(element) for element in tree.xpath("//*[@data-stays]")]
    assert [p.text for p in cleaned(markup).paragraphs] == stays


@pytest.mark.parametrize("page", pages(METADATA_NOT_YET))
def test_title_authors_and_date_are_as_stated(page: Path) -> None:
    markup, tree = read(page)
    found = cleaned(markup).metadata
    assert (found.title, "; ".join(found.authors), (found.published or "")[:10]) == (
        tree.get("data-title"),
        tree.get("data-authors", ""),
        tree.get("data-published", ""),
    )
