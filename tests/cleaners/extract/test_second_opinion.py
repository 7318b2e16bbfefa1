from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from trafilatura import core, external

from cleaners.extract import body, second_opinion

DEMO = Path(__file__).parents[3] / "raw" / "demo"
TEXT = "The bakery on the corner has opened its doors to all who were there at seven in the morning. "
ARTICLE = f"<html><body><article><h1>Bread</h1>{f'<p>{3 * TEXT}</p>' * 4}</article>"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts for which readability was asked."""
    texts: list[str] = []
    original = external.compare_extraction

    def compared(*args: object) -> object:
        texts.append(str(args[3]))
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(external, "compare_extraction", compared)
    return texts


def _whole(page: str | bytes) -> str:
    """The text where readability is always asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "compare_extraction", external.compare_extraction)
        return body.found_text(html.fromstring(page), None)


def test_an_article_that_is_most_of_its_page_needs_no_second_opinion(asked: list[str]) -> None:
    assert vars(core)["compare_extraction"] is second_opinion._compared
    found = body.found_text(html.fromstring(f"{ARTICLE}<script>{TEXT * 90}</script></body></html>"), None)
    assert TEXT.strip() in found
    assert asked == []


@pytest.mark.parametrize(
    "more",
    [
        f"<div>{f'<p>{TEXT * 9}</p>' * 9}</div>",  # much more text than was chosen
        "<xmp></xmp>",  # markup behind it may be read as text
        f"<table>{f'<tr><td>{TEXT}</td></tr>' * 9}</table>" * 5,
    ],
)
def test_readability_is_asked_of_what_it_may_change(asked: list[str], more: str) -> None:
    page = f"<html><body><article><p>{3 * TEXT}</p></article>{more}</body></html>"
    found = body.found_text(html.fromstring(page), None)
    assert asked
    assert found == _whole(page)


def test_a_short_text_has_a_second_opinion(asked: list[str]) -> None:
    body.found_text(html.fromstring("<html><body><p>The bakery has opened.</p></body></html>"), None)
    assert asked


def test_the_demo_pages_give_the_same_text() -> None:
    pages = [page.read_bytes() for page in sorted(DEMO.glob("*.html"))]
    assert pages
    assert [body.found_text(html.fromstring(page), None) for page in pages] == [_whole(page) for page in pages]


PIECES = st.sampled_from(
    [
        f"<p>{TEXT * 2}</p>",
        f"<div>{TEXT}<br>{TEXT}</div>",
        f"<div class='sidebar'><a href='/x'>{TEXT}</a></div>",
        f"<ul><li>{TEXT}</li><li><a href='/y'>More</a></li></ul>",
        f"<table><tr><td>{TEXT}</td></tr></table>",
        "<iframe src='https://www.youtube.com/embed/x'></iframe>",
        f"<aside>{TEXT}</aside>",
        f"<figure><img src='/i.jpg'><figcaption>{TEXT}</figcaption></figure>",
        "<svg><title/></svg>",
        "<form><input name='q'></form>",
        f"<script>let text = '{TEXT}'</script>",
        f"<section><h2>Bread</h2><p>{TEXT * 5}</p></section>",
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=12))
def test_any_page_gives_the_same_text(pieces: list[str]) -> None:
    page = f"<html><body>{''.join(pieces)}</body></html>"
    assert body.found_text(html.fromstring(page), None) == _whole(page)
