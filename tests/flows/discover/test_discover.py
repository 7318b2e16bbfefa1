from __future__ import annotations

import gzip
import json
import logging
import sys
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.config.kinds import KINDS
from flows.config.limits import WebLimits
from flows.discover import discover, reader, sitemap
from flows.fetch.fetcher import Fetcher, FetchError
from support.local_site import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Target
    from support.local_site import Site

LOG = logging.getLogger(__name__)


def find(kind: str, **fields: object) -> list[Target]:
    source = KINDS[kind].model_validate({"name": "a", "kind": kind} | fields)
    with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
        return list(discover(source, fetcher, LOG))


def mistake(kind: str, **fields: object) -> str:
    with pytest.raises(SitoError) as caught:
        find(kind, **fields)
    return str(caught.value)


RSS = """<?xml version="1.0" encoding="windows-1251"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Вісник</title>
<item><title>Паром &amp; причал</title><link>/news/1?a=1&amp;b=2#top</link><guid isPermaLink="false">n1</guid>
 <dc:creator>Олена Тиха</dc:creator><pubDate>Sat, 21 Nov 2026 10:00:00 +0200</pubDate>
 <description>Коротко</description>
 <content:encoded><![CDATA[<p onclick="x()">Паром <b>ходить</b>.</p>]]></content:encoded></item>
<item><title>Вдруге</title><link>{site}/news/1?a=1&amp;b=2</link></item>
<item><title>Без посилання</title><description>Лише текст</description></item>
<item><title>Лист</title><link>mailto:redaktsiia@example.org</link></item>
<item><title>Адреса в guid</title><guid>{site}/news/2</guid></item>
</channel></rss>"""


def test_rss_gives_pages_once_with_their_entries_as_evidence(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    url = site.page("/rss", RSS.replace("{site}", site.address).encode("cp1251"), content_type="application/rss+xml")
    first, mail, second = find("feed", url=url)
    assert first.url == site.url("/news/1?a=1&b=2")
    assert first.modified is None  # when it was published says nothing of later changes
    assert json.loads(first.evidence or "") == {
        "id": "n1",
        "link": site.url("/news/1?a=1&b=2#top"),
        "title": "Паром & причал",
        "authors": ["Олена Тиха"],
        "published": "2026-11-21T08:00:00+00:00",
        "updated": None,
        "summary": "Коротко",
        "content": '<p onclick="x()">Паром <b>ходить</b>.</p>',
    }
    assert mail.problem is not None
    assert mail.problem.startswith("its link is not a web address")
    assert second.url == site.url("/news/2")
    assert "1 entries of the feed have no link and are left out" in caplog.text
    assert "1 pages are named again; each is taken once" in caplog.text


@pytest.mark.parametrize("tag", ["author", "dc:creator", "itunes:author"])
def test_an_author_without_end_does_not_hold_the_run(site: Site, tag: str) -> None:
    feed = RSS.replace("{site}", site.address).replace("dc:creator", tag).replace("Олена Тиха", "a." * 500_000)
    feed = feed.replace("<rss ", "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' ")
    first, *_ = find("feed", url=site.page("/rss", feed.encode("cp1251"), content_type="application/rss+xml"))
    assert json.loads(first.evidence or "")["authors"] == ["a." * 250]


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.org/blog/"><title>Т</title>
<entry><title>Один</title><link rel="alternate" href="1.html"/><link rel="enclosure" href="1.mp3"/><id>tag:1</id>
<published>2026-11-20T23:00:00Z</published><updated>2026-11-21T00:30:00+02:00</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="x"><title>T</title></channel>
<item rdf:about="http://example.org/a"><title>A</title><link>http://example.org/a</link></item></rdf:RDF>"""
BROKEN = """<rss version="2.0"><channel><item><title>A & B</title><link>http://example.org/a?x=1&y=2</link></item>
<item><title>C</title><link>http://example.org/c</link></item><item><title>cut"""


@pytest.mark.parametrize(
    ("feed", "pages"),
    [
        (ATOM, ["http://example.org/blog/1.html"]),
        (RDF, ["http://example.org/a"]),
        (BROKEN, ["http://example.org/a?x=1&y=2", "http://example.org/c"]),
        ("<rss version='2.0'><channel><title>empty</title></channel></rss>", []),
    ],
)
def test_other_feeds_and_broken_ones_are_read(site: Site, feed: str, pages: list[str]) -> None:
    url = site.page("/feed", gzip.compress(feed.encode()), content_type="text/xml", content_encoding="gzip")
    assert [target.url for target in find("feed", url=url)] == pages


def test_a_feed_reads_no_file_and_asks_no_address(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret")
    entity = f"""<!DOCTYPE rss [<!ENTITY f SYSTEM "file://{secret}"><!ENTITY u SYSTEM "{site.url("/spy")}">]>
<rss version="2.0"><channel><item><title>&f;&u;</title><link>http://example.org/a</link></item></channel></rss>"""
    (target,) = find("feed", url=site.page("/feed", entity))
    assert target.url == "http://example.org/a"
    assert "s3cret" not in (target.evidence or "")
    assert find("feed", url=site.page("/path", f"<rss version='2.0'><link>{secret}</link></rss>")) == []
    assert mistake("feed", url=site.page("/name", str(secret))).endswith(
        "is no feed (RSS, Atom, RDF or JSON); fix url in the sources file"
    )
    assert site.asked == ["/feed", "/path", "/name"]


HTML = """<!DOCTYPE html><html><head><title>t</title>
<link rel="alternate" type="application/rss+xml" href="/real.xml"></head><body>x</body></html>"""


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (HTML, 200, "is an HTML page, no feed; it names this feed: {site}/real.xml"),
        ("<html><p>x", 200, "is an HTML page, no feed; give the address of the feed itself"),
        ("", 200, "is empty, no feed"),
        ("just words", 200, "is no feed (RSS, Atom, RDF or JSON); fix url in the sources file"),
        ("gone", 404, "answered 404 Not Found"),
        ("gone", 500, "answered 500 Internal Server Error"),
    ],
)
def test_what_is_no_feed_is_said(site: Site, body: str, status: int, expected: str) -> None:
    said = mistake("feed", url=site.page("/f", body, status))
    separator = ": " if status != 200 else " "
    assert said == f"source 'a': {site.url('/f')}{separator}{expected.replace('{site}', site.address)}"


def test_a_silent_source_can_be_tried_again() -> None:
    with pytest.raises(FetchError) as caught:
        find("feed", url="http://no-such-host.invalid/rss")
    assert str(caught.value) == "source 'a': http://no-such-host.invalid/rss: its host is not known (DNS)"
    assert caught.value.retryable


def urlset(*entries: str) -> str:
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">' + "".join(entries) + "</urlset>"
    )


def index(*addresses: str) -> str:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


def test_a_sitemap_gives_pages_and_no_images(site: Site) -> None:
    body = urlset(
        "<!-- comment --><url><loc>\n http://example.org/a?x=1&amp;y=2 \n</loc><lastmod>2026-11-20</lastmod>"
        "<image:image><image:loc>http://example.org/i.jpg</image:loc></image:image></url>",
        "<url><loc>http://Example.org:80/b#c</loc><lastmod>2026-11-20T10:00:00+02:00</lastmod>"
        "<news:news><news:title>Т</news:title></news:news></url>",
        "<url><loc>http://example.org/b</loc><lastmod>yesterday</lastmod></url>",
        "<url></url><url><loc>javascript:alert(1)</loc></url>",
    )
    first, second, wrong = find("sitemap", url=site.page("/s.xml", body))
    assert [first.url, second.url] == ["http://example.org/a?x=1&y=2", "http://example.org/b"]
    assert [t.modified and t.modified.isoformat() for t in (first, second)] == [
        "2026-11-20T00:00:00+00:00",
        "2026-11-20T08:00:00+00:00",
    ]
    assert wrong.problem is not None
    assert wrong.problem.startswith("entry 5 of the sitemap: <loc> 'javascript:alert(1)' is not a web address")


def test_an_index_is_walked_in_order_once_and_within_bounds(site: Site) -> None:
    page = urlset("<url><loc>http://example.org/{}</loc></url>")
    site.page("/1.xml.gz", gzip.compress(page.format(1).encode()), content_type="application/x-gzip")
    site.page("/2.xml", page.format(2))
    site.page("/list.txt", "http://example.org/3\n# note\n\nnonsense\n", content_type="text/plain")
    site.page("/rss.xml", BROKEN, content_type="text/xml")
    site.page("/inner.xml", index(site.url("/2.xml"), site.url("/index.xml")))
    names = ("/1.xml.gz", "/inner.xml", "/list.txt", "/rss.xml", "/gone.xml", "/1.xml.gz", "/page.html")
    site.page("/page.html", HTML)
    found = find("sitemap", url=site.page("/index.xml", index(*map(site.url, names))))
    assert [target.url for target in found if target.problem is None] == [
        "http://example.org/1",
        "http://example.org/2",
        "http://example.org/3",
        "http://example.org/a?x=1&y=2",
        "http://example.org/c",
    ]
    bad, gone, html = [target.problem for target in found if target.problem is not None]
    assert bad == f"{site.url('/list.txt')}, line 4: 'nonsense' {NO_ADDRESS}"
    assert gone is not None
    assert gone.endswith("/gone.xml: answered 404 Not Found")
    assert html is not None
    assert html.endswith("/page.html is an HTML page, no sitemap; fix url in the sources file")
    assert len(site.asked) == len(set(site.asked)) == 8


NO_ADDRESS = "is not a web address: it must begin with https:// or http:// and name a host"


def test_indexes_in_indexes_end(site: Site) -> None:
    for n in range(8):
        site.page(f"/{n}", index(site.url(f"/{n + 1}")))
    (target,) = find("sitemap", url=site.url("/0"))
    assert target.url == site.url("/5")
    assert target.problem == "this sitemap lies 5 indexes deep; it is not read"
    assert site.asked == ["/0", "/1", "/2", "/3", "/4"]


def test_bounds_of_a_sitemap_are_logged(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sitemap, "PAGES", 3)
    monkeypatch.setattr(sitemap, "SITEMAPS", 2)
    many = urlset(*(f"<url><loc>http://example.org/{n}</loc></url>" for n in range(9)))
    assert len(find("sitemap", url=site.page("/s", many))) == 3
    for n in range(3):
        site.page(f"/{n}", urlset(f"<url><loc>http://example.org/{n}</loc></url>"))
    assert len(find("sitemap", url=site.page("/i", index(*(site.url(f"/{n}") for n in range(3)))))) == 1
    assert [record.message for record in caplog.records] == [
        "source a: more than 3 pages; the rest is left out",
        "source a: more than 2 sitemaps; the rest is left out",
    ]


def test_a_sitemap_of_60000_pages(site: Site) -> None:
    entries = "".join(f"<url><loc>http://example.org/{n}</loc></url>" for n in range(60_000))
    assert len(find("sitemap", url=site.page("/s", gzip.compress(urlset(entries).encode(), 1)))) == 60_000


def test_hostile_xml_is_harmless(site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://example.org/secret")
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    doctype = f'<!DOCTYPE urlset [<!ENTITY f SYSTEM "file://{secret}"><!ENTITY l0 "http://a.b/">{laughs}]>'
    body = urlset("<url><loc>&f;</loc></url><url><loc>http://example.org/a</loc></url><url><loc>&l9;</loc></url>")
    body = body.replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{doctype}')
    assert [t.url for t in find("sitemap", url=site.page("/s", body))] == ["http://example.org/a"]
    deep = urlset("<url>" * 50_000 + "<loc>http://example.org/a</loc>")
    assert find("sitemap", url=site.page("/d", deep)) == []
    cut = urlset("<url><loc>http://example.org/a</loc></url><url><loc>http://example.org/b")
    assert [t.url for t in find("sitemap", url=site.page("/c", cut))][:1] == ["http://example.org/a"]
    assert site.asked == ["/s", "/d", "/c"]
    assert [record.message for record in caplog.records] == [
        f"source a: {site.url('/s')} is broken XML; 3 entries could be read",
        f"source a: {site.url('/d')} is broken XML; 0 entries could be read",
        f"source a: {site.url('/c')} is broken XML; 2 entries could be read",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (HTML, " is an HTML page, no sitemap; fix url in the sources file"),
        ("", " is empty, no sitemap; fix url in the sources file"),
        ("nothing here", " is no sitemap; fix url in the sources file"),
        ("<opml><outline/></opml>", " is no sitemap; fix url in the sources file"),
        ("<<<", " is no sitemap; fix url in the sources file"),
    ],
)
def test_what_is_no_sitemap_is_said(site: Site, body: str, expected: str) -> None:
    assert mistake("sitemap", url=site.page("/s", body)) == f"source 'a': {site.url('/s')}{expected}"


def test_lists_give_pages_and_name_wrong_lines(tmp_path: Path) -> None:
    listed = ["https://example.org/b", "https://EXAMPLE.org:443/a", "https://example.org/a#x"]
    assert [t.url for t in find("urls", urls=listed)] == ["https://example.org/b", "https://example.org/a"]
    (wrong,) = find("urls", urls=["http://1.2.3.400/?a"])
    assert wrong.problem == f"the address {NO_ADDRESS}"
    file = tmp_path / "pages.txt"
    file.write_text(
        "\ufeff# Сторінки\n\nhttps://example.org/a  # перша\r\nhttps://example.org/b#c\nexample.org/c\n"
        "https://tom:secret@example.org/\n",
        encoding="utf-8",
    )
    found = find("urls", file=file)
    assert [t.url for t in found] == ["https://example.org/a", "https://example.org/b", "pages.txt:5", "pages.txt:6"]
    assert [t.problem for t in found[2:]] == [
        f"pages.txt, line 5: 'example.org/c' {NO_ADDRESS}",
        "pages.txt, line 6: the address holds a user name or password; addresses stand in reports and archives, so "
        "leave it out",
    ]


def test_a_list_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    assert mistake("urls", file=tmp_path / "none.txt") == (
        f"source 'a': the list {tmp_path}/none.txt cannot be read: No such file or directory; fix file in the sources "
        "file"
    )
    (tmp_path / "cp1251.txt").write_bytes("# Сторінки".encode("cp1251"))
    assert mistake("urls", file=tmp_path / "cp1251.txt").endswith("is not UTF-8 at byte 2; save it as UTF-8")


class Terminal(BytesIO):
    def isatty(self) -> bool:
        return True


def test_a_list_may_come_over_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\ufeffhttps://example.org/a\r\n# нотатка\nhttps://example.org/b?utm_source=x#c\nexample.org/c\n"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(lines.encode() + b"https://example.org/\xff")))
    found = find("urls", file="-")
    assert [t.url for t in found] == [
        "https://example.org/a",
        "https://example.org/b",
        "standard input:4",
        "https://example.org/%EF%BF%BD",
    ]
    assert found[2].problem == f"standard input, line 4: 'example.org/c' {NO_ADDRESS}"


def test_a_line_of_standard_input_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"https://example.org/" + b"a" * 200_000)))
    found = find("urls", file="-")
    assert len(found) == 4
    assert all(target.problem for target in found)


@pytest.mark.parametrize("stdin", [None, TextIOWrapper(Terminal())])
def test_nobody_waits_for_a_list_that_nobody_gives(monkeypatch: pytest.MonkeyPatch, stdin: object) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert mistake("urls", file="-").startswith(
        "source 'a': no list comes over standard input; give one, such as `sito ingest a < list.txt`"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_reader(kind: str) -> None:
    assert callable(reader(KINDS[kind]))
