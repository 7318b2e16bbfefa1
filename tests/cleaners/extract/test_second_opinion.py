from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from trafilatura import core, external

from cleaners.extract import body, second_opinion
from cleaners.read.blocks import read_blocks

DEMO = Path(__file__).parents[3] / "raw" / "demo"
TEXT = "The bakery on the corner has opened its doors to all who were there at seven in the morning. "
ARTICLE = f"<html><body><article><h1>Bread</h1>{f'<p>{3 * TEXT}</p>' * 4}</article>"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts on which readability's opinion was asked."""
    texts: list[str] = []
    original = external.compare_extraction

    def compared(*args: object) -> object:
        texts.append(str(args[3]))
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(external, "compare_extraction", compared)
    return texts


def _found(page: str | bytes) -> str:
    tree = html.fromstring(page)
    return body.found_text(tree, read_blocks(tree), None)


def _whole(page: str | bytes) -> str:
    """The text where readability is always asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "compare_extraction", external.compare_extraction)
        return _found(page)


@pytest.mark.parametrize(
    "more",
    [
        f"<script>{TEXT * 90}</script>",
        f"<nav>{'<a href=/x>Trains and trams</a> ' * 90}</nav>",
        f"<div hidden>{f'<p>{TEXT * 9}</p>' * 2}</div>",
        "<iframe src='https://www.youtube.com/embed/x'></iframe>",
    ],
)
def test_an_article_that_is_most_of_the_prose_needs_no_second_opinion(asked: list[str], more: str) -> None:
    found = _found(f"{ARTICLE}{more}</body></html>")
    assert TEXT.strip() in found
    assert asked == []


@pytest.mark.parametrize(
    "page",
    [
        f"<article><p>{3 * TEXT}</p></article><div>{f'<p>{TEXT * 9}</p>' * 9}</div>",
        f"<article><p>{3 * TEXT}</p></article>{f'<table><tr><td>{TEXT}</td></tr><tr><td>{TEXT}</td></tr></table>' * 9}",
        "<p>The bakery has opened.</p>",
    ],
)
def test_it_is_asked_where_much_of_the_prose_is_left_out_or_the_text_is_short(asked: list[str], page: str) -> None:
    page = f"<html><body>{page}</body></html>"
    found = _found(page)
    assert asked
    assert found == _whole(page)


def test_trafilatura_is_as_ever_for_others_in_the_same_process(asked: list[str]) -> None:
    with second_opinion.sure_from(0):
        pass
    core.bare_extraction(html.fromstring(f"{ARTICLE}</body></html>"))
    assert asked


def test_the_demo_pages_give_the_same_text() -> None:
    pages = [page.read_bytes() for page in sorted(DEMO.glob("*.html"))]
    assert pages
    assert [_found(page) for page in pages] == [_whole(page) for page in pages]
