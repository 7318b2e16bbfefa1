from __future__ import annotations

import gzip
import lzma
import pickle
import socket
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpcore2
import pytest

from flows.common.page_types import Validators
from flows.config.limits import WebLimits
from flows.fetch.fetcher import Fetcher, FetchError, user_agent
from flows.fetch.politeness import Clock, Politeness
from support.clock import FakeClock
from support.local_site import LOCAL, silence, trickle

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from support.local_site import Answer, Site

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
    assert reason(site.page("/b", lzma.compress(b"?"), content_encoding="lzma")) == "unknown content encoding 'lzma'"
    body = gzip.compress(lzma.compress(b"?"))
    twice = b"HTTP/1.1 200 OK\r\nContent-Encoding: lzma\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    assert reason(site.raw("/c", twice % len(body) + body)) == "unknown content encoding 'lzma'"


@pytest.mark.parametrize("coding", ["none", "UTF-8", "br"])
def test_a_plain_page_is_a_page_under_any_label(site: Site, coding: str) -> None:
    with Fetcher(WebLimits(**LOCAL)) as fetcher:
        assert fetcher.get(site.page("/a", PAGE, content_encoding=coding)).body == PAGE.encode()


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
    resolve, connect = socket.getaddrinfo, httpcore2.SyncBackend.connect_tcp

    def both(host: str, port: int, *more: Any, **kind: Any) -> list[Any]:
        addresses = ["192.0.2.1", "127.0.0.1"] if host == "both.example" else [host]
        return [found for address in addresses for found in resolve(address, port, *more, **kind)]

    def silent(backend: httpcore2.SyncBackend, host: str, port: int, timeout: float, *more: Any) -> Any:
        if host == "192.0.2.1":
            waited.append(timeout)
            raise httpcore2.ConnectTimeout
        return connect(backend, host, port, timeout, *more)

    monkeypatch.setattr("flows.fetch.dns.socket.getaddrinfo", both)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", silent)
    assert get(site.page("/a", PAGE).replace("127.0.0.1", "both.example"), private_hosts=["both.example"])
    assert 0 < waited[0] <= 2.5


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "http:///x", "example.org", "http://a:b@c/"]
)
def test_only_web_addresses_are_asked(url: str) -> None:
    assert reason(url).startswith("the address ")


def test_reasons_survive_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(FetchError("answered 503", True, 503, "waiting", 7.5)))
    assert (str(error), error.retryable) == ("answered 503", True)
    assert (error.status, error.outcome, error.retry_after) == (503, "waiting", 7.5)


def fetcher_of(**limits: Any) -> Fetcher:
    return Fetcher(WebLimits.model_validate(LOCAL | {"timeout_seconds": 5} | limits))


def in_turn(*answers: Answer) -> Answer:
    """One answer after another; the last one for ever."""
    left = list(answers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


def status(code: int, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def cut(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


class TestRetries:
    @pytest.mark.parametrize("trouble", [cut, *map(status, (408, 425, 429, 500, 502, 503, 504, 520))])
    def test_what_fails_in_passing_is_tried_again(self, site: Site, trouble: Answer) -> None:
        url = site.answer("/a", in_turn(trouble, trouble, status(200)))
        with fetcher_of() as fetcher:
            assert fetcher.get(url).status == 200
        assert site.asked == ["/a"] * 3

    @pytest.mark.parametrize("final", [202, 204, 304, 400, 401, 403, 404, 410, 451, 501, 505])
    def test_what_is_final_is_not(self, site: Site, final: int) -> None:
        url = site.answer("/a", status(final))
        with fetcher_of() as fetcher, pytest.raises(FetchError, match=f"answered {final}") as caught:
            fetcher.get(url)
        assert (caught.value.status, caught.value.outcome, site.asked) == (final, "failed", ["/a"])

    def test_silence_is_not_tried_again_in_the_same_run(self, site: Site) -> None:
        url = site.answer("/a", silence)
        with fetcher_of(timeout_seconds=0.2) as fetcher, pytest.raises(FetchError, match=r"within 0\.2 s") as caught:
            fetcher.get(url)
        assert (caught.value.retryable, site.asked) == (True, ["/a"])

    def test_tries_are_counted(self, site: Site) -> None:
        url = site.answer("/a", status(503))
        with fetcher_of(retries=4) as fetcher, pytest.raises(FetchError, match="answered 503"):
            fetcher.get(url)
        assert len(site.asked) == 5

    def test_a_rest_beyond_our_patience_ends_the_hosts_pages(self, site: Site) -> None:
        url = site.answer("/a", status(429, Retry_After="3600"))
        with fetcher_of() as fetcher:
            for _ in range(2):
                with pytest.raises(FetchError, match="paused for") as caught:
                    fetcher.get(url)
                assert (caught.value.outcome, caught.value.retryable) == ("waiting", True)
                assert 3590 < (caught.value.retry_after or 0) <= 3600
        assert site.asked == ["/a"]

    def test_each_request_of_a_page_takes_its_turn(self, site: Site) -> None:
        clock = FakeClock()
        hosts = Politeness(delay=2, clock=clock)
        site.answer("/b", in_turn(status(200), cut, status(200)))
        with Fetcher(WebLimits(**LOCAL), hosts) as fetcher:
            fetcher.get(site.redirect("/a", "/b"))
            assert clock.seconds == 4  # robots.txt, /a, /b
            fetcher.get(site.url("/b"))
            assert 8 <= clock.seconds <= 12  # and up to 4 s of back-off

    def test_the_site_is_asked_as_slowly_as_it_wants(self, site: Site) -> None:
        clock = FakeClock()
        site.page("/robots.txt", "User-agent: *\nCrawl-delay: 30")
        url = site.page("/a", PAGE)
        with Fetcher(WebLimits(**LOCAL), Politeness(delay=1, clock=clock)) as fetcher:
            for _ in range(3):
                fetcher.get(url)
        assert clock.seconds == 61

    def test_a_budget_ends_a_hosts_pages(self, site: Site) -> None:
        with fetcher_of(pages_per_host=2) as fetcher:
            fetcher.get(site.redirect("/a", site.page("/b", PAGE)))
            with pytest.raises(FetchError, match="pages_per_host") as caught:
                fetcher.get(site.url("/b"))
        assert (caught.value.outcome, site.asked) == ("waiting", ["/a", "/b"])


class TestConditions:
    def test_an_answer_304_is_a_capture_without_a_body(self, site: Site) -> None:
        url = site.page("/a", b"", 304, etag='"x"')
        with fetcher_of() as fetcher:
            capture = fetcher.get(url, validators=Validators('W/"x"', "Sun, 01 Mar 2026 12:00:00 GMT"))
        assert (capture.url, capture.status, capture.body, capture.redirects) == (url, 304, b"", ())
        assert capture.header("etag") == '"x"'
        assert site.headers["If-None-Match"] == 'W/"x"'
        assert site.headers["If-Modified-Since"] == "Sun, 01 Mar 2026 12:00:00 GMT"
        assert dict(capture.request_headers)["If-None-Match"] == 'W/"x"'

    def test_a_changed_page_comes_whole(self, site: Site) -> None:
        with fetcher_of() as fetcher:
            assert fetcher.get(site.page("/a", PAGE), validators=Validators('"x"')).body == PAGE.encode()

    def test_validators_are_not_sent_to_where_a_redirect_leads(self, site: Site) -> None:
        site.page("/b", b"", 304)
        with fetcher_of() as fetcher, pytest.raises(FetchError, match="answered 304"):
            fetcher.get(site.redirect("/a", "/b"), validators=Validators('"x"'))
        assert "If-None-Match" not in site.headers

    @pytest.mark.parametrize(
        "validators",
        [
            Validators(),
            Validators("", ""),
            Validators("x"),
            Validators('"x"\r\nX-Injected: 1'),
            Validators('"' + "x" * 300 + '"'),
            Validators(None, "Sun, 01 Mar 2026\r\nX: 1"),
            Validators(None, "неділя"),
        ],
    )
    def test_what_is_no_validator_is_not_sent(self, site: Site, validators: Validators) -> None:
        url = site.page("/a", b"", 304)
        with fetcher_of() as fetcher, pytest.raises(FetchError, match="answered 304"):
            fetcher.get(url, validators=validators)
        assert not site.headers.keys() & {"If-None-Match", "If-Modified-Since", "X-Injected", "X"}


class TestWire:
    def test_headers_are_counted(self, site: Site) -> None:
        lines = b"".join(b"X-%d: a\r\n" % n for n in range(257))
        url = site.raw("/a", b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n")
        assert reason(url) == "answers with 257 headers, more than 256"

    @pytest.mark.parametrize("more", [b"garbage", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"])
    def test_what_follows_an_answer_is_no_answer_to_the_next_request(self, site: Site, more: bytes) -> None:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage" + more)

        urls = [site.answer("/a", answer), site.page("/b", PAGE)]
        with fetcher_of(retries=0) as fetcher:
            assert [fetcher.get(url).body for url in urls] == [b"page", PAGE.encode()]

    def test_connections_are_kept_for_the_next_page(self, site: Site) -> None:
        ports = set()

        def answer(request: BaseHTTPRequestHandler) -> None:
            ports.add(request.client_address[1])
            status(200)(request)

        with fetcher_of() as fetcher:
            for n in range(5):
                fetcher.get(site.answer(f"/{n}", answer))
        assert len(ports) == 1

    def test_no_cookies_are_kept_and_no_proxy_is_used(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        url = site.page("/a", PAGE, set_cookie="a=b; Path=/")
        with fetcher_of() as fetcher:
            fetcher.get(url)
            fetcher.get(url)
        assert set(site.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}

    def test_a_name_that_is_not_looked_up_in_time(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        late = threading.Event()
        monkeypatch.setattr("flows.fetch.dns.socket.getaddrinfo", lambda *_, **__: late.wait(30) and [])
        with (
            fetcher_of(private_hosts=["slow.example"], timeout_seconds=0.2) as fetcher,
            pytest.raises(FetchError, match=r"its host's name was not looked up in time \(DNS\)") as caught,
        ):
            fetcher.get("http://slow.example/")
        late.set()
        assert caught.value.retryable


class TestStop:
    def test_an_abort_ends_a_page_in_flight(self, site: Site) -> None:
        begun = threading.Event()

        def answer(request: BaseHTTPRequestHandler) -> None:
            begun.set()
            silence(request)

        url = site.answer("/a", answer)
        with fetcher_of(timeout_seconds=3600) as fetcher, ThreadPoolExecutor(1) as pool:
            page = pool.submit(fetcher.get, url)
            assert begun.wait(10)
            fetcher.abort()
            with pytest.raises(FetchError, match="the run was stopped") as caught:
                page.result(10)
            assert (caught.value.outcome, caught.value.retryable) == ("waiting", True)
            with pytest.raises(FetchError, match="the run was stopped"):
                fetcher.get(url)
        assert site.asked == ["/a"]

    def test_a_stop_ends_the_wait_for_a_turn(self, site: Site) -> None:
        stop, waiting = threading.Event(), threading.Event()

        class Watched(Clock):
            def wait(self, seconds: float, stop: threading.Event) -> None:
                waiting.set()
                super().wait(seconds, stop)

        url = site.page("/a", PAGE)
        limits = WebLimits(**LOCAL | {"delay_seconds": 50})
        with Fetcher(limits, Politeness(delay=50, clock=Watched()), stop) as fetcher, ThreadPoolExecutor(1) as pool:
            page = pool.submit(fetcher.get, url)  # waits after robots.txt
            assert waiting.wait(10)
            stop.set()
            with pytest.raises(FetchError, match="the run was stopped"):
                page.result(10)
        assert site.asked == []


class TestExplain:
    def test_what_would_be_done_is_told_without_doing_it(self, site: Site) -> None:
        site.page("/robots.txt", "User-agent: *\nDisallow: /a\nAllow: /a/b\nCrawl-delay: 7")
        with fetcher_of() as fetcher:
            open_page = fetcher.explain(site.url("/a/b?utm_source=x#top"), Validators('"v"'))
            closed = fetcher.explain(site.url("/a"))
        assert (open_page.url, open_page.problem, open_page.outcome) == (site.url("/a/b"), "", "")
        assert (open_page.rule, open_page.delay) == ("User-agent: *, Allow: /a/b", 7)
        assert open_page.pause == 0  # LOCAL has no delay, and the pause after robots.txt is the usual one
        assert open_page.request[0] == ("", "GET /a/b HTTP/1.1")
        assert dict(open_page.request)["User-Agent"] == user_agent()
        assert dict(open_page.request)["If-None-Match"] == '"v"'
        assert (closed.outcome, closed.rule) == ("refused", "User-agent: *, Disallow: /a")
        assert site.asked == []

    def test_what_cannot_be_asked_is_told(self) -> None:
        with fetcher_of() as fetcher:
            found = fetcher.explain("http://10.0.0.1/a")
            assert (found.outcome, found.robots) == ("failed", None)
            assert "private address" in found.problem
            with pytest.raises(FetchError, match="is not a web address"):
                fetcher.explain("ftp://a.example/")
