from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.config.limits import WebLimits
from flows.fetch.explanation import deciding_rule
from flows.fetch.fetch_errors import CutError, FetchError, UnreachableError
from flows.fetch.fetcher import Fetcher
from flows.fetch.politeness import Politeness
from flows.fetch.robots import Robots, RobotsFile, read_robots, unpack
from flows.state import State
from flows.state.host_store import ROBOTS_BYTES, RobotsState
from support.local_site import LOCAL, serve, silence

if TYPE_CHECKING:
    from pathlib import Path

    from support.local_site import Site

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://a.example/robots.txt"


def read(text: str | bytes, status: int | None = 200) -> RobotsFile:
    return read_robots(URL, RobotsState(status, text if isinstance(text, bytes) else text.encode(), NOW))


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: sito\nDisallow: /", "/a", False),
        ("User-agent: Sito/1.0 # us\nDisallow: /", "/a", False),
        ("User-agent: sit\nDisallow: /", "/a", True),
        ("User-agent: s\nDisallow: /", "/a", True),
        ("User-agent: situation\nDisallow: /", "/a", True),
        ("User-agent: sitobot\nDisallow: /", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: sito\nDisallow: /", "/a", False),
        ("User-agent: sito\nUser-agent: other\nDisallow: /", "/a", False),
        ("User-agent: sito\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: sito\nDisallow: /b", "/a", True),
        (
            "User-agent: sito\nDisallow: /a\n\nUser-agent: x\nAllow: /\n\nUser-agent: sito\nDisallow: /c",
            "/c",
            False,
        ),
        ("User-agent: *\nDisallow: /news\nAllow: /news/open", "/news/open/1", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?a", True),
        ("User-agent: *\nDisallow: /пошук", "/%D0%BF%D0%BE%D1%88%D1%83%D0%BA?q=1", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("user-AGENT : *\r\nDISALLOW : /a\r\n", "/a", False),
        ("User-agent *\nDisallow /a", "/a", False),
        ("Disallow: /", "/a", True),  # of no group
        ("<html><body><pre>User-agent: *\nDisallow: /</pre></body></html>", "/a", True),
        ("\n  <!doctype html>\nUser-agent: *\nDisallow: /", "/a", True),
        ("\x00\x01\x02", "/a", True),
        ("", "/a", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    file = read(text)
    assert file.allows(f"https://a.example{path}") is allowed
    assert file.problem is None


def test_other_encodings_are_read() -> None:
    rules = "User-agent: *\nDisallow: /"
    assert not read(rules.encode("utf-16")).allows("https://a.example/a")
    assert not read(b"# \xc3\xe0\xe7\xe5\xf2\xe0\n" + rules.encode()).allows("https://a.example/a")
    packed = gzip.compress(rules.encode())
    assert [unpack(packed), unpack(packed[:-9]), unpack(rules.encode())] == [rules.encode()] * 3
    assert len(unpack(gzip.compress(b"#" * 50_000_000))) == ROBOTS_BYTES
    assert unpack(b"\x1f\x8bnot packed") == b"\x1f\x8bnot packed"


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: sito\nCrawl-delay: 3\n\nUser-agent: *\nCrawl-delay: 9", 3),
        ("User-agent: other\nCrawl-delay: 9", 0),
        ("User-agent: *\nRequest-rate: 2/1m", 30),
        ("User-agent: *\nRequest-rate: 1/5s\nCrawl-delay: 2", 5),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: *\nCrawl-delay: a lot", 0),
        ("User-agent: *\nDisallow: /", 0),
    ],
)
def test_delays(text: str, delay: float) -> None:
    assert read(text).delay == delay


def test_sitemaps_are_absolute_addresses_once() -> None:
    text = "Sitemap: https://a.example/s.xml\nsitemap: /t.xml\nSitemap: https://a.example/s.xml\nSitemap: ftp://a/\n"
    assert read(text).sitemaps == ("https://a.example/s.xml", "https://a.example/t.xml")
    assert len(read("".join(f"Sitemap: /{n}.xml\n" for n in range(2000))).sitemaps) == 1000


@pytest.mark.parametrize("status", [204, 300, 301, 400, 401, 403, 404, 410, 451])
def test_a_site_without_the_file_forbids_nothing(status: int) -> None:
    read("" if status == 204 else "User-agent: *\nDisallow: /", status).check("https://a.example/a")


@pytest.mark.parametrize("status", [None, 429, 500, 503, 599])
def test_a_file_that_cannot_be_had_forbids_all_for_now(status: int | None) -> None:
    with pytest.raises(FetchError, match="cannot be read") as caught:
        read("", status).check("https://a.example/a")
    assert (caught.value.outcome, caught.value.retryable) == ("waiting", True)


def test_what_a_rule_forbids_is_refused() -> None:
    with pytest.raises(FetchError, match="forbids it") as caught:
        read("User-agent: *\nDisallow: /").check("https://a.example/a")
    assert (caught.value.outcome, caught.value.retryable) == ("refused", False)


def test_only_half_a_megabyte_is_read_and_no_half_line() -> None:
    line = "Allow: /press/\n"
    text = ("User-agent: *\nDisallow: /\n" + "#" * (ROBOTS_BYTES - 39 - len(line)) + "\n" + line).encode()
    cut = text + b"Allow: /secret"
    file = read(cut[:ROBOTS_BYTES])
    assert file.allows("https://a.example/press/1")
    assert not file.allows("https://a.example/secret")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "Disallow: /x\n" * 15_000,
        "User-agent: *\n" + "".join(f"Disallow: /*{n}*$\n" for n in range(20_000)),
        "User-agent: *\nDisallow: /" + "*a" * 200_000 + "\n",
        "User-agent:" + " " * 400_000 + "x",
    ],
)
def test_hostile_files_take_no_time(text: str) -> None:
    file = read(text[:ROBOTS_BYTES])
    assert file.allows("https://a.example/" + "a" * 8000)


@given(st.binary() | st.text().map(str.encode), st.sampled_from([None, 200, 204, 304, 404, 429, 500]))
def test_no_file_breaks_reading_it(body: bytes, status: int | None) -> None:
    file = read(unpack(body), status)
    assert file.delay >= 0
    assert file.allows("https://a.example/a") or file.rules is not None
    deciding_rule(file, "https://a.example/a")


class Store:
    def __init__(self) -> None:
        self.kept: dict[str, RobotsState] = {}

    def robots(self, host: str) -> RobotsState | None:
        return self.kept.get(host)

    def record_robots(self, host: str, robots: RobotsState) -> None:
        self.kept[host] = robots


class World:
    """A site's answers, one after another, and the time."""

    def __init__(self, *answers: tuple[int, bytes] | Exception) -> None:
        self.answers, self.asked, self.now = list(answers), 0, NOW
        self.store = Store()

    def robots(self) -> Robots:
        return Robots(self.ask, self.store, lambda: self.now)

    def ask(self, address: httpx2.URL) -> tuple[int, bytes]:
        assert str(address) == "https://a.example:81/robots.txt"
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


ADDRESS = httpx2.URL("https://a.example:81/b?c")
FORBIDDEN = (200, b"User-agent: *\nDisallow: /b")
OPEN = (200, b"")


def test_a_file_holds_for_a_day_in_memory_and_in_the_store() -> None:
    world = World(FORBIDDEN, OPEN)
    robots = world.robots()
    for _ in range(3):
        assert not robots.of(ADDRESS).allows(str(ADDRESS))
    assert not world.robots().of(ADDRESS).allows(str(ADDRESS)), "another process"
    world.now += timedelta(hours=23, minutes=59)
    assert not robots.of(ADDRESS).allows(str(ADDRESS))
    assert world.asked == 1
    world.now += timedelta(minutes=2)
    assert robots.of(ADDRESS).allows(str(ADDRESS))
    assert world.asked == 2
    assert list(world.store.kept) == ["https://a.example:81"]


@pytest.mark.parametrize("trouble", [(503, b""), CutError("the connection was cut", True)])
def test_trouble_holds_for_ten_minutes(trouble: Any) -> None:
    world = World(trouble, FORBIDDEN)
    robots = world.robots()
    assert [robots.of(ADDRESS).problem is None for _ in range(3)] == [False] * 3
    assert world.asked == 1
    world.now += timedelta(minutes=11)
    assert robots.of(ADDRESS).problem is None
    assert world.asked == 2


def test_an_older_copy_stands_in_while_the_site_is_in_trouble_for_a_month() -> None:
    world = World(FORBIDDEN, *[(500, b"")] * 9)
    world.robots().of(ADDRESS)
    world.now += timedelta(days=20)
    file = world.robots().of(ADDRESS)
    assert (file.problem, file.allows(str(ADDRESS)), file.allows("https://a.example:81/c")) == (None, False, True)
    world.now += timedelta(days=10)
    assert world.robots().of(ADDRESS).problem == "answered 500"


def test_trouble_does_not_stand_in_for_later_trouble() -> None:
    world = World((500, b""), CutError("the connection was cut", True), FORBIDDEN)
    assert world.robots().of(ADDRESS).problem == "answered 500"
    world.now += timedelta(minutes=11)
    assert world.robots().of(ADDRESS).problem == "the connection was cut"
    world.now += timedelta(minutes=9)
    assert world.robots().of(ADDRESS).problem, "the later trouble is what holds"
    assert world.asked == 2


@pytest.mark.parametrize(
    "error",
    [
        FetchError("its host has a private address"),
        UnreachableError("its host is not known (DNS)", True),
        FetchError("its host is paused", True, outcome="waiting"),
    ],
)
def test_what_concerns_the_host_itself_is_no_matter_of_robots(error: FetchError) -> None:
    world = World(error, OPEN)
    robots = world.robots()
    with pytest.raises(FetchError) as caught:
        robots.of(ADDRESS)
    assert caught.value is error
    assert robots.of(ADDRESS).problem is None
    assert not world.store.kept or world.asked == 2


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("User-agent: *\nDisallow: /a\nDisallow: /a/b", "/a/b/c", "User-agent: *, Disallow: /a/b"),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", "User-agent: *, Allow: /a"),
        ("User-agent: x\nUser-agent: sito\nDisallow: /*b # no\n", "/ab", "User-agent: sito, Disallow: /*b"),
        ("User-agent: sito\nUser-agent: x\nDisallow: /a", "/a", "User-agent: sito, Disallow: /a"),
        ("User-agent: sito\nAllow: /c\n\nUser-agent: *\nDisallow: /", "/a", None),
        ("", "/a", None),
    ],
)
def test_the_rule_that_decides_is_named(text: str, path: str, rule: str | None) -> None:
    assert deciding_rule(read(text), f"https://a.example{path}") == rule


def asked(site: Site, path: str = "/a", **limits: Any) -> str:
    """What a run makes of a page: its body, or outcome and reason."""
    with Fetcher(WebLimits(**LOCAL | {"retries": 1, "timeout_seconds": 5} | limits)) as fetcher:
        try:
            return fetcher.get(site.page(path, "page")).body.decode()
        except FetchError as error:
            return f"{error.outcome}: {error}"


def test_no_forbidden_page_is_asked_for(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /a")
    assert asked(site) == "refused: its site's robots.txt forbids it"
    assert asked(site, "/b") == "page"
    assert site.asked == ["/b"]


def test_a_redirect_to_a_forbidden_page_is_not_followed(site: Site) -> None:
    with serve("127.0.0.2") as other:
        other.page("/robots.txt", "User-agent: *\nDisallow: /")
        site.redirect("/a", other.page("/b", "page"))
        with Fetcher(WebLimits(**LOCAL)) as fetcher, pytest.raises(FetchError, match="forbids it"):
            fetcher.get(site.url("/a"))
        assert (site.robots, site.asked, other.robots, other.asked) == (1, ["/a"], 1, [])


def test_the_file_may_have_moved_to_another_host(site: Site) -> None:
    with serve("127.0.0.2") as other:
        site.redirect("/robots.txt", other.page("/rules", "User-agent: *\nDisallow: /a"), 301)
        assert asked(site).startswith("refused")


def test_circles_and_bad_redirects_are_no_file(site: Site) -> None:
    for target in ("/robots.txt", "http://127.0.0.9/robots.txt", "ftp://a.example/", "http://a:b@c/"):
        site.redirect("/robots.txt", target)
        assert asked(site) == "page"


@pytest.mark.parametrize(("redirects", "made_of_it"), [(5, "refused"), (6, "page")])
def test_a_file_that_moved_is_followed_five_times(site: Site, redirects: int, made_of_it: str) -> None:
    for n in range(redirects):
        site.redirect(f"/{n}" if n else "/robots.txt", f"/{n + 1}")
    site.page(f"/{redirects}", "User-agent: *\nDisallow: /a")
    assert asked(site).startswith(made_of_it)
    assert site.asked[:5] == ["/1", "/2", "/3", "/4", "/5"]


def test_a_file_that_moved_to_where_it_cannot_be_read_now_is_waited_for(site: Site) -> None:
    site.redirect("/robots.txt", site.raw("/rules", b""))
    assert asked(site).startswith("waiting: its site's robots.txt cannot be read: the connection was cut")
    assert "/a" not in site.asked


def test_trouble_is_tried_again_and_then_waited_for(site: Site) -> None:
    site.page("/robots.txt", "no", 503)
    assert asked(site) == "waiting: its site's robots.txt cannot be read: answered 503"
    assert (site.robots, site.asked) == (2, [])
    site.raw("/robots.txt", b"")
    assert asked(site).startswith("waiting: its site's robots.txt cannot be read: the connection was cut")
    site.answer("/robots.txt", silence)
    assert asked(site, timeout_seconds=0.2).startswith("waiting: its site's robots.txt cannot be read: no whole answer")
    assert (site.robots, site.asked) == (5, [])


def test_more_than_half_a_megabyte_is_not_waited_for(site: Site) -> None:
    stated = b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\nUser-agent: *\nDisallow: /a\n"
    site.raw("/robots.txt", stated + b"#" * 600_000)
    assert asked(site).startswith("refused")


def test_the_next_run_knows_the_file_from_the_state(site: Site, tmp_path: Path) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /a")
    for _ in range(2):
        with State.open(f"sqlite:///{tmp_path}/state.sqlite") as state:
            fetcher = Fetcher(WebLimits(**LOCAL), Politeness(state.hosts, 0))
            with fetcher, pytest.raises(FetchError, match="forbids it"):
                fetcher.get(site.url("/a"))
    assert site.robots == 1


def test_what_a_site_says_is_had_for_discovery(site: Site) -> None:
    site.page("/robots.txt", "Sitemap: /map.xml\nUser-agent: *\nCrawl-delay: 2")
    with Fetcher(WebLimits(**LOCAL)) as fetcher:
        file = fetcher.robots(site.url("/any/where"))
        assert file is not None
        assert (file.sitemaps, file.delay, file.status) == ((site.url("/map.xml"),), 2, 200)
    site.page("/robots.txt", "no", 500)
    with Fetcher(WebLimits(**LOCAL)) as fetcher:
        assert fetcher.robots(site.address) is None
    assert site.asked == []
