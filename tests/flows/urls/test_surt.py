"""Keys of the index: by host and path, and the same for all spellings of an address that CDX servers take for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.urls.surt import surt

ID = "0123456789abcdef0123456789abcdef"


class TestKeys:
    @pytest.mark.parametrize(
        ("url", "key"),
        [
            # hosts
            ("http://example.org/a", "org,example)/a"),
            ("http://news.kyiv.example.org/a", "org,example,kyiv,news)/a"),
            ("http://EXAMPLE.org/a", "org,example)/a"),
            ("http://example.org./a", "org,example)/a"),
            ("http://www.example.org/a", "org,example)/a"),
            ("http://www2.example.org/a", "org,example)/a"),
            ("http://ww2.example.org/a", "org,example,ww2)/a"),
            ("http://wwwexample.org/a", "org,wwwexample)/a"),
            ("http://m.www.example.org/a", "org,example,www,m)/a"),
            ("http://www.www.example.org/a", "org,example,www)/a"),
            ("http://192.0.2.7/a", "7,2,0,192)/a"),
            ("http://[2001:DB8::1]/a", "[2001:db8::1])/a"),
            ("http://[2001:db8::1]:8000/a", "[2001:db8::1]:8000)/a"),
            ("http://xn--80aikifvh.xn--j1amh/", "xn--j1amh,xn--80aikifvh)/"),
            ("http://user:secret@example.org/a", "org,example)/a"),
            # ports and schemes
            ("https://example.org/a", "org,example)/a"),
            ("HTTPS://example.org/a", "org,example)/a"),
            ("http://example.org:80/a", "org,example)/a"),
            ("https://example.org:443/a", "org,example)/a"),
            ("http://example.org:443/a", "org,example:443)/a"),
            ("https://example.org:8443/a", "org,example:8443)/a"),
            ("https://example.org:/a", "org,example)/a"),
            ("ftp://example.org/a", "org,example)/a"),
            # paths
            ("http://example.org", "org,example)/"),
            ("http://example.org/", "org,example)/"),
            ("http://example.org/News/Bridge.HTML", "org,example)/news/bridge.html"),
            ("http://example.org/a/", "org,example)/a"),
            ("http://example.org//a///b", "org,example)/a/b"),
            ("http://example.org/a/../b/./c", "org,example)/b/c"),
            ("http://example.org/../a", "org,example)/a"),
            ("http://example.org/a#top", "org,example)/a"),
            ("http://example.org/a;v=1", "org,example)/a;v=1"),
            # percent signs
            ("http://example.org/%D0%BC%D1%96%D1%81%D1%82", "org,example)/%d0%bc%d1%96%d1%81%d1%82"),
            ("http://example.org/міст", "org,example)/%d0%bc%d1%96%d1%81%d1%82"),
            ("http://example.org/%41b", "org,example)/ab"),
            ("http://example.org/%2541b", "org,example)/ab"),
            ("http://example.org/100%", "org,example)/100%25"),
            ("http://example.org/100%25", "org,example)/100%25"),
            ("http://example.org/a b", "org,example)/a%20b"),
            ("http://example.org/a+b", "org,example)/a+b"),
            ("http://example.org/a%23b", "org,example)/a%23b"),
            # queries
            ("http://example.org/?b=2&a=1", "org,example)/?a=1&b=2"),
            ("http://example.org?b=2", "org,example)/?b=2"),
            ("http://example.org/a?B=Two&A=One", "org,example)/a?a=one&b=two"),
            ("http://example.org/a?a-b=1&a=2&a=1&a", "org,example)/a?a&a=1&a=2&a-b=1"),
            ("http://example.org/a?", "org,example)/a"),
            ("http://example.org/a?x=//b/../c", "org,example)/a?x=//b/../c"),
            ("http://example.org/a?#b?c", "org,example)/a"),
            # session ids
            (f"http://example.org/a?PHPSESSID={ID}", "org,example)/a"),
            (f"http://example.org/a?jsessionid={ID}&b=1", "org,example)/a?b=1"),
            (f"http://example.org/a?a=1&sid={ID}&b=1", "org,example)/a?a=1&b=1"),
            ("http://example.org/a?aspsessionidabcdefgh=abcdefghijklmnopqrstuvwx&b=1", "org,example)/a?b=1"),
            ("http://example.org/a?cfid=12&cftoken=34&b=1", "org,example)/a?b=1"),
            ("http://example.org/a?sid=12", "org,example)/a?sid=12"),
            (f"http://example.org/a?basid={ID}", f"org,example)/a?basid={ID}"),
            (f"http://example.org/a?sid={ID}0", f"org,example)/a?sid={ID}0"),
            # without a host
            ("file:///Pages/a%20B.html", "file:/pages/a%20b.html"),
            ("file:/pages/a.html", "file:/pages/a.html"),
            ("file:///C:/a.html", "file:/c:/a.html"),
            ("file://server/pages/a.html", "server)/pages/a.html"),
            ("urn:uuid:12AB-34cd", "urn:uuid:12ab-34cd"),
            ("dns:example.org", "dns:example.org"),
            ("mailto:Somebody@example.org", "mailto:somebody@example.org"),
            # what is no address
            ("http://[broken/x", "[broken)/x"),
            ("http:///x", "http:/x"),
            ("a b", "a%20b:"),
            ("", ":"),
        ],
    )
    def test_key(self, url: str, key: str) -> None:
        assert surt(url) == key

    def test_pages_of_a_host_and_hosts_of_a_domain_stand_together(self) -> None:
        urls = [
            "https://example.org/b",
            "https://example.com/",
            "https://news.example.org/",
            "https://example.org/a",
            "https://example.org.ua/",
        ]
        assert sorted(urls, key=surt) == [urls[1], urls[3], urls[0], urls[2], urls[4]]


class TestAnything:
    @given(st.text() | st.builds("http://{}/{}?{}".format, st.text(), st.text(), st.text()))
    def test_a_key_is_printable_and_has_no_space(self, url: str) -> None:
        assert re.fullmatch(r"[!-~]+", surt(url))

    @given(st.text(st.characters(blacklist_categories=["Cs"])))
    def test_percent_encoding_does_not_matter(self, name: str) -> None:
        encoded = "".join(f"%{byte:02x}" for byte in name.encode())
        assert surt("file:///x?" + encoded) == surt("file:///x?" + encoded.upper())

    @pytest.mark.parametrize(
        "tail",
        ["%25" * 300_000, "%" + "25" * 300_000, "/" * 10**6, "/.." * 300_000, "?" + "&a" * 300_000, "?" + ID * 30_000],
    )
    def test_long_addresses_take_no_long_time(self, tail: str) -> None:
        assert surt("http://example.org/" + tail).startswith("org,example)/")
