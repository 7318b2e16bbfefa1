"""How time and memory grow with the worst shapes of what sito reads: each at 1x, 2x, 4x and 8x of its size.

    python -m benchmarks.growth [NAME...]

Each measurement is a fork of a process that has read a page of each kind. Prints seconds of CPU and peak memory
(ru_maxrss); a shape whose last doubling takes more than 2.6 times as long is marked, as it grows faster than its
input. A page that is refused says so.
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import sys
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from cleaners.errors import PageError
from cleaners.pipeline import clean_html, clean_text
from flows.archive.cdxj import make_index
from flows.common.usage_rights import usage_rights
from flows.discover.cdx import _rows
from flows.discover.sitemap_xml import SitemapReader
from flows.fetch.robots import read_robots
from flows.state.host_store import RobotsState
from flows.urls.onward import onward

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS, TOO_FAST = 60, 0.1
FASTER_THAN_LINEAR = 2.6
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = "Рядок тексту тут, "
NEWS = '{"@type":"NewsArticle","headline":"Рядок","author":{"name":"Олена Гай"}}'
LD = f'<script type="application/ld+json">{NEWS}</script>'


def feed(text: str) -> None:
    """A feed, as a run reads it."""
    from flows.discover.feed import read_feed
    from flows.discover.listings import Listing

    list(read_feed(logging.getLogger("growth").warning, "growth", Listing("http://a.test/feed", text.encode(), None)))


def robots(text: str) -> None:
    """A robots.txt, and one question to it."""
    state = RobotsState(200, text.encode(), NOON)
    read_robots("http://a.test/robots.txt", state).allows("http://a.test/" + "a" * 500)


def headers(text: str) -> None:
    """Headers of an answer, as each page's are looked at."""
    found = [("Link", text), ("Set-Cookie", text), ("X-Robots-Tag", text), ("Refresh", "5; url=" + text)]
    usage_rights(found, b"<p>x")
    onward(b"<p>x", found, "http://a.test/")


def head(text: str) -> None:
    """A page, as a run looks at it for where it sends its readers, and what may be done with it."""
    onward(text.encode(), [], "http://a.test/b")
    usage_rights([], text.encode())


def warc(text: str) -> None:
    """A shard with a record of these headers."""
    plain = BytesIO()
    named = [(f"X-{n}", value) for n, value in enumerate(text.split("\\n"))]
    writer = WARCWriter(plain, gzip=True)
    head = StatusAndHeaders("200 OK", named, protocol="HTTP/1.1")
    writer.write_record(writer.create_warc_record("http://a.test/", "response", BytesIO(b"<p>x"), http_headers=head))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc.gz"
        path.write_bytes(plain.getvalue())
        make_index(path, path.name)


def sitemap(text: str) -> None:
    """A sitemap."""
    list(SitemapReader(text.encode()).entries())


def index(text: str) -> None:
    """A CDX list in JSON lines, as a source of the kind cdx reads it."""
    list(_rows(BytesIO(text.encode())))


def entry(number: int) -> str:
    """A line of an index."""
    fields = f'"url":"http://a.test/{number}","mime":"text/html","status":"200","digest":"sha1:A","length":"9"'
    return f'test,a)/{number} 20260301120000 {{{fields},"offset":"{number}","filename":"a.warc.gz"}}\n'


PROSE = f"<p>{LINE * 3}і ще слова про річку, міст та воду.</p>"
COMMENT = f"<div class=comment><p>Олена 12:30</p>{PROSE}<p>Відповісти</p></div>"


CANONICAL = "<link rel=canonical href=/c><body>"


def page_of(part: str, number: int) -> str:
    """A page with an article, and below it many of these parts."""
    return PROSE * 9 + "<div>" + part * 100 * number


PAGE, TEXT = clean_html, clean_text
SHAPES: dict[str, tuple[Callable[[str], object], Callable[[int], str]]] = {
    "nested tags": (PAGE, lambda n: "<div>" * 2_000 * n + LINE),
    "nested inline tags": (PAGE, lambda n: "<p>" + "<b>" * 2_000 * n + LINE),
    "nested classes": (PAGE, lambda n: "<div class='one two three'><p>Рядок.</p>" * 300 * n),
    "long class": (PAGE, lambda n: f"<div class='{'name ' * 1_000 * n}'>" + "<p>Рядок тексту тут.</p>" * 100 * n),
    "many attributes": (PAGE, lambda n: "<p " + " ".join(f"a{i}=1" for i in range(5_000 * n)) + ">Рядок."),
    "blocks": (PAGE, lambda n: "".join(f"<p>{LINE}{i} і ще слова про річку.</p>" for i in range(300 * n))),
    "the same line": (PAGE, lambda n: f"<p>{LINE}і ще слова про річку.</p>" * 300 * n),
    "one long line": (PAGE, lambda n: "<p>" + "слово та word " * 2_000 * n),
    "one long sentence of Latin": (PAGE, lambda n: "<p>" + "rain and snow, " * 3_000 * n),
    "one long word": (PAGE, lambda n: "<p>Міст " + "a" * 100_000 * n),
    "line breaks": (PAGE, lambda n: "<p>" + f"{LINE}<br>" * 300 * n),
    "spaces": (PAGE, lambda n: "<p>а" + " \u00a0" * 20_000 * n),
    "cells of a table": (PAGE, lambda n: "<table>" + f"<tr><td>{LINE}<td>7" * 300 * n),
    "nested tables": (PAGE, lambda n: f"<table><tr><td>{LINE}" * 100 * n),
    "nested lists": (PAGE, lambda n: f"<ul><li>{LINE}" * 200 * n),
    "combining marks": (PAGE, lambda n: "<p>а" + "\u0301\u0323" * 10_000 * n),
    "marks of scripts that are rare": (PAGE, lambda n: "<p>а" + "\U0001d165\u0323\u302a" * 5_000 * n),
    "entities": (PAGE, lambda n: "<p>" + "&amp;&lt;&nbsp;&#8217;" * 5_000 * n),
    "ampersands": (PAGE, lambda n: "<p>" + "&a" * 20_000 * n),
    "opening brackets": (PAGE, lambda n: "<" * 20_000 * n),
    "links": (PAGE, lambda n: "<a href=/a>Ще одна новина дня</a>" * 1_000 * n),
    "JSON-LD": (PAGE, lambda n: LD * 200 * n + f"<p>{LINE}"),
    "one long JSON-LD": (PAGE, lambda n: LD.replace("Рядок", LINE * 2_000 * n)),
    "metas": (PAGE, lambda n: "<meta name=author content='Олена Гай'>" * 1_000 * n + f"<p>{LINE}"),
    "long title": (PAGE, lambda n: f"<title>{LINE * 1_000 * n}</title><p>{LINE}"),
    "comments": (PAGE, lambda n: "<!-- x -->" * 5_000 * n + "<!--" * 5_000 * n),
    "labels of other articles": (
        PAGE,
        lambda n: page_of("<p>Читайте також</p><p><a href=/a>Ще одна новина дня</a>", n),
    ),
    "boxes of comments": (PAGE, lambda n: page_of(f"<div>{COMMENT * 2}</div>", n)),
    "buttons under comments": (PAGE, lambda n: page_of(f"<div>{COMMENT}<div>{PROSE}<p>Відповісти</div></div>", n)),
    "scripts": (PAGE, lambda n: "<script>var a = '<p>';</script>" * 1_000 * n + "<script>" * 1_000 * n),
    "times": (PAGE, lambda n: "<time>1 травня 2026, 12:30</time>" * 500 * n + f"<p>{LINE}"),
    "prompts in a line": (PAGE, lambda n: "<p>" + "Читайте також: " * 500 * n),
    "authors in a line": (PAGE, lambda n: "<p class=author>" + "Олена Гай, " * 500 * n),
    "quotes and dashes": (PAGE, lambda n: "<p>" + "«—" * 10_000 * n),
    "mojibake": (PAGE, lambda n: "<p>" + "РџСЂРёРІРµС‚ РјС–СЃС‚Рѕ " * 500 * n),
    "plain text: lines": (TEXT, lambda n: f"{LINE}і ще слова про річку.\n" * 300 * n),
    "plain text: one line": (TEXT, lambda n: "слово та word " * 2_000 * n),
    "plain text: colons": (TEXT, lambda n: "Фото: " * 2_000 * n),
    "robots.txt: rules": (robots, lambda n: "User-agent: *\n" + "Disallow: /*a*b\n" * 1_000 * n),
    "robots.txt: stars": (robots, lambda n: "User-agent: *\nDisallow: /" + "*a" * 50 * n + "b"),
    "robots.txt: sitemaps": (robots, lambda n: "Sitemap: http://a.test/s.xml\n" * 3_000 * n),
    "robots.txt: agents": (robots, lambda n: "User-agent: a\n" * 3_000 * n + "Disallow: /"),
    "robots.txt: groups": (robots, lambda n: "User-agent: sito\nDisallow: /a\n\nUser-agent: b\n" * 1_000 * n),
    "robots.txt: one line": (robots, lambda n: "User-agent: *\nDisallow: /" + "%d0%b9/" * 5_000 * n),
    "robots.txt: delays": (robots, lambda n: "User-agent: *\n" + "Crawl-delay: 1\nRequest-rate: 1/5\n" * 1_000 * n),
    "head: metas": (head, lambda n: "<meta http-equiv=refresh content='900; url=/a'>" * 500 * n),
    "head: attributes": (
        head,
        lambda n: "<meta refresh canonical " + " ".join(f"a{i}=1" for i in range(2_000 * n)) + ">",
    ),
    "head: canonicals": (head, lambda n: "<link rel=canonical href=/c>" * 1_000 * n),
    "head: classes": (head, lambda n: f"<link rel='{'canonical ' * 3_000 * n}' href=/c>"),
    "head: nested": (head, lambda n: "<div>" * 4_000 * n + "<meta http-equiv=refresh content='1;url=/a'>"),
    "head: nested noscripts": (
        head,
        lambda n: "<noscript><meta http-equiv=refresh content='1;url=/a'>" * 500 * n,
    ),
    "head: not closed": (head, lambda n: "<meta refresh <link rel=canonical " * 2_000 * n),
    "head: refresh of spaces": (head, lambda n: f"<meta http-equiv=refresh content='{' ' * 5_000 * n}'>"),
    "head: entities": (head, lambda n: f"<meta http-equiv=refresh content='0;url={'&amp;&#1;' * 3_000 * n}'>"),
    "body: comments": (head, lambda n: CANONICAL + "<!-- a -->" * 12_000 * n),
    "body: nested": (head, lambda n: CANONICAL + "<div>" * 20_000 * n),
    "body: links": (head, lambda n: CANONICAL + "<a>b</a>" * 14_000 * n),
    "body: attributes": (head, lambda n: CANONICAL + "<p " + " ".join(f"a{i}=1" for i in range(12_000 * n)) + ">"),
    "body: forms in forms": (head, lambda n: CANONICAL + "<nav><p>" * 14_000 * n),
    "sitemap: entries": (sitemap, lambda n: "<urlset>" + "<url><loc>http://a.b/c</loc></url>" * 5_000 * n),
    "sitemap: ampersands": (sitemap, lambda n: "<urlset><url><loc>" + "&a=1" * 20_000 * n),
    "sitemap: attributes": (sitemap, lambda n: "<urlset " + " ".join(f"a{i}='1'" for i in range(2_000 * n)) + ">"),
    "sitemap: nested": (sitemap, lambda n: "<urlset>" + "<url>" * 5_000 * n),
    "feed: entries": (feed, lambda n: "<rss><channel>" + "<item><link>http://a.test/b</link></item>" * 200 * n),
    "feed: attributes": (feed, lambda n: "<rss><channel><item " + " ".join(f"a{i}='1'" for i in range(500 * n)) + ">"),
    "feed: nested": (feed, lambda n: "<rss><channel><item>" + "<a>" * 1_000 * n),
    "CDXJ lines": (index, lambda n: "".join(map(entry, range(5_000 * n)))),
    "headers of an answer": (headers, lambda n: "<http://a.test/>; rel=x, a=b; " * 2_000 * n),
    "WARC headers": (warc, lambda n: "\\n".join(["x" * 50] * 1_000 * n)),
}
"""Name -> what reads it, and the text at n times its size."""


class Measured(NamedTuple):
    """Seconds of CPU and peak MiB of one reading, and how it ended if not well."""

    seconds: float
    memory: float
    ended: str


def measure(name: str, times: int) -> Measured:
    """Read one shape at a multiple of its size in a fork of this process."""
    reader, make = SHAPES[name]
    text = make(times)
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 10, SECONDS + 10))
        code = 0
        try:
            reader(text)
        except PageError:
            code = 3
        except BaseException:
            sys.excepthook(*sys.exc_info())
            code = 1
        os._exit(code)
    _, status, usage = os.wait4(child, 0)
    ended = {0: "", 3: "refused"}.get(os.waitstatus_to_exitcode(status), "FAILED")
    return Measured(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, ended)


def main() -> int:
    """Measure the shapes that are named, else all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*SHAPES, []], metavar="NAME")
    given = parser.parse_args()
    logging.disable()
    for reader, make in SHAPES.values():
        reader(make(1))  # imports and tables are not the shape's
    bad = 0
    for name in given.names or SHAPES:
        found = [measure(name, times) for times in (1, 2, 4, 8)]
        faster = found[-1].seconds > FASTER_THAN_LINEAR * max(found[-2].seconds, TOO_FAST)
        failed = any(one.ended == "FAILED" for one in found)
        bad += faster or failed
        cells = "".join(f"{one.seconds:8.2f} s" for one in found)
        marks = ["refused at 8x"] * (found[-1].ended == "refused") + ["FAILED"] * failed + ["FASTER"] * faster
        print(f"{name:32}{cells} {found[-1].memory:6.0f} MiB  {', '.join(marks)}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
