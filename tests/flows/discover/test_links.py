from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.common.errors import SitoError
from flows.config.kinds import PageSource
from flows.config.limits import WebLimits
from flows.discover import discover, links
from flows.discover.listings import Listing
from flows.fetch.fetcher import Fetcher
from support.local_site import LOCAL

if TYPE_CHECKING:
    from flows.common.page_types import Target
    from support.local_site import Site

LOG = logging.getLogger(__name__)


def find(urls: list[str], pattern: str = "/news/", **fields: object) -> list[Target]:
    source = PageSource.model_validate({"name": "a", "kind": "page", "urls": urls, "pattern": pattern} | fields)
    with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
        return list(discover(source, fetcher, LOG))


def addresses(found: list[Target]) -> list[str]:
    return [target.url for target in found if target.problem is None]


HOME = """<!doctype html><html><head><title>Вісник</title><link href="/news/style.css" rel=stylesheet></head><body>
<a href="/news/2?utm_source=home#comments">Друга</a> <a href=news/1>Перша</a> <a href="#news/">Вгору</a>
<a href="/about">Про нас</a> <a name="/news/">Без адреси</a> <a href="">Порожня</a> <a href="/news/2">Друга ще раз</a>
<map><area href="/news/3"></map> <a href="https://elsewhere.example/news/4">Деінде</a>
<a href="mailto:a@b.c?/news/">Лист</a> <a href="javascript:open('/news/5')">Код</a> <a href="http://[/news/">Криво</a>
<!-- <a href="/news/6">Закоментовано</a> --><script>"<a href='/news/7'>"</script>
<a href="/news/приклад">Кирилиця</a><a href="/news/8"""


def test_links_that_fit_are_pages_in_their_order(site: Site) -> None:
    found = find([site.page("/", HOME)])
    assert [url.removeprefix(site.address) for url in addresses(found)] == [
        "/news/2",
        "/news/1",
        "/news/3",
        "/news/%D0%BF%D1%80%D0%B8%D0%BA%D0%BB%D0%B0%D0%B4",
    ]
    assert site.asked == ["/"]


def test_the_pattern_sees_the_whole_address(site: Site) -> None:
    url = site.page("/", HOME)
    assert addresses(find([url], r"/news/[0-9]+$")) == [site.url("/news/2"), site.url("/news/1"), site.url("/news/3")]
    assert addresses(find([url], rf"^{site.address}/about$")) == [site.url("/about")]
    assert addresses(find([url], "nothing-like-it")) == []


def test_a_section_page_itself_is_no_page(site: Site) -> None:
    body = "<a href='/'>1</a><a href='/news/'>2</a><a href='/news/a'>3</a>"
    site.page("/", body)
    assert addresses(find([site.page("/news/", body), site.url("/")], "/")) == [site.url("/news/a")]


def test_other_hosts_count_where_they_are_named(site: Site) -> None:
    url = site.page(
        "/", "<a href=//a.example/news/1></a><a href=//b.a.example/news/2></a><a href=//xa.example/news/3></a>"
    )
    assert addresses(find([url])) == []
    assert addresses(find([url], hosts=["A.example"])) == ["http://a.example/news/1", "http://b.a.example/news/2"]


def test_base_and_redirects_count(site: Site) -> None:
    site.redirect("/", "/section/")
    site.page("/section/", "<a href=news/1></a>")
    assert addresses(find([site.url("/")])) == [site.url("/section/news/1")]
    site.page("/based", "<base href='/b/'><base href='/c/'><a href=news/1></a>")
    assert addresses(find([site.url("/based")])) == [site.url("/b/news/1")]
    site.page("/bad", "<base href='http://['><a href=news/1></a>")
    assert addresses(find([site.url("/bad")])) == [site.url("/news/1")]


def test_charsets_are_those_of_the_answer_or_of_the_page(site: Site) -> None:
    link = "<a href='/news/шлях'>".encode("cp1251")
    expected = [site.url("/news/%D1%88%D0%BB%D1%8F%D1%85")]
    assert addresses(find([site.page("/1", link, content_type="text/html; charset=windows-1251")])) == expected
    meta = b"<meta charset=windows-1251>" + link
    assert addresses(find([site.page("/2", meta, content_type="text/html")])) == expected
    site.page("/3", "<a href=/news/1>", content_type="text/html; charset=no-such")
    assert addresses(find([site.url("/3")])) == [site.url("/news/1")]


def test_one_of_several_may_fail(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    good, empty = site.page("/", "<a href=/news/1>"), site.page("/empty", "<p>x")
    feed = site.page("/feed", "<rss/>", content_type="application/rss+xml")
    found = find([site.url("/gone"), feed, empty, good])
    assert addresses(found) == [site.url("/news/1")]
    assert [target.problem for target in found[:2]] == [
        f"this page gave no links: source 'a': {site.url('/gone')}: answered 404 Not Found",
        f"this page gave no links: source 'a': {feed} is no HTML page; fix urls in the sources file",
    ]
    assert f"none of the 0 links of {empty} fits the pattern" in caplog.text
    with pytest.raises(SitoError, match="answered 404"):
        find([site.url("/gone")])


def test_a_page_has_bounds(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    body = "".join(f"<a href=/news/{n}>" for n in range(9))
    url = site.page("/", body)
    monkeypatch.setattr(links, "LINKS", 3)
    assert len(list(links.read_links(pytest.fail, "a", Listing(url, body.encode(), None)))) == 3
    find([url])
    assert "has more than 3 links; the rest is left out" in caplog.text
    with pytest.raises(SitoError, match=r"more than the 100 of limits.page_bytes"):
        find([url], limits={"page_bytes": 100})


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 200_000 + b"<a href=/news/1>",
        b"<a href=/news/1>" + b"<a " * 200_000,
        b"<a href=/news/1>" + b"\0\xff" * 100_000,
        b"<a href=/news/1 " + b"x=y " * 100_000 + b">",
        b"",
    ],
)
def test_hostile_pages_end(site: Site, body: bytes) -> None:
    assert len(find([site.page("/", body)])) <= 1


@given(
    st.binary(max_size=200), st.sampled_from(["text/html", "text/html; charset=utf-16", 'text/html; charset="x', "a"])
)
def test_any_page_gives_links_or_none(body: bytes, kind: str) -> None:
    for address in links.read_links(pytest.fail, "a", Listing("http://example.org/", b"<a href='" + body, kind)):
        assert address.startswith(("http://", "https://"))
