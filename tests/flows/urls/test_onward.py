"""Where pages send their readers, and those that only look as if they did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.urls.onward import CHARACTERS, SECONDS, onward

URL = "https://visti.example/short/1"
FULL = "https://visti.example/news/1"
TEXT = "<p>Міст через річку відкрили для руху вранці, після двох років роботи.</p>" * 20


def refresh(content: str) -> str:
    return f"<html><head><meta http-equiv='Refresh' content=\"{content}\"></head><body></body></html>"


def canonical(body: str, href: str = FULL) -> str:
    return f"<html><head><link rel=canonical href='{href}'></head><body>{body}</body></html>"


def found(page: str, url: str = URL) -> str | None:
    there = onward(page.encode(), (), url)
    return there.url if there else None


@pytest.mark.parametrize(
    "content",
    [
        "0;url=/news/1",
        "0; URL='/news/1'",
        "5, url = /news/1#top",
        "0 /news/1",
        "0.5;/news/1",
        f"{SECONDS};url=//visti.example/news/1?utm_source=x",
        " 0 ; url=https://visti.example/news/1",
        ";url=/news/1",
    ],
)
def test_a_meta_refresh_leads_elsewhere(content: str) -> None:
    assert found(refresh(content)) == FULL
    assert found(refresh(content).replace("<body>", f"<body>{TEXT}")) == FULL  # as browsers have it


@pytest.mark.parametrize(
    "content",
    [
        *("300", "0", "", "0;url=", "soon", f"{SECONDS + 1};url=/news/1", "0;url=/short/1#top", "9" * 5000),
        *("0;url=javascript:go()", "0;url=data:text/html,x", "0;url=ftp://visti.example/a", "0;url=" + "a" * 20_000),
    ],
)
def test_other_refreshes_do_not(content: str) -> None:
    assert found(refresh(content)) is None


def test_a_refresh_for_browsers_without_scripts_does_not() -> None:
    page = refresh("0;url=/news/1")
    assert found(page.replace("<meta", "<noscript><meta").replace("></head>", "></noscript></head>")) is None
    assert found(page.replace("<meta", "<!-- <meta").replace("></head>", "> --></head>")) is None


def test_a_page_of_little_text_is_left_for_its_canonical_address() -> None:
    teaser = "<p>Міст через річку відкрили для руху вранці.</p>"
    menu = "<nav>" + "<li>Новини міста й області за сьогодні та вчора, усі розділи</li>" * 99 + "</nav>"
    links = "<a href=/x>Ще одна довга новина, яку варто прочитати сьогодні ввечері</a>" * 99
    for body in ("", teaser, teaser + menu + links, f"<script>{'x' * 5000}</script>"):
        assert found(canonical(body)) == FULL
    there = onward(canonical("").encode(), (), URL)
    assert there is not None
    assert (there.by, there.is_front) == ("rel=canonical", False)


@pytest.mark.parametrize(
    "page",
    [
        canonical(TEXT),
        canonical("中" * CHARACTERS),  # without spaces
        canonical("", URL),
        canonical("", URL + "?id=5"),
        canonical("", URL + "?amp=1"),
        canonical("", "https://m.visti.example/short/1"),
        canonical("", "https://other.example/news/1"),
        canonical("", "/"),
        "",
        "<p>Міст відкрили.</p>",
    ],
)
def test_other_pages_are_what_their_readers_came_for(page: str) -> None:
    assert found(page) is None


def test_a_front_page_is_told_from_an_article() -> None:
    there = onward(refresh("0;url=/").encode(), (), URL)
    assert there is not None
    assert there.is_front


def test_files_lead_nowhere() -> None:
    assert found(refresh("0;url=/news/1"), "file:///short/1.html") is None


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_page_leads_somewhere_or_nowhere(body: bytes, content: str) -> None:
    for page in (body, refresh(content).encode("utf-8", "replace"), canonical("").encode() + body):
        there = onward(page, (), URL)
        assert there is None or there.url.startswith(("http://", "https://"))
