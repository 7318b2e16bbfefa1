from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.common.usage_rights import usage_rights


def page(head: str) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body><p>Міст відкрили.</p></body></html>".encode()


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("X-Robots-Tag", "noindex", "noindex (header)"),
        ("x-robots-tag", "NoIndex, nofollow", "noindex (header)"),
        ("X-Robots-Tag", "none", "noindex (header)"),
        ("X-Robots-Tag", "max-snippet: 5, noindex", "noindex (header)"),
        ("X-Robots-Tag", "googlebot: nofollow, noindex", "noindex (header)"),
        ("X-Robots-Tag", "sito: noindex", "noindex (header)"),
        ("X-Robots-Tag", "otherbot: nofollow, sito: noindex", "noindex (header)"),
        ("X-Robots-Tag", "otherbot: noindex, nofollow", ""),
        ("X-Robots-Tag", "nofollow, noarchive", ""),
        ("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 PST", ""),
        ("X-Robots-Tag", "noindexing", ""),
        ("TDM-Reservation", "1", "TDM reserved (header)"),
        ("tdm-reservation", " 1 ", "TDM reserved (header)"),
        ("tdm-reservation", "0", ""),
        ("X-Other", "noindex", ""),
    ],
)
def test_headers(name: str, value: str, found: str) -> None:
    assert usage_rights([("Server", "none"), (name, value)], page("")) == ((found,) if found else ())


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("<meta name=robots content=noindex>", "noindex (page)"),
        ("<META NAME='Robots' CONTENT='NOINDEX,NOFOLLOW'>", "noindex (page)"),
        ("<meta content='none' name='googlebot'/>", "noindex (page)"),
        ("<meta name=sito content='noindex'>", "noindex (page)"),
        ("<meta name='tdm-reservation' content='1'>", "TDM reserved (page)"),
        ("<meta name=robots content='index, follow'>", ""),
        ("<meta name=robots content='max-image-preview:large'>", ""),
        ("<meta name=bingbot content=noindex>", ""),
        ("<meta name=description content='noindex'>", ""),
        ("<meta name='tdm-reservation' content='0'>", ""),
        ("<!-- <meta name=robots content=noindex> -->", ""),
        ("<script>var a = '<meta name=robots content=noindex>';</script>", ""),
        ("<title>noindex</title>", ""),
        ("<!--" + "x" * 70_000 + "--><meta name=robots content=noindex>", ""),  # beyond what we read
    ],
)
def test_meta_elements(head: str, found: str) -> None:
    assert usage_rights([], page(head)) == ((found,) if found else ())


def test_all_are_told_once_and_sorted() -> None:
    headers = [("tdm-reservation", "1"), ("X-Robots-Tag", "noindex"), ("X-Robots-Tag", "none")]
    body = page("<meta name=robots content=noindex><meta name=googlebot content=none>")
    assert usage_rights(headers, body) == ("TDM reserved (header)", "noindex (header)", "noindex (page)")


@pytest.mark.parametrize(
    "body", [b"", b"\x00noindex\x00", b"<" * 65_536 + b"noindex", b"<meta noindex" + b"<b>" * 30_000, b"\xff\xfenone"]
)
def test_what_is_no_page_says_nothing(body: bytes) -> None:
    assert usage_rights([], body) == ()


@given(st.text(), st.binary() | st.text().map(lambda text: b"<meta noindex>" + text.encode("utf-8", "replace")))
def test_nothing_breaks_reading_it(value: str, body: bytes) -> None:
    assert isinstance(usage_rights([("X-Robots-Tag", value), ("tdm-reservation", value)], body), tuple)


def test_utf_16_is_read() -> None:
    assert usage_rights([], page("<meta name=robots content=noindex>").decode().encode("utf-16")) == ("noindex (page)",)
