from __future__ import annotations

import gzip
import json
import logging
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.common.errors import SitoError
from flows.config.kinds import SitemapSource
from flows.config.limits import WebLimits
from flows.discover import discover
from flows.discover.sitemap_xml import SitemapReader
from flows.fetch.fetcher import Fetcher
from support.local_site import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Target
    from support.local_site import Site

LOG = logging.getLogger(__name__)
NEWS = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{}</urlset>'
)


def find(url: str) -> list[Target]:
    with Fetcher(WebLimits(timeout_seconds=5, retries=0, **LOCAL)) as fetcher:
        return list(discover(SitemapSource(name="a", kind="sitemap", url=url), fetcher, LOG))


def urlset(*numbers: int) -> str:
    return "<urlset>" + "".join(f"<url><loc>http://example.org/{n}</loc></url>" for n in numbers) + "</urlset>"


def index(*addresses: str) -> str:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


def pages(found: list[Target]) -> list[str]:
    return [target.url.rpartition("/")[2] for target in found if target.problem is None]


def test_a_news_sitemap_says_when_a_page_was_published(site: Site) -> None:
    body = NEWS.format(
        "<url><loc>http://example.org/1</loc><news:news><news:publication><news:name>Вісник</news:name>"
        "<news:language>uk</news:language></news:publication><news:publication_date>2026-11-20T10:00:00+02:00"
        "</news:publication_date><news:title>Міст &amp; паром</news:title></news:news></url>"
        "<url><loc>http://example.org/2</loc><lastmod>2026-11-21</lastmod><news:news><news:title>Два</news:title>"
        "</news:news></url><url><loc>http://example.org/3</loc></url>"
    )
    first, second, third = find(site.page("/news.xml", body))
    said = json.loads(first.evidence or "")
    assert (said["title"], said["published"], first.modified) == ("Міст & паром", "2026-11-20T08:00:00+00:00", None)
    assert second.modified is not None
    assert json.loads(second.evidence or "") == {
        "id": None,
        "link": "http://example.org/2",
        "title": "Два",
        "authors": [],
        "published": None,
        "updated": "2026-11-21T00:00:00+00:00",
        "summary": None,
        "content": None,
    }
    assert third.evidence is None


ROBOTS = (
    "User-agent: *\nDisallow: /private/\nSitemap: {0}/1.xml\nsitemap: /2.xml\nSitemap: {0}/1.xml\nSitemap: ftp://x/\n"
)


@pytest.mark.parametrize("path", ["", "/", "/robots.txt"])
def test_a_site_names_its_sitemaps_in_robots_txt(site: Site, path: str) -> None:
    site.page("/robots.txt", ROBOTS.format(site.address), content_type="text/plain")
    site.page("/1.xml", urlset(1))
    site.page("/2.xml", urlset(2))
    assert pages(find(site.address + path)) == ["1", "2"]
    assert site.asked == ["/1.xml", "/2.xml"]


def test_one_of_the_named_sitemaps_may_fail(site: Site) -> None:
    site.page("/robots.txt", ROBOTS.format(site.address), content_type="text/plain")
    site.page("/2.xml", urlset(2))
    gone, page = find(site.url("/"))
    assert gone.problem is not None
    assert gone.problem.endswith("/1.xml: answered 404 Not Found")
    assert page.url == "http://example.org/2"


def test_a_site_that_names_none_is_asked_for_the_usual_one(site: Site) -> None:
    site.page("/sitemap.xml", urlset(1))
    assert pages(find(site.url("/"))) == ["1"]
    del site.answers["/sitemap.xml"]
    with pytest.raises(SitoError, match=r"/sitemap.xml: answered 404 Not Found$"):
        find(site.url("/"))


def test_robots_txt_that_cannot_be_read_lets_nothing_be_asked(site: Site) -> None:
    site.page("/robots.txt", "", 503)
    site.page("/sitemap.xml", urlset(1))
    with pytest.raises(SitoError, match=r"robots.txt"):
        find(site.url("/"))
    assert site.asked == []


def test_an_index_leads_to_no_other_site(site: Site) -> None:
    site.page("/1.xml", urlset(1))
    other, page = find(site.page("/index.xml", index("http://127.0.0.9/2.xml", site.url("/1.xml"))))
    assert page.url == "http://example.org/1"
    assert other.problem == (
        f"this sitemap lies on another site than its index {site.url('/index.xml')}; it is not read"
    )


def test_an_index_that_names_itself_ends(site: Site) -> None:
    url = site.url("/a.xml")
    site.page("/a.xml", index(site.url("/b.xml"), url))
    site.page("/b.xml", index(url, site.url("/b.xml"), site.url("/c.xml")))
    site.page("/c.xml", urlset(1))
    assert pages(find(url)) == ["1"]
    assert site.asked == ["/a.xml", "/b.xml", "/c.xml"]


def test_more_entries_than_the_protocol_allows_are_taken(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    url = site.page("/s.xml.gz", gzip.compress(urlset(*range(60_000)).encode(), 1), content_type="application/gzip")
    assert len(find(url)) == 60_000
    assert f"{url} has 60000 entries; 50000 are allowed" in caplog.text


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "cp1251"])
def test_charsets_are_those_of_the_document(site: Site, coding: str) -> None:
    body = f'<?xml version="1.0" encoding="{coding}"?><urlset><url><loc>http://example.org/шлях</loc></url></urlset>'
    assert pages(find(site.page("/s.xml", body.encode(coding), content_type="text/xml"))) == [
        "%D1%88%D0%BB%D1%8F%D1%85"
    ]


def locs(body: str | bytes) -> list[str]:
    reader = SitemapReader(body.encode() if isinstance(body, str) else body)
    return [entry.fields.get("loc", "") for entry in reader.entries()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<urlset><url><loc>a & b</loc></url><url><loc>c</loc></url></urlset>", ["a & b", "c"]),
        ("<urlset><url><loc>a?b=1&c=2&copy=3&amp;d</loc></url></urlset>", ["a?b=1&c=2&copy=3&d"]),
        ("<urlset><!-- & --><url><loc><![CDATA[a&b&amp;c]]></loc></url></urlset>", ["a&b&amp;c"]),
        ("<urlset><url><loc>a</loc></url><url><loc>b</urlset>", ["a", "b"]),
        ("<urlset><url><loc>a</loc></url><url><loc>b", ["a"]),  # an address that is cut off is another one
        ("<urlset><url><loc>a</loc><lastmod>2026", ["a"]),
        ("<urlset><url><loc><![CDATA[ a?b&c ]]></loc></url></urlset>", ["a?b&c"]),
        ("<urlset><url><loc>a</loc><loc>b</loc></url></urlset>", ["a"]),
        ("<urlset><url><x:loc xmlns:x='y'>a</x:loc></url></urlset>", ["a"]),
        ("<urlset><url><image><loc>a</loc></image></url></urlset>", [""]),
        ('<!DOCTYPE urlset [<!ENTITY e "a">]><urlset><url><loc>&e;b</loc></url></urlset>', [""]),
        ('<!DOCTYPE urlset SYSTEM "http://a.b/x.dtd"><urlset><url><loc>a</loc></url></urlset>', ["a"]),
        ("", []),
        ("\0\0\0", []),
    ],
)
def test_broken_xml_gives_what_can_be_read(body: str, expected: list[str]) -> None:
    assert locs(body) == expected


ENTITY = '<!ENTITY e "expanded">'


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "head",
    [
        f"<!DOCTYPE urlset [{ENTITY}]>",
        f"<!--{'x' * 70_000}--><!DOCTYPE urlset [{ENTITY}]>",
        f"{' ' * 70_000}<!DOCTYPE urlset [{ENTITY}]>",
        f"<!-- <!DOCTYPE urlset [ ]> --><!DOCTYPE urlset [{ENTITY}]>",
        f'<!DOCTYPE urlset SYSTEM "a>b" [{ENTITY}]>',
        f"<!DOCTYPE urlset [<!ENTITY x ']>'>{ENTITY}]>",
    ],
    ids=["plain", "padded", "blank", "decoy", "system id", "end in a value"],
)
def test_no_disguise_has_an_entity_expanded(head: str, coding: str) -> None:
    body = f"{head}<urlset><url><loc>x&e;y</loc></url></urlset>"
    marked = "\ufeff" if coding == "utf-16-le" else ""
    assert "expanded" not in "".join(locs((marked + body).encode(coding)))


def test_entities_are_not_read_from_files_in_any_coding(tmp_path: Path, site: Site) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    body = (
        f'<?xml version="1.0" encoding="{{}}"?><!DOCTYPE urlset [<!ENTITY f SYSTEM "file://{secret}">'
        f'<!ENTITY u SYSTEM "{site.url("/spy")}">]><urlset><url><loc>x&f;&u;</loc></url></urlset>'
    )
    for coding in ("utf-8", "utf-16"):
        assert "s3cret" not in "".join(locs(body.format(coding).encode(coding)))
    assert site.asked == []


@pytest.mark.parametrize(
    "inner",
    [
        b"<url><loc>http://a.b/c</loc></url>" * 15_000,
        b"<url>" + b"<a/>" * 100_000 + b"</url>",
        b"<url><loc>" + b"x" * 8_000_000 + b"</loc></url>",
        b"<url><loc>" + b"x&amp;" * 100_000 + b"</loc></url>",
        b"<url>" * 100_000,
        b"& " * 100_000,
        b"</x>" * 100_000,
        b"<q:x/>" * 50_000,
    ],
)
@pytest.mark.slow
def test_memory_does_not_grow_with_the_document(inner: bytes) -> None:
    body = b"<urlset>" + inner + b"</urlset>"
    tracemalloc.start()
    try:
        for _ in SitemapReader(body).entries():
            pass
        assert tracemalloc.get_traced_memory()[1] < 9 * 2**20
    finally:
        tracemalloc.stop()


_MARKUP = [
    "<urlset>",
    "</urlset>",
    "<url>",
    "</url>",
    "<loc>",
    "</loc>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#0;",
]
_MARKUP += [
    "&x;",
    "<!DOCTYPE a [",
    "<!ENTITY x 'y'>",
    "]>",
    "<?xml version='1.0'?>",
    "<a:b c='d'>",
    "a",
    "\0",
    "\ud7ff",
]


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(_MARKUP), max_size=30).map(lambda parts: "".join(parts).encode())
)
def test_any_document_is_read_to_its_end(body: bytes) -> None:
    for coding in ("ascii", "utf-16"):
        read = body if coding == "ascii" else body.decode("latin-1").encode("utf-16")
        assert all(len(text) <= 20_000 for entry in SitemapReader(read).entries() for text in entry.fields.values())
