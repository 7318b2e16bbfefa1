from __future__ import annotations

import gzip
import pickle
import socket
import zlib
from typing import TYPE_CHECKING, Any

import httpcore2
import pytest
from server import LOCAL, silence, trickle

from flows.pull.fetch import Fetcher, FetchError, user_agent
from flows.sources import WebLimits

if TYPE_CHECKING:
    from server import Site

PAGE = "<html><body><p>Причал відкрили о шостій ранку.</p></body></html>"


def get(url: str, **limits: Any) -> object:
    with Fetcher(WebLimits.model_validate(LOCAL | {"timeout_seconds": 5, "retries": 0} | limits)) as fetcher:
        return fetcher.get(url)


def reason(url: str, **limits: Any) -> str:
    with pytest.raises(FetchError) as caught:
        get(url, **limits)
    return str(caught.value)


def test_bytes_and_headers_come_as_received(site: Site) -> None:
    body = gzip.compress(PAGE.encode("cp1251", "replace"))
    url = site.page("/a", body, content_type="text/html; charset=windows-1251", content_encoding="gzip", x_odd="Причал")
    with Fetcher(WebLimits(**LOCAL)) as fetcher:
        capture = fetcher.get(url)
    assert capture.body == body
    assert (capture.status, capture.reason, capture.protocol) == (200, "OK", "HTTP/1.1")
    assert capture.content_type == "text/html; charset=windows-1251"
    assert ("Content-Encoding", "gzip") in capture.headers
    assert dict(capture.request_headers)["User-Agent"] == site.headers["User-Agent"] == user_agent()
    assert dict(capture.request_headers) == site.headers


def test_user_agent_names_sito_and_a_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITO_CONTACT", "corpus@example.org\r\nX-Injected: 1")
    assert user_agent().startswith("sito/")
    assert user_agent().endswith("(+corpus@example.org X-Injected: 1)")


def test_redirects_are_kept_in_order(site: Site) -> None:
    first = site.redirect("/1", "/2", 301)
    site.redirect("/2", site.url("/сторінка?q=ї#part"))
    end = site.page("/%D1%81%D1%82%D0%BE%D1%80%D1%96%D0%BD%D0%BA%D0%B0?q=%D1%97", PAGE)
    with Fetcher(WebLimits(**LOCAL)) as fetcher:
        capture = fetcher.get(first)
    assert capture.url == end
    assert [(hop.url, hop.status) for hop in capture.redirects] == [(first, 301), (site.url("/2"), 302)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/1", "redirects in a circle, to {site}/1 again"),
        ("/1#other", "redirects in a circle, to {site}/1 again"),
        ("ftp://example.org/a", "redirects, but the address is not a web address: it must begin with"),
        ("file:///etc/passwd", "redirects, but the address is not a web address: it must begin with"),
        ("javascript:alert(1)", "redirects, but the address is not a web address: it must begin with"),
        ("http://tom:secret@example.org/", "redirects, but the address holds a user name or password"),
        ("http://1.2.3.400/", "redirects, but the address is not a web address"),
        ("http://host:port/", "redirects, but the address is not a web address"),
        ("/" + "a" * 9000, "redirects, but the address is no address: it has 9,001 characters"),
    ],
)
def test_a_bad_redirect_is_refused(site: Site, target: str, expected: str) -> None:
    found = reason(site.redirect("/1", target))
    assert found.startswith(expected.format(site=site.address))
    assert "secret" not in found


def test_redirects_are_limited(site: Site) -> None:
    for n in range(5):
        site.redirect(f"/{n}", f"/{n + 1}")
    site.page("/5", PAGE)
    assert reason(site.url("/0"), redirects=4) == "more than 4 redirects (limits.redirects)"
    assert get(site.url("/0"), redirects=5)


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(202, True), (204, False), (206, False), (304, False), (403, False), (404, False), (410, False), (429, True)]
    + [(status, True) for status in (500, 502, 503, 504)]
    + [(302, False)],  # without Location
)
def test_other_answers_are_reasons(site: Site, status: int, retryable: bool) -> None:
    with pytest.raises(FetchError, match=f"^answered {status} ") as caught:
        get(site.page("/a", b"" if status in (204, 304) else b"no", status))
    assert caught.value.retryable is retryable


def test_the_whole_time_is_limited(site: Site) -> None:
    expected = "no whole answer within 0.3 s (limits.timeout_seconds)"
    slow_head = trickle(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    slow_body = trickle(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n")
    for answer in (silence, slow_head, slow_body):
        assert reason(site.answer("/a", answer), timeout_seconds=0.3) == expected


def test_size_is_limited_as_stated_as_sent_and_unpacked(site: Site) -> None:
    page = b"x" * 2001
    assert "states 2,001 bytes" in reason(site.page("/a", page), page_bytes=2000)
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n"
    assert "sends more than the 1,000 bytes" in reason(site.raw("/b", endless), page_bytes=1000)
    bomb = gzip.compress(b"0" * 5_000_000)
    assert "when unpacked" in reason(site.page("/c", bomb, content_encoding="gzip"), page_bytes=1_000_000)
    assert "when unpacked" in reason(site.page("/d", bomb), page_bytes=1_000_000)  # a .gz without a header
    twice = zlib.compress(zlib.compress(b"0" * 5_000_000))
    stacked = site.page("/e", twice, content_encoding="deflate, deflate")
    assert "when unpacked" in reason(stacked, page_bytes=1_000_000)
    assert get(site.page("/f", page), page_bytes=2001)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"\x00\x01\x02 no http\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200_000,
    ],
)
def test_a_cut_or_broken_answer_is_no_page(site: Site, sent: bytes) -> None:
    assert reason(site.raw("/a", sent)) == "the connection was cut, or the answer is no whole HTTP"


def test_broken_compression_is_no_page(site: Site) -> None:
    body = gzip.compress(PAGE.encode())
    assert "broken gzip" in reason(site.page("/a", body[:-12], content_encoding="gzip"))
    assert reason(site.page("/b", b"?", content_encoding="lzma")) == "unknown content encoding 'lzma'"
    twice = b"HTTP/1.1 200 OK\r\nContent-Encoding: lzma\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    assert reason(site.raw("/c", twice % len(body) + body)) == "unknown content encoding 'lzma'"


def test_unreachable_hosts_are_named_as_such(site: Site) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert reason(f"http://127.0.0.1:{port}/") == "its host refuses the connection"
    assert reason("http://no-such-host.invalid/") == "its host is not known (DNS)"
    assert reason("http://a..b/") == "its host is not known (DNS)"
    assert reason(site.address.replace("http://", "https://")) == "its host speaks no TLS that we know"


def test_an_address_that_is_silent_leaves_time_for_the_next(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    look_up, connect = socket.getaddrinfo, httpcore2.SyncBackend.connect_tcp

    def both(host: str, port: int, *more: Any, **kind: Any) -> list[Any]:
        addresses = ["192.0.2.1", "127.0.0.1"] if host == "both.example" else [host]
        return [found for address in addresses for found in look_up(address, port, *more, **kind)]

    def silent(backend: httpcore2.SyncBackend, host: str, port: int, timeout: float, *more: Any) -> Any:
        if host == "192.0.2.1":
            waited.append(timeout)
            raise httpcore2.ConnectTimeout
        return connect(backend, host, port, timeout, *more)

    monkeypatch.setattr("flows.pull.names.socket.getaddrinfo", both)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", silent)
    assert get(site.page("/a", PAGE).replace("127.0.0.1", "both.example"), private_hosts=["both.example"])
    assert 0 < waited[0] <= 2.5


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "http:///x", "example.org", "http://a:b@c/"]
)
def test_only_web_addresses_are_asked(url: str) -> None:
    assert reason(url).startswith("the address ")


def test_reasons_survive_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(FetchError("answered 503", True)))
    assert (str(error), error.retryable) == ("answered 503", True)
