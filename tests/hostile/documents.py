"""Feeds and sitemaps that are broken, hostile or endless. Their address is /page, as that of a page elsewhere."""

from __future__ import annotations

import gzip
import json
from functools import partial
from typing import TYPE_CHECKING

from hostile.bodies import BOMB
from support.hostile.answers import ARTICLE, article, cut, feed, page, redirect, sitemap, whole
from support.hostile.site import Act

if TYPE_CHECKING:
    from support.hostile.site import Step
    from support.hostile.stage import Behaviour, Kept, Stage

__all__ = ["ENTRIES", "FEEDS", "SITEMAPS"]

ENTRIES = 60_000

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ха">{_LAUGHS}<!ENTITY file SYSTEM "file:///etc/passwd">]>'


def _document(answer: tuple[Step, ...]) -> Behaviour:
    """The document answers so, and gives no pages."""

    def play(stage: Stage) -> Kept:
        stage.at("/page", answer)
        return {}

    return play


def _articles(stage: Stage, number: int = 3) -> Kept:
    kept: Kept = {}
    for n in range(number):
        kept |= stage.article(f"/n/{n}", article(f"Новина {n}"))
    return kept


def _feed(stage: Stage, *more: str, kind: str = "application/rss+xml") -> Kept:
    kept = _articles(stage)
    stage.at("/page", page(feed(*kept, *more), kind=kind))
    return kept


def _feed_then(stage: Stage, first: tuple[Step, ...]) -> Kept:
    kept = _articles(stage)
    stage.at("/page", first, page(feed(*kept)))
    return kept


def _broken_feed(stage: Stage) -> Kept:
    kept = _articles(stage)
    text = feed(*kept).replace("<title>Новини</title>", "<title>Новини & <b>решта</title>").removesuffix("</rss>")
    stage.at("/page", page(text, kind="application/rss+xml"))
    return kept


def _laughing_feed(stage: Stage) -> Kept:
    kept = _articles(stage)
    text = feed(*kept).replace("<rss", _DOCTYPE + "<rss").replace("Новина", "&l9; &file;")
    stage.at("/page", page(text, kind="application/rss+xml"))
    return kept


def _json_feed(stage: Stage) -> Kept:
    kept = _articles(stage)
    items = [{"id": url, "url": url, "title": "Новина"} for url in kept]
    said = {"version": "https://jsonfeed.org/version/1.1", "title": "Новини", "items": items}
    stage.at("/page", page(json.dumps(said), kind="application/feed+json"))
    return kept


def _moved_feed(stage: Stage) -> Kept:
    kept = _articles(stage)
    stage.at("/page", redirect(301, "/rss"))
    stage.at("/rss", page(feed(*kept), kind="application/rss+xml"))
    return kept


def _private_feed(stage: Stage) -> Kept:
    stage.site.at("127.0.0.60", "/secret", page())
    return _feed(stage, stage.site.url("127.0.0.60", "/secret"), "file:///etc/passwd", "javascript:alert(1)")


def _many(stage: Stage) -> Kept:
    """Entries to the end of the list; the run may take 20."""
    stage.site.default = page()
    stage.at("/page", page(sitemap(*(stage.url(f"/n/{n}") for n in range(ENTRIES))), kind="text/xml"))
    return {stage.url(f"/n/{n}"): ARTICLE for n in range(20)}


def _map(stage: Stage) -> Kept:
    kept = _articles(stage)
    stage.at("/page", page(sitemap(*kept), kind="text/xml"))
    return kept


def _loop(stage: Stage) -> Kept:
    kept = _articles(stage, 2)
    index = [stage.url("/page"), stage.url("/below"), stage.url("/pages.xml")]
    for path in ("/page", "/below"):
        stage.at(path, page(sitemap(*index, index=True), kind="text/xml"))
    stage.at("/pages.xml", page(sitemap(*kept), kind="text/xml"))
    return kept


def _growing(stage: Stage) -> Kept:
    """Every index names the next, deeper and deeper."""
    for n in range(12):
        links = [stage.url(f"/{n + 1}")]
        stage.at(f"/{n}" if n else "/page", page(sitemap(*links, index=True), kind="text/xml"))
    return {}


def _index(stage: Stage, answer: tuple[Step, ...]) -> Kept:
    """One of two sitemaps is in trouble."""
    kept = _articles(stage, 2)
    stage.at("/page", page(sitemap(stage.url("/bad.xml"), stage.url("/good.xml"), index=True), kind="text/xml"))
    stage.at("/bad.xml", answer)
    stage.at("/good.xml", page(sitemap(*kept), kind="text/xml"))
    return kept


def _private_map(stage: Stage, index: bool) -> Kept:
    stage.site.at("127.0.0.60", "/secret", page())
    links = [stage.site.url("127.0.0.60", "/secret"), "http://169.254.169.254/latest/", "http://[::1]/", "file:///x"]
    kept = {} if index else _articles(stage, 1)
    stage.at("/page", page(sitemap(*links, *kept, index=index), kind="text/xml"))
    return kept


def _laughing_map(stage: Stage) -> Kept:
    kept = _articles(stage)
    text = sitemap(*kept).replace("<urlset", _DOCTYPE + "<urlset", 1).replace("</loc>", "</loc><x>&l9;&file;</x>")
    stage.at("/page", page(text, kind="text/xml"))
    return kept


def _packed_map(stage: Stage) -> Kept:
    kept = _articles(stage)
    stage.at("/page", page(gzip.compress(sitemap(*kept).encode(), mtime=0), kind="application/gzip"))
    return kept


def _cut_map(stage: Stage) -> Kept:
    """The XML ends in the middle of the last entry."""
    kept = _articles(stage)
    text = sitemap(*kept, stage.url("/n/never"))
    stage.at("/page", page(text[: text.index("never")], kind="text/xml"))
    return kept


_HTML = page("<!doctype html><html><body>Welcome")
_BOMB = page(BOMB * 8, kind="application/gzip")

FEEDS: dict[str, Behaviour] = {
    "feed": _feed,
    "feed as JSON": _json_feed,
    "feed that is HTML": _document(_HTML),
    "feed that is empty": _document(page("", kind="application/rss+xml")),
    "feed that is gone": _document(page("no", 410)),
    "feed that is cut": _document(cut(whole(feed())[:-20])),
    "feed in silence": _document((Act.SILENCE,)),
    "feed busy once": partial(_feed_then, first=page("busy", 503)),
    "feed that moved": _moved_feed,
    "feed of broken XML": _broken_feed,
    "feed with a billion laughs": _laughing_feed,
    "feed that says it is HTML": partial(_feed, kind="text/html"),
    "feed with addresses of others": _private_feed,
    "feed that is a bomb": _document(_BOMB),
}

SITEMAPS: dict[str, Behaviour] = {
    "sitemap": _map,
    "sitemap of 60,000 entries": _many,
    "sitemap in gzip": _packed_map,
    "sitemap that is HTML": _document(_HTML),
    "sitemap that is gone": _document(page("no", 404)),
    "sitemap that ends early": _cut_map,
    "sitemap with a billion laughs": _laughing_map,
    "sitemap that is a bomb": _document(_BOMB),
    "sitemap of private addresses": partial(_private_map, index=False),
    "sitemaps in a circle": _loop,
    "sitemaps deeper and deeper": _growing,
    "sitemaps at private addresses": partial(_private_map, index=True),
    "sitemaps, one of them gone": partial(_index, answer=page("no", 404)),
    "sitemaps, one of them HTML": partial(_index, answer=_HTML),
    "sitemaps, one of them cut": partial(_index, answer=(Act.CUT,)),
}
