from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.common.errors import SitoError
from flows.config.kinds import FeedSource
from flows.config.limits import WebLimits
from flows.discover import discover
from flows.discover import feed as feed_module
from flows.discover.feed import read_feed
from flows.discover.json_feed import JSON_FEED_BYTES, read_json_feed
from flows.discover.listings import Listing
from flows.fetch.fetcher import Fetcher
from support.local_site import LOCAL

if TYPE_CHECKING:
    from flows.common.page_types import Target
    from support.local_site import Site

LOG = logging.getLogger(__name__)
VERSION = "https://jsonfeed.org/version/1.1"


def find(url: str) -> list[Target]:
    with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
        return list(discover(FeedSource(name="a", kind="feed", url=url), fetcher, LOG))


def feed(*items: object, version: str = VERSION) -> str:
    return json.dumps({"version": version, "title": "Вісник", "items": items})


def test_json_feed_gives_pages_with_evidence(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    body = feed(
        {
            "id": 7,
            "url": "/news/7?utm_source=feed#top",
            "external_url": "https://example.org/other",
            "title": "Паром ходить",
            "content_html": "<p>Паром знову ходить.</p>",
            "content_text": "Паром",
            "summary": "Коротко",
            "date_published": "2026-11-21T10:00:00+02:00",
            "date_modified": "2026-11-21T12:30:00Z",
            "authors": [{"name": "Олена Тиха"}, {"url": "https://example.org/o"}, 5],
        },
        {"id": "b", "external_url": "https://example.org/b", "author": {"name": "Ніна"}, "content_text": "Текст"},
        {"id": "https://example.org/c", "title": 5, "date_modified": "yesterday"},
        {"id": "d", "content_text": "нікуди не веде"},
        {"id": "e", "url": "mailto:a@example.org"},
        "no item",
    )
    first, second, third, wrong = find(site.page("/feed.json", body, content_type="application/feed+json"))
    assert first.url == site.url("/news/7")
    assert first.modified is not None
    assert first.modified.isoformat() == "2026-11-21T12:30:00+00:00"
    assert json.loads(first.evidence or "") == {
        "id": "7",
        "link": "/news/7?utm_source=feed#top",
        "title": "Паром ходить",
        "authors": ["Олена Тиха"],
        "published": "2026-11-21T08:00:00+00:00",
        "updated": "2026-11-21T12:30:00+00:00",
        "summary": "Коротко",
        "content": "<p>Паром знову ходить.</p>",
    }
    assert (second.url, json.loads(second.evidence or "")["authors"]) == ("https://example.org/b", ["Ніна"])
    assert (third.url, third.modified) == ("https://example.org/c", None)
    assert wrong.problem is not None
    assert wrong.problem.startswith("its link is not a web address")
    assert "1 entries of the feed have no link and are left out" in caplog.text


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (feed({"url": "https://example.org/a"}, version="https://jsonfeed.org/version/1"), 1),
        ("\ufeff \n" + feed({"url": "https://example.org/a"}), 1),
        (feed(), 0),
        (feed({"url": "https://example.org/\\ud800"}, {"url": "https://example.org/", "title": "\ud800"}), 2),
    ],
)
def test_json_feeds_of_both_versions_are_read(site: Site, body: str, count: int) -> None:
    found = find(site.page("/feed.json", body, content_type="application/json"))
    assert len(found) == count
    assert all((target.evidence or "").encode() for target in found)  # no half of a surrogate pair


@pytest.mark.parametrize(
    "body",
    [
        '{"items": [{"url": "https://example.org/a"}]}',
        feed({"url": "https://example.org/a"})[:-20],
        feed({"url": "https://example.org/a"}, version="https://example.org/version/1"),
        '{"version": "%s", "items": {}}' % VERSION,  # noqa: UP031 - braces
        '{"a":' * 50_000,
        "[" * 100_000,
        '{"version": %s}' % ("9" * 10_000),
    ],
)
def test_other_json_is_no_feed(site: Site, body: str) -> None:
    with pytest.raises(SitoError, match=r"is no feed \(RSS, Atom, RDF or JSON\); fix url in the sources file$"):
        find(site.page("/feed.json", body, content_type="application/json"))


def test_a_json_feed_has_a_bound() -> None:
    items = [{"url": "https://example.org/a"}]
    body = feed(*items).encode()
    assert read_json_feed(body + b" " * (JSON_FEED_BYTES - len(body))) is not None
    assert read_json_feed(body + b" " * JSON_FEED_BYTES) is None


def test_a_feed_in_xml_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "<rss version='2.0'><channel><item><link>http://example.org/a</link></item></channel></rss>"
    listing = Listing("http://example.org/rss", body.encode(), None)
    monkeypatch.setattr(feed_module, "FEED_BYTES", len(body))
    assert len(list(read_feed(pytest.fail, "a", listing))) == 1
    monkeypatch.setattr(feed_module, "FEED_BYTES", len(body) - 1)
    with pytest.raises(SitoError, match=rf"is a feed of {len(body)} bytes; {len(body) - 1} at most are read$"):
        list(read_feed(pytest.fail, "a", listing))


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<![CDATA[https://a.example/1?x=1&amp;y=2]]>", "https://a.example/1?x=1&y=2"),
        ("<![CDATA[https://a.example/1?x=1&y=2]]>", "https://a.example/1?x=1&y=2"),
        ("https://a.example/1?x=1&amp;amp;y=2", "https://a.example/1?x=1&y=2"),
        ("https://a.example/1?x=1&amp;y=2", "https://a.example/1?x=1&y=2"),
        ("https://a.example/1?x=1&y=2", "https://a.example/1?x=1&y=2"),
        ("&lt;![CDATA[https://a.example/1]]&gt;", "https://a.example/1"),
        # Not to be touched: a parameter of that name, and what the address itself escapes.
        ("https://a.example/1?x=1&amp;amp=1", "https://a.example/1?x=1&amp=1"),
        ("https://a.example/1?x=1&amp;ampere=2", "https://a.example/1?x=1&ampere=2"),
        ("https://a.example/1?x=%26amp%3B", "https://a.example/1?x=%26amp%3B"),
    ],
)
def test_links_are_unescaped_once(site: Site, link: str, expected: str) -> None:
    body = f"<rss version='2.0'><channel><item><title>1</title><link>{link}</link></item></channel></rss>"
    assert [target.url for target in find(site.page("/rss", body))] == [expected]


def test_links_of_json_are_unescaped_once(site: Site) -> None:
    (target,) = find(site.page("/feed.json", feed({"url": "https://a.example/1?x=1&amp;y=2"})))
    assert target.url == "https://a.example/1?x=1&y=2"


def test_dates_in_other_languages_are_evidence(site: Site) -> None:
    item = "<item><link>https://a.example/1</link><pubDate>Пн, 02 бер 2026 10:00:00 +0200</pubDate></item>"
    (target,) = find(site.page("/rss", f"<rss version='2.0'><channel>{item}</channel></rss>"))
    assert json.loads(target.evidence or "")["published"] == "2026-03-02T08:00:00+00:00"


def test_a_page_names_its_json_feed(site: Site) -> None:
    page = '<!doctype html><html><head><link rel=alternate type="application/feed+json" href="/feed.json"></head>'
    with pytest.raises(SitoError, match=rf"is an HTML page, no feed; it names this feed: {site.url('/feed.json')}$"):
        find(site.page("/", page))


_JSON = st.none() | st.integers() | st.text() | st.lists(st.text() | st.dictionaries(st.just("name"), st.text()))
_FIELDS = ("id", "url", "external_url", "title", "authors", "author", "date_modified", "date_published", "summary")


@given(st.lists(st.dictionaries(st.sampled_from(_FIELDS), _JSON) | _JSON))
def test_any_item_is_read_or_left_out(items: list[object]) -> None:
    read = read_json_feed(feed(*items).encode())
    assert read is not None
    for item in read:
        assert set(item) == {"id", "link", "title", "authors", "published", "updated", "summary", "content"}
