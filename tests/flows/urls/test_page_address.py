from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.urls.canonical import same_site, stated_address
from flows.urls.page_address import absolute_address, page_address


@pytest.mark.parametrize(
    ("link", "base", "expected"),
    [
        ("HTTP://Example.ORG:80/A?b=1&a=2#f", None, "http://example.org/A?b=1&a=2"),
        ("https://example.org", None, "https://example.org/"),
        ("https://example.org?a", None, "https://example.org/?a"),
        ("https://example.org:8443/", None, "https://example.org:8443/"),
        ("https://приклад.укр/шлях", None, "https://xn--80aikifvh.xn--j1amh/%D1%88%D0%BB%D1%8F%D1%85"),
        ("https://example.org/%d1%88%7e%41?q=%d1%88", None, "https://example.org/%D1%88~A?q=%D1%88"),
        ("https://example.org/a%2fb%26", None, "https://example.org/a%2Fb%26"),
        ("https://example.org/a%20b|c d", None, "https://example.org/a%20b%7Cc%20d"),
        ("https://example.org/a/%2e%2e/b", None, "https://example.org/b"),
        ("../b/./c", "https://example.org/a/x/", "https://example.org/a/b/c"),
        ("//other.org/a", "https://example.org/", "https://other.org/a"),
        ("?page=2", "https://example.org/a?page=1", "https://example.org/a?page=2"),
        ("https://example.org/a?", None, "https://example.org/a"),
        # Clicks are counted, the page is the same.
        ("https://example.org/a?utm_source=x&utm_medium=y", None, "https://example.org/a"),
        ("https://example.org/a?utm_source=x&id=5&fbclid=z#top", None, "https://example.org/a?id=5"),
        ("https://example.org/a?GCLID=1&yclid=2&ysclid=3&mc_cid=4&_ga=5&igshid=6", None, "https://example.org/a"),
        ("https://example.org/a?xtor=RSS-1&at_medium=RSS&at_campaign=KARANGA&AT_x=1", None, "https://example.org/a"),
        ("https://example.org/a?wt_zmc=x&WT.mc_id=y&id=5&ns_mchannel=z", None, "https://example.org/a?id=5"),
        ("https://example.org/a?gad_source=1&ttclid=2&hsa_acc=3&__hstc=4&matomo_kwd=5", None, "https://example.org/a"),
        ("https://example.org/a?id=5&&b", None, "https://example.org/a?id=5&&b"),
        # What tells pages apart stays: parameters that look like trackers, their order, their blank values.
        ("https://example.org/?gallery=2&source=1&b", None, "https://example.org/?gallery=2&source=1&b"),
        ("https://example.org/?cid=2&eid=1&uid=7&ref=a", None, "https://example.org/?cid=2&eid=1&uid=7&ref=a"),
        (
            "https://example.org/?at=2&format=x&cmp=1&wt=3&ns=4",
            None,
            "https://example.org/?at=2&format=x&cmp=1&wt=3&ns=4",
        ),
        ("https://example.org/?ad_id=2&ads_id=1", None, "https://example.org/?ad_id=2&ads_id=1"),
        ("https://example.org/?page=2&id=1&medium=oil", None, "https://example.org/?page=2&id=1&medium=oil"),
    ],
)
def test_addresses_have_one_form(link: str, base: str | None, expected: str) -> None:
    assert page_address(link, base) == expected
    assert page_address(expected) == expected


def test_what_a_redirect_adds_stays_where_it_is_asked_for() -> None:
    assert absolute_address("/a?utm_source=x#b", "https://EXAMPLE.org/") == "https://example.org/a?utm_source=x"


_LINKS = (
    st.text()
    | st.from_regex(r"https?://[a-z0-9.-]+(/[A-Za-z0-9.~%_-]*)*[?]?[a-z=&%+]*", fullmatch=True)
    | st.from_regex(r"https?://a[.]b(/[a-z]%[0-9A-Fa-f]{2})?([?]((utm_|id|gclid|cid)=[a-z.]?&?){0,4})?", fullmatch=True)
)


@given(_LINKS, st.sampled_from([None, "https://example.org/a/"]))
def test_any_text_is_an_address_or_a_value_error(link: str, base: str | None) -> None:
    try:
        url = page_address(link, base)
    except ValueError:
        return
    assert url.isascii()
    assert url == page_address(link.strip() + "#x", base)  # the long way, whatever shortcut the link itself may take
    assert url.startswith(("http://", "https://"))
    assert page_address(url) == url == page_address(absolute_address(link, base))


def test_an_address_has_bounds() -> None:
    for start in ("https://example.org/", "https://example.org/?a=", "https://example.org/?utm_a="):
        with pytest.raises(ValueError, match="is no address: it has"):
            page_address(start + "a" * 9000)


def canonical(href: str, more: str = "") -> bytes:
    return f'<!doctype html><html><head><title>t</title>{more}<link href="{href}" rel="Canonical"></head>'.encode()


URL = "https://m.example.com.ua/a?amp=1"


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        (canonical("https://www.example.com.ua/a"), URL, "https://www.example.com.ua/a"),
        (canonical("//example.com.ua/a?utm_source=x#y"), URL, "https://example.com.ua/a"),
        (canonical("/a"), URL, "https://m.example.com.ua/a"),
        (canonical("/шлях"), URL, "https://m.example.com.ua/%D1%88%D0%BB%D1%8F%D1%85"),
        ("<link rel=canonical href=/шлях>".encode("cp1251"), URL, None),  # nothing says that it is windows-1251
        (
            canonical("/a", "<link rel='canonical amphtml' href='https://m.example.com.ua/a'>"),
            URL,
            "https://m.example.com.ua/a",
        ),
        (canonical("/"), "https://m.example.com.ua/", "https://m.example.com.ua/"),
        (canonical("http://127.0.0.1:81/b"), "http://127.0.0.1:80/a", "http://127.0.0.1:81/b"),
        # Not to be believed.
        (canonical("https://other.com.ua/a"), URL, None),
        (canonical("https://www.example.com.ua/"), URL, None),
        (canonical("javascript:alert(1)"), URL, None),
        (canonical("https://tom:secret@example.com.ua/a"), URL, None),
        (canonical("/a", "<link rel=canonical href=/b>"), URL, None),
        (canonical("http://127.0.0.2/b"), "http://127.0.0.1/a", None),
        (b"<html><head></head><body><link rel=canonical href=/b>", URL, None),
        (b"<html><head><!-- <link rel=canonical href=/b> --></head>", URL, None),
        (b"<html><head><script>'<link rel=canonical href=/b>'</script></head>", URL, None),
        (b" " * 300_000 + b"<link rel=canonical href=/b>", URL, None),
        (b"", URL, None),
        (b"\0\xff<canonical", URL, None),
    ],
)
def test_a_page_states_its_address(body: bytes, url: str, expected: str | None) -> None:
    assert stated_address(body, (), url) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('<https://example.com.ua/b>; rel="canonical"', "https://example.com.ua/b"),
        ('</x.css>; rel=preload; as=style, </b>; title="x"; rel=canonical', "https://m.example.com.ua/b"),
        ("<https://example.com.ua/b>; rel=next", None),
        ("<" * 100_000, None),
        (";rel=" * 100_000, None),
    ],
)
def test_a_header_states_it_too(field: str, expected: str | None) -> None:
    assert stated_address(b"", (("LINK", field),), URL) == expected


def test_header_charset_and_contradictions_count() -> None:
    kind = ("Content-Type", "text/html; charset=windows-1251")
    assert stated_address("<link rel=canonical href=/шлях>".encode("cp1251"), [kind], URL) == (
        "https://m.example.com.ua/%D1%88%D0%BB%D1%8F%D1%85"
    )
    unknown = ("Content-Type", "text/html; charset=nothing-like-it")
    assert stated_address(canonical("/a"), [unknown], URL) == "https://m.example.com.ua/a"
    assert stated_address(canonical("/a"), [("Link", "</b>; rel=canonical")], URL) is None
    many = b"<link rel=canonical href=/a>" * 5000
    assert stated_address(many, (), URL) == "https://m.example.com.ua/a"


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_page_states_an_address_or_none(body: bytes, field: str) -> None:
    stated = stated_address(b"<link rel=canonical href='" + body, [("link", f"<{field}>;rel=canonical")], URL)
    assert stated is None or same_site(stated, URL)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.example.com.ua/", "http://m.example.com.ua/", True),
        ("https://one.com.ua/", "https://two.com.ua/", False),
        ("https://localhost:1/", "http://localhost:2/", True),
        ("http://10.0.0.1/", "http://10.0.0.2/", False),
        ("http://[::1]/", "http://[0::1]/", True),
    ],
)
def test_sites_are_told_apart(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
