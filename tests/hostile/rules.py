"""Hosts whose robots.txt is everything but plain; beside it lies a page that is as it should be."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING

from support.hostile.answers import cut, head, page, redirect, whole
from support.hostile.site import Act, Drip, Flood

if TYPE_CHECKING:
    from support.hostile.site import Answer
    from support.hostile.stage import Behaviour, Kept, Stage

__all__ = ["ROBOTS"]

_ALL = "User-agent: *\nDisallow: /\n"
_PAGE = "User-agent: *\nDisallow: /page\n"
_PADDING = "# " + "padding " * 9 + "\n"


def _forbidding(*answers: Answer) -> Behaviour:
    """robots.txt answers so, and the page must not be asked for."""

    def play(stage: Stage) -> Kept:
        stage.at("/robots.txt", *answers)
        stage.at("/page", page())
        return {}

    return play


def _allowing(*answers: Answer) -> Behaviour:
    """robots.txt answers so, and the page is had."""

    def play(stage: Stage) -> Kept:
        stage.at("/robots.txt", *answers)
        return stage.article("/page")

    return play


def _text(text: str | bytes, *lines: str) -> tuple[bytes]:
    return (whole(text, 200, *lines, kind="text/plain"),)


def _one_of_two(stage: Stage) -> Kept:
    stage.at("/robots.txt", _text("User-agent: *\nDisallow: /secret\n"))
    stage.addresses.append(stage.at("/secret/page", page()))
    return stage.article("/page")


def _elsewhere(stage: Stage, rules: str) -> Kept:
    """Its robots.txt lies on another host."""
    stage.at("/robots.txt", redirect(301, stage.url("/rules.txt", stage.other)))
    stage.at("/rules.txt", _text(rules), host=stage.other)
    kept = stage.article("/page")
    return {} if rules == _ALL else kept


def _circle(stage: Stage) -> Kept:
    stage.at("/robots.txt", redirect(302, "/robots2.txt"))
    stage.at("/robots2.txt", redirect(302, "/robots.txt"))
    return stage.article("/page")


def _private(stage: Stage) -> Kept:
    """Its robots.txt is said to lie where nobody may be sent."""
    stage.site.at("127.0.0.60", "/robots.txt", _text(_ALL))
    stage.at("/robots.txt", redirect(302, stage.site.url("127.0.0.60", "/robots.txt")))
    return stage.article("/page")


def _year(stage: Stage) -> Kept:
    """The first page may be had at once; no run waits for the second."""
    stage.at("/robots.txt", _text("User-agent: *\nCrawl-delay: 31536000\n"))
    stage.addresses.append(stage.at("/second", page()))
    return stage.article("/page")


def _bomb(stage: Stage) -> Kept:
    """Packed when it is played: every process of the tests reads these tables."""
    bomb = gzip.compress(b"#" * 50_000_000, mtime=0)
    return _allowing(_text(bomb, "Content-Encoding: gzip"))(stage)


ROBOTS: dict[str, Behaviour] = {
    "robots: all forbidden": _forbidding(_text(_ALL)),
    "robots: the page forbidden": _forbidding(_text(_PAGE)),
    "robots: one of two forbidden": _one_of_two,
    "robots: we are forbidden by name": _forbidding(
        _text("User-agent: sito\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    ),
    "robots: another is forbidden": _allowing(_text("User-agent: otherbot\nDisallow: /\n")),
    "robots: the longer rule allows": _allowing(_text("User-agent: *\nDisallow: /\nAllow: /page\n")),
    "robots: a wildcard forbids": _forbidding(_text("User-agent: *\nDisallow: /*ge$\n")),
    "robots: a wildcard full of stars": _allowing(_text("User-agent: *\nDisallow: /" + "*a" * 2000 + "$\n")),
    "robots: letters of both cases": _forbidding(_text("uSER-aGENT: *\ndisallow: /page\n")),
    "robots: a mark of byte order first": _forbidding(_text("\ufeff" + _ALL)),
    "robots: old ends of lines": _forbidding(_text(_ALL.replace("\n", "\r"))),
    "robots: NULs": _forbidding(_text("\0\0\n" + _ALL)),
    "robots: not UTF-8": _forbidding(_text(b"# \xff\xfe\xcf\n" + _ALL.encode())),
    "robots: in gzip": _forbidding(_text(gzip.compress(_ALL.encode(), mtime=0), "Content-Encoding: gzip")),
    "robots: a bomb in gzip": _bomb,
    "robots: a delay": _allowing(_text("User-agent: *\nCrawl-delay: 0.05\n")),
    "robots: a delay of a year": _year,
    "robots: a delay of nonsense": _allowing(_text("User-agent: *\nCrawl-delay: -1\nCrawl-delay: soon\n")),
    "robots: 2 MB, the rule at its head": _forbidding(_text(_ALL + _PADDING * 28_000)),
    "robots: 2 MB, the rule at its end": _allowing(_text("User-agent: *\n" + _PADDING * 28_000 + "Disallow: /\n")),
    "robots: without end": _forbidding((head(200, kind="text/plain") + _ALL.encode(), Flood(_PADDING.encode() * 100))),
    "robots: empty": _allowing(_text("")),
    "robots: HTML": _allowing(page("<!doctype html><html><body>Disallow nothing")),
    "robots: an image": _allowing(page(b"\x89PNG\r\n\x1a\n\0\0", kind="image/png")),
    "robots: 204": _allowing((head(204, kind=None),)),
    "robots: 401": _allowing(page("no", 401)),
    "robots: 403": _allowing(page("no", 403)),
    "robots: 404": _allowing(page("no", 404)),
    "robots: 410": _allowing(page("no", 410)),
    "robots: 429": _forbidding(page("slow", 429)),
    "robots: 429, again in an hour": _forbidding(page("slow", 429, "Retry-After: 3600")),
    "robots: 500": _forbidding(page("no", 500)),
    "robots: 503": _forbidding(page("no", 503)),
    "robots: 503 once": _allowing(page("no", 503), _text("User-agent: *\nDisallow: /other\n")),
    "robots: moved": partial(_elsewhere, rules="User-agent: *\nDisallow: /other\n"),
    "robots: moved, all forbidden": partial(_elsewhere, rules=_ALL),
    "robots: moved in a circle": _circle,
    "robots: moved to a private address": _private,
    "robots: silence": _forbidding((Act.SILENCE,)),
    "robots: trickle": _forbidding((head(200, "Content-Length: 1000", kind="text/plain"), Drip(b"#"))),
    "robots: cut": _forbidding(cut(whole(_ALL)[:-5])),
    "robots: cut at once": _forbidding((Act.CUT,)),
    "robots: cut once": _allowing((Act.CUT,), _text("User-agent: *\nDisallow: /other\n")),
    "robots: reset": _forbidding((Act.RESET,)),
}
