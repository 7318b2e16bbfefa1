"""Listings are parsed in a process of their own: what holds or kills it costs one listing."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.config.kinds import FeedSource, PageSource, SitemapSource
from flows.config.limits import WebLimits
from flows.config.settings import load_settings, use_settings
from flows.discover import discover, parsing
from flows.discover.listings import Listing
from flows.discover.parsing import parse
from flows.fetch.fetcher import Fetcher
from support.child_code import child_code
from support.local_site import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from flows.common.page_types import Target
    from flows.config.kinds import Source
    from support.child_code import child_code
from support.local_site import Site

LOG = logging.getLogger(__name__)

MISCHIEF = """
import os, signal, sys

def mischief(read):
    def reads(warn, name, listing, *arguments):
        if b"TELLS" in listing.body:
            raise ValueError(str(os.getpid()))
        yield from read(warn, name, listing, *arguments)
        if b"HOLDS" in listing.body:
            signal.pause()
        if b"KILLS" in listing.body:
            os.kill(os.getpid(), signal.SIGKILL)
    return reads

if sys.argv[0] == "-m":
    import flows.discover.feed, flows.discover.links, flows.discover.sitemap
    for module, name in ((flows.discover.feed, "read_feed"), (flows.discover.links, "read_links"),
                         (flows.discover.sitemap, "read_sitemap")):
        setattr(module, name, mischief(getattr(module, name)))
"""


@pytest.fixture(autouse=True, scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """They do what a listing tells them."""
    parsing._end()
    with child_code(tmp_path_factory.mktemp("lib"), MISCHIEF):
        parsing._server.start().end()
        yield
    parsing._end()


def find(source: Source, notes: list[str] | None = None) -> list[Target]:
    with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
        return list(discover(source, fetcher, LOG, note=(notes if notes is not None else []).append))


def feed(word: str = "") -> str:
    return f"<rss version='2.0'><channel><title>{word}</title><item><link>http://example.org/a</link></item><item/>"


def seconds(limit: float) -> AbstractContextManager[None]:
    return use_settings(load_settings(listing_seconds=limit))


def process() -> int:
    """The number of the process that parses next."""
    with pytest.raises(ValueError, match=r"^\d+") as raised:
        list(parse("feed:read_feed", "a", Listing("http://example.org/", b"TELLS", None), LOG))
    return int(raised.value.args[0])


def test_one_process_is_used_for_one_listing_after_another_also_behind_errors(site: Site) -> None:
    first = process()
    notes: list[str] = []
    source = FeedSource(name="a", kind="feed", url=site.page("/feed", feed()))
    assert [target.url for target in find(source, notes)] == ["http://example.org/a"]
    assert notes == ["1 entries of the feed have no link and are left out"]
    with pytest.raises(SitoError, match="is no feed"):
        find(FeedSource(name="a", kind="feed", url=site.page("/none", "text")))
    assert process() == first != os.getpid()


def test_two_listings_at_once_have_two_processes() -> None:
    listing = Listing("http://example.org/", b"".join(b"<a href=/%d>" % n for n in range(2000)), None)
    walks = [parse("links:read_links", "a", listing, LOG) for _ in range(2)]
    pairs = list(zip(*walks, strict=True))
    assert len(pairs) == 2000
    assert all(one == other for one, other in pairs)


def test_one_that_is_left_in_the_middle_gives_nothing_to_the_next() -> None:
    listing = Listing("http://example.org/", b"".join(b"<a href=/%d>" % n for n in range(2000)), None)
    walk = parse("links:read_links", "a", listing, LOG)
    assert next(walk) == "http://example.org/0"
    walk.close()  # type: ignore[attr-defined]
    assert list(parse("links:read_links", "a", Listing("http://example.org/", b"<a href=/x>", None), LOG)) == [
        "http://example.org/x"
    ]


def test_a_feed_that_takes_too_long_is_said_and_the_next_one_is_read(site: Site) -> None:
    process()  # it has started
    url = site.page("/feed", feed("HOLDS"))
    with (
        seconds(1),
        pytest.raises(SitoError, match=rf"^source 'a': {url} took longer than 1 s to parse; .*SITO_LISTING_SECONDS"),
    ):
        find(FeedSource(name="a", kind="feed", url=url))
    assert len(find(FeedSource(name="a", kind="feed", url=site.page("/good", feed())))) == 1


def test_what_a_sitemap_gave_until_then_counts_and_the_other_sitemaps_are_read(site: Site) -> None:
    def sitemap(number: int, word: str = "") -> str:
        address = f"<url><loc>{site.url(f'/{number}')}</loc></url>"
        return site.page(f"/{number}.xml", f"<urlset>{address * 600}<a>{word}</a></urlset>")

    names = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (sitemap(1), sitemap(2, "HOLDS"), sitemap(3)))
    source = SitemapSource(
        name="a", kind="sitemap", url=site.page("/index.xml", f"<sitemapindex>{names}</sitemapindex>")
    )
    process()
    with seconds(5):
        found = find(source)
    assert [target.url for target in found if not target.problem] == [site.url(f"/{n}") for n in (1, 2, 3)]
    (problem,) = [target.problem for target in found if target.problem]
    assert "took longer than 5 s to parse" in problem


@pytest.mark.parametrize("word", ["KILLS", "HOLDS"])
def test_one_of_several_pages_of_links_may_end_or_hold_its_parser(site: Site, word: str) -> None:
    urls = (site.page("/a", f"<a href=/1>{word}"), site.page("/b", "<a href=/2>"))
    process()
    with seconds(5):
        bad, good = find(PageSource(name="a", kind="page", urls=urls, pattern=r"/\d"))
    assert good.url == site.url("/2")
    said = "its parser ended its process (SIGKILL" if word == "KILLS" else "took longer than 5 s to parse"
    assert said in (bad.problem or "")


@pytest.mark.parametrize(
    "inside",
    [
        "<item " + " ".join(f'a{n}="1"' for n in range(150_000)) + "><link>http://example.org/a</link></item>",
        "<item " + " ".join(f'xmlns:a{n}="u"' for n in range(100_000)) + "><link>http://example.org/a</link></item>",
        "<item>" + "<b xml:base='a/b/c/'>" * 10_000 + "</b>" * 10_000 + "<link>http://example.org/a</link></item>",
        "<item><author>" + "a" * 2_000_000 + "</author><link>http://example.org/a</link></item>",
    ],
    ids=["attributes", "namespaces", "bases", "author"],
)
def test_shapes_that_took_minutes_are_read(inside: str) -> None:
    body = f"<rss version='2.0'><channel>{inside}</channel></rss>".encode()
    (target,) = parse("feed:read_feed", "a", Listing("http://example.org/f", body, None), LOG)
    assert target.url == "http://example.org/a"
