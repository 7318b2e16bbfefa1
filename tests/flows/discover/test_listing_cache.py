from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flows.config.kinds import KINDS
from flows.config.limits import WebLimits
from flows.discover import discover
from flows.discover.listing_cache import ListingCache
from flows.fetch.fetcher import Fetcher
from flows.state import State
from support.local_site import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from flows.common.page_types import Target
    from support.local_site import Site

LOG = logging.getLogger(__name__)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State.open(f"sqlite:///{tmp_path}/state.sqlite") as opened:
        yield opened


def walk(state: State, kind: str, at: datetime = NOON, **fields: object) -> tuple[ListingCache, Iterator[Target]]:
    source = KINDS[kind].model_validate({"name": "a", "kind": kind} | fields)
    reading = ListingCache("a", state.listings, now=lambda: at)

    def targets() -> Iterator[Target]:
        with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
            yield from discover(source, fetcher, LOG, reading)

    return reading, targets()


def find(state: State, kind: str, at: datetime = NOON, **fields: object) -> list[str]:
    """A whole run, kept at its end."""
    reading, targets = walk(state, kind, at, **fields)
    found = [target.url.rpartition("/")[2] for target in targets]
    reading.keep()
    return found


def versioned(site: Site, path: str, body: str, tag: str = '"1"', kind: str = "text/xml") -> str:
    """A document with an ETag, which answers 304 to who has it."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get("If-None-Match") == tag
        request.send_response(304 if known else 200)
        request.send_header("ETag", tag)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", "0" if known else str(len(body)))
        request.end_headers()
        request.wfile.write(b"" if known else body.encode())

    return site.answer(path, answer)


RSS = "<rss version='2.0'><channel><item><link>http://example.org/{}</link></item></channel></rss>"
MAP = "<urlset><url><loc>http://example.org/{}</loc></url></urlset>"
HOME = "<a href=/news/{}>"


def index(*entries: tuple[str, str]) -> str:
    named = "".join(f"<sitemap><loc>{url}</loc><lastmod>{at}</lastmod></sitemap>" for url, at in entries)
    return f"<sitemapindex>{named}</sitemapindex>"


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        ("feed", RSS, {"url": "/d"}),
        ("sitemap", MAP, {"url": "/d"}),
        ("page", HOME, {"urls": ["/d"], "pattern": "/news/"}),
    ],
)
def test_what_has_not_changed_gives_no_pages(
    site: Site, state: State, kind: str, body: str, fields: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    media = "text/html" if kind == "page" else "text/xml"
    url = versioned(site, "/d", body.format(1), kind=media)
    fields = {key: url if value == "/d" else [url] if value == ["/d"] else value for key, value in fields.items()}
    assert find(state, kind, **fields) == ["1"]
    assert find(state, kind, **fields) == []
    assert f"{url} has not changed (304)" in caplog.text
    assert find(state, kind, **fields) == []  # what 304 leaves is remembered, too
    versioned(site, "/d", body.format(2), '"2"', kind=media)
    assert find(state, kind, **fields) == ["2"]


def test_a_document_is_not_passed_over_before_its_pages_are_safe(site: Site, state: State) -> None:
    url = versioned(site, "/feed", RSS.format(1))
    reading, targets = walk(state, "feed", url=url)
    assert next(targets).url == "http://example.org/1"
    reading.keep()  # not yet read to its end
    del targets
    assert state.listings.get("a", url) is None
    reading, targets = walk(state, "feed", url=url)
    assert len(list(targets)) == 1
    assert state.listings.get("a", url) is None  # killed before its pages were kept
    assert find(state, "feed", url=url) == ["1"]
    assert find(state, "feed", url=url) == []


def test_a_broken_answer_leaves_what_was_known(site: Site, state: State) -> None:
    url = versioned(site, "/feed", RSS.format(1))
    find(state, "feed", url=url)
    known = state.listings.get("a", url)
    site.page("/feed", "just words")
    reading, targets = walk(state, "feed", url=url)
    with pytest.raises(Exception, match="is no feed"):
        list(targets)
    reading.keep()
    assert state.listings.get("a", url) == known


def test_an_index_says_which_sitemaps_need_not_be_asked_for(site: Site, state: State) -> None:
    old, new, day = (versioned(site, f"/{name}.xml", MAP.format(name)) for name in ("old", "new", "day"))
    entries = (old, "2026-11-19T10:00:00Z"), (new, "2026-11-20T12:30:00Z"), (day, "2026-11-20")
    url = versioned(site, "/index.xml", index(*entries))
    assert find(state, "sitemap", url=url) == ["old", "new", "day"]
    site.asked.clear()
    later = NOON + timedelta(hours=1)
    assert find(state, "sitemap", later, url=url) == []
    # The index comes whole, as its sitemaps may change without it; what changed after noon, or may have, is asked for.
    assert site.asked == ["/index.xml", "/new.xml", "/day.xml"]
    site.asked.clear()
    assert find(state, "sitemap", NOON + timedelta(days=2), url=url) == []
    assert site.asked == ["/index.xml", "/day.xml"]
    assert find(state, "sitemap", NOON + timedelta(days=3), url=url) == []
    assert site.asked[2:] == ["/index.xml"]


def test_a_sitemap_without_a_date_is_asked_for_each_time(site: Site, state: State) -> None:
    page = versioned(site, "/1.xml", MAP.format(1))
    url = site.page("/index.xml", f"<sitemapindex><sitemap><loc>{page}</loc></sitemap></sitemapindex>")
    assert find(state, "sitemap", url=url) == ["1"]
    versioned(site, "/1.xml", MAP.format(2), '"2"')
    assert find(state, "sitemap", url=url) == ["2"]


def test_without_a_store_nothing_is_known(site: Site) -> None:
    reading = ListingCache("a")
    url = versioned(site, "/feed", RSS.format(1))
    with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
        source = KINDS["feed"].model_validate({"name": "a", "kind": "feed", "url": url})
        for _ in range(2):
            assert len(list(discover(source, fetcher, LOG, reading))) == 1
            reading.keep()
