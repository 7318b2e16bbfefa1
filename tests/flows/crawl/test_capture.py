from __future__ import annotations

import gzip
import logging
import os
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from flows.archive.shard_reader import read_shard
from flows.archive.shard_writer import make_folder
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.common.page_types import Capture, Outcome, Target
from flows.config.kinds import KINDS, Source
from flows.config.limits import WebLimits
from flows.config.settings import default_state
from flows.crawl.batches import BatchResult, capture_answers, capture_records
from flows.crawl.capture import attempt
from flows.crawl.frontier import Frontier
from flows.crawl.recrawl_schedule import RecrawlSchedule
from flows.discover import discover
from flows.fetch.fetcher import Fetcher
from flows.state import Policy, State
from support.local_site import LOCAL, serve, silence

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from support.local_site import Site

LOG = logging.getLogger(__name__)
PAGE = "<!doctype html><p>Причал відкрили о шостій ранку.</p>"


def make(kind: str, **fields: object) -> Source:
    if kind not in ("folder", "warc"):
        fields["limits"] = LOCAL | {"retries": 0} | fields.get("limits", {})  # type: ignore[operator]
    return KINDS[kind].model_validate({"name": "s", "kind": kind} | fields)


def run(data: Path, source: Source, targets: list[Target] | None = None, later: timedelta = timedelta()) -> BatchResult:
    """One whole run of the first half, `later` than now: recover, discover, capture; outcomes by address."""
    archive = Archive(data, source.name)
    settled: list[Outcome] = []
    with archive.lock(), ExitStack() as stack:
        archive.recover()
        captured = archive.captured()
        if not source.is_of_web:
            found = list(discover(source, None, LOG)) if targets is None else targets
            return capture_records(source, found, archive, captured)
        assert isinstance(source.limits, WebLimits)
        state = stack.enter_context(State.open(default_state(data)))
        state.sync_from_archive(source.name, archive, Policy.of(source))
        fetcher = stack.enter_context(Fetcher(source.limits))
        schedule = RecrawlSchedule(
            source,
            state,
            captured,
            lambda outcomes, asked: settled.extend(outcomes),
            source.limits.pages_per_run,
            lambda: datetime.now(UTC) + later,
        )
        wanted = schedule.pages(discover(source, fetcher, LOG) if targets is None else targets)
        frontier = stack.enter_context(Frontier(wanted, partial(attempt, source, fetcher=fetcher)))
        result = capture_answers(frontier, archive, captured, 10_000, follow=schedule.follow)
        schedule.record_unanswered(result.unanswered)
    outcomes = sorted([*settled, *result.outcomes], key=lambda outcome: outcome.url)
    return replace(result, outcomes=outcomes)


def statuses(result: BatchResult) -> list[str]:
    return [outcome.status for outcome in result.outcomes]


def stored(data: Path) -> list[str]:
    return [page.url for shard in Archive(data, "s").shards() for page in read_shard(shard)]


def test_files_are_kept_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.html", "b.html", "c.html"):
        (folder / name).write_text(PAGE + name, encoding="utf-8")
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    source = make("folder", path=folder)
    first = run(tmp_path, source)
    assert statuses(first) == ["new"] * 3
    assert len(first.shards) == 1
    again = run(tmp_path, source)
    assert again == BatchResult([Outcome(f"file:///{n}.html", "unchanged") for n in "abc"], [])
    os.utime(folder / "a.html", (1_800_000_000, 1_800_000_000))  # touched: the same page at another time
    (folder / "b.html").write_text("<p>Інше", encoding="utf-8")
    (folder / "d.html").write_bytes(gzip.compress(b"broken")[:-3])
    third = run(tmp_path, source)
    assert statuses(third) == ["unchanged", "new", "unchanged", "failed"]
    assert stored(tmp_path) == [f"file:///{n}.html" for n in "abcb"]
    assert statuses(run(tmp_path, source)) == ["unchanged", "unchanged", "unchanged", "failed"]


def test_a_feed_is_pulled_once_with_its_evidence(site: Site, tmp_path: Path) -> None:
    pages = "".join(
        f"<item><title>{n}</title><link>{site.page(f'/{n}', PAGE + str(n))}</link></item>" for n in range(3)
    )
    source = make("feed", url=site.page("/rss", f"<rss version='2.0'><channel>{pages}</channel></rss>"))
    assert statuses(run(tmp_path, source)) == ["new"] * 3
    assert statuses(run(tmp_path, source)) == ["unchanged"] * 3
    assert Counter(site.asked) == {"/rss": 2, "/0": 1, "/1": 1, "/2": 1}
    shards = Archive(tmp_path, "s").shards()
    evidence = [page.evidence or "" for shard in shards for page in read_shard(shard)]
    assert [f'"title": "{n}"' in evidence[n] for n in range(3)] == [True] * 3


def test_a_sitemap_is_pulled(site: Site, tmp_path: Path) -> None:
    locations = "".join(f"<url><loc>{site.page(f'/{n}', PAGE + str(n))}</loc></url>" for n in range(3))
    site.page("/a.xml.gz", gzip.compress(f"<urlset>{locations}</urlset>".encode()), content_type="application/gzip")
    index = f"<sitemapindex><sitemap><loc>{site.url('/a.xml.gz')}</loc></sitemap></sitemapindex>"
    source = make("sitemap", url=site.page("/index.xml", index))
    assert statuses(run(tmp_path, source)) == ["new"] * 3
    assert stored(tmp_path) == [site.url(f"/{n}") for n in range(3)]


def test_a_page_that_was_held_is_gone_and_not_failed(site: Site, tmp_path: Path) -> None:
    urls = [site.page("/a", PAGE), site.page("/b", PAGE + "2"), site.page("/never", "no", 404)]
    source = make("urls", urls=urls, refresh_hours=1)
    assert statuses(run(tmp_path, source)) == ["new", "new", "failed"]
    site.page("/a", "no", 410)
    later = run(tmp_path, source, later=timedelta(hours=2))
    assert [(o.status, o.reason) for o in later.outcomes] == [
        ("gone", "answered 410 Gone"),
        ("unchanged", "the same bytes as before"),
        ("failed", "answered 404 Not Found"),
    ]
    with State.open(default_state(tmp_path)) as state:
        assert list(state.pages.gone(source.name)) == [urls[0]]


def test_each_page_of_a_list_has_its_outcome(site: Site, tmp_path: Path) -> None:
    urls = [
        site.page("/good", PAGE),
        site.page("/gone", "no", 404),
        site.page("/error", "no", 500),
        site.answer("/silent", silence),
        site.page("/large", "x" * 70_000),
        site.page("/bomb", gzip.compress(b"0" * 1_000_000), content_encoding="gzip"),
        site.raw("/cut", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        site.redirect("/circle", "/circle"),
        site.page("/file.pdf", b"%PDF-1.7", content_type="application/pdf"),
        "http://no-such-host.invalid/",
        site.page("/lying", PAGE.encode("cp1251"), content_type="text/html; charset=utf-8"),
        site.page("/empty", b""),
    ]
    source = make("urls", urls=urls, limits={"page_bytes": 65_536, "timeout_seconds": 0.4})
    result = run(tmp_path, source)
    assert sorted((outcome.url, outcome.status, outcome.reason) for outcome in result.outcomes) == sorted(
        [
            (urls[0], "new", ""),
            (urls[1], "failed", "answered 404 Not Found"),
            (urls[2], "failed", "answered 500 Internal Server Error"),
            (urls[3], "failed", "no whole answer within 0.4 s (limits.timeout_seconds)"),
            (urls[4], "failed", "states 70,000 bytes, more than the 65,536 of limits.page_bytes"),
            (urls[5], "failed", "over 0.0625 MiB when unpacked"),
            (urls[6], "failed", "the connection was cut, or the answer is no whole HTTP"),
            (urls[7], "failed", f"redirects in a circle, to {urls[7]} again"),
            (urls[8], "failed", "is application/pdf, no page"),
            (urls[9], "failed", "its host is not known (DNS)"),
            (urls[10], "new", ""),
            (urls[11], "new", ""),
        ]
    )
    assert stored(tmp_path) == [urls[0], urls[10], urls[11]]


def test_what_nobody_foresaw_of_a_page_ends_no_run(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Fetcher.get

    def get(fetcher: Fetcher, url: str, **more: Any) -> Capture:
        if url.endswith("/odd"):
            raise KeyError("odd")
        return real(fetcher, url, **more)

    monkeypatch.setattr(Fetcher, "get", get)
    result = run(tmp_path, make("urls", urls=[site.page("/odd", PAGE), site.page("/a", PAGE)]))
    assert [(o.status, o.reason) for o in result.outcomes] == [("new", ""), ("failed", "KeyError: 'odd'")]


def test_a_redirected_page_stands_under_its_own_address(site: Site, tmp_path: Path) -> None:
    end = site.page("/end", PAGE)
    urls = [site.redirect("/old", "/older", 301), site.redirect("/older", "/end"), site.redirect("/lost", "/nowhere")]
    source = make("urls", urls=urls)
    first = run(tmp_path, source)
    assert [(o.url, o.status) for o in first.outcomes] == [(end, "new"), (end, "unchanged"), (urls[2], "failed")]
    assert stored(tmp_path) == [end]
    site.asked.clear()
    assert {o.url: o.status for o in run(tmp_path, source).outcomes} == {
        urls[0]: "unchanged",
        urls[1]: "unchanged",
        urls[2]: "waiting",
    }
    assert site.asked == []
    assert len(Archive(tmp_path, "s").captured()) == 1


def test_held_pages_are_asked_for_again_only_when_due(site: Site, tmp_path: Path) -> None:
    url = site.page("/a", PAGE)
    once, hourly = make("urls", urls=[url]), make("urls", urls=[url], refresh_hours=2)
    assert statuses(run(tmp_path, once)) == ["new"]
    site.asked.clear()
    assert statuses(run(tmp_path, once, later=timedelta(days=900))) == ["unchanged"]
    assert statuses(run(tmp_path, hourly, later=timedelta(hours=1))) == ["unchanged"]
    assert site.asked == []
    assert statuses(run(tmp_path, hourly, later=timedelta(hours=3))) == ["unchanged"]  # asked, and still the same
    assert site.asked == ["/a"]
    site.page("/a", PAGE + "2")
    assert statuses(run(tmp_path, hourly, later=timedelta(hours=6))) == ["new"]
    assert [page.body.decode() for shard in Archive(tmp_path, "s").shards() for page in read_shard(shard)] == [
        PAGE,
        PAGE + "2",
    ]


def test_a_page_that_has_not_changed_is_confirmed_without_its_body(site: Site, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        same = request.headers.get("If-None-Match") == '"1"'
        body = b"" if same else PAGE.encode()
        request.send_response(304 if same else 200)
        request.send_header("ETag", '"1"')
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    source = make("urls", urls=[site.answer("/a", answer)], refresh_hours=2)
    assert statuses(run(tmp_path, source)) == ["new"]
    (outcome,) = run(tmp_path, source, later=timedelta(hours=3)).outcomes
    assert (outcome.status, outcome.reason) == ("unchanged", "answered 304 Not Modified")
    assert len(stored(tmp_path)) == 1


def test_pages_that_failed_wait_for_longer_each_time_and_are_given_up_when_gone(site: Site, tmp_path: Path) -> None:
    source = make("urls", urls=[site.page("/gone", "no", 404)])
    assert statuses(run(tmp_path, source)) == ["failed"]
    (early,) = run(tmp_path, source, later=timedelta(minutes=30)).outcomes
    assert early.status == "waiting"
    assert early.reason.startswith("answered 404 Not Found; next try 20")
    assert statuses(run(tmp_path, source, later=timedelta(hours=1))) == ["failed"]
    assert statuses(run(tmp_path, source, later=timedelta(hours=4))) == ["failed"]
    (late,) = run(tmp_path, source, later=timedelta(days=900)).outcomes
    assert (late.status, late.reason) == ("waiting", "answered 404 Not Found, 3 times; not asked for again")
    assert len(site.asked) == 3


def test_what_a_run_did_not_come_to_keeps_its_place(site: Site, tmp_path: Path) -> None:
    urls = [site.page(f"/{n}", PAGE + str(n)) for n in range(5)]
    source = make("urls", urls=urls, limits={"pages_per_run": 2})
    assert [statuses(run(tmp_path, source)).count("new") for _ in range(3)] == [2, 2, 1]
    assert Counter(site.asked) == dict.fromkeys(("/0", "/1", "/2", "/3", "/4"), 1)


def test_a_sitemap_that_says_a_page_has_not_changed_is_believed(site: Site, tmp_path: Path) -> None:
    url = site.page("/a", PAGE)
    source = make("urls", urls=[url], refresh_hours=1)
    run(tmp_path, source)
    site.asked.clear()
    at = datetime.now(UTC)
    (old,) = run(tmp_path, source, [Target(url, modified=at - timedelta(days=1))], timedelta(hours=2)).outcomes
    assert (old.status, old.reason, site.asked) == ("unchanged", "its source says that it has not changed", [])
    assert statuses(run(tmp_path, source, [Target(url, modified=at)], timedelta(hours=2))) == ["unchanged"]
    assert site.asked == ["/a"]


def test_a_page_in_another_dress_than_a_held_one_is_not_kept_twice(site: Site, tmp_path: Path) -> None:
    page = site.page("/news/1", PAGE)
    dressed = site.page("/news/1/amp", f'<head><link rel="canonical" href="{page}"></head>{PAGE}')
    other = site.page("/news/2", f'<head><link rel="canonical" href="{page}"></head>{PAGE}')
    source = make("urls", urls=[page, dressed, other])
    assert [o.status for o in run(tmp_path, source).outcomes] == ["new", "unchanged", "new"]
    assert stored(tmp_path) == [page, other]
    site.asked.clear()
    assert statuses(run(tmp_path, source, later=timedelta(days=900))) == ["unchanged"] * 3
    assert site.asked == []


def test_the_same_bytes_under_another_query_are_one_page_if_the_page_says_so(site: Site, tmp_path: Path) -> None:
    def stating(path: str, text: str = PAGE) -> str:
        return f'<head><link rel="canonical" href="{site.url(path)}"></head>{text}'

    kept = [
        site.page("/a?from=1", stating("/a")),  # the first, though its canonical address is not in the list
        site.page("/b", stating("/b")),
        site.page("/c?id=1", PAGE),  # states nothing
        site.page("/c?id=2", PAGE),
        site.page("/d?page=1", stating("/d")),
        site.page("/d?page=2", stating("/d", PAGE + "2")),  # other bytes
        site.page("/e?id=1", stating("/e?id=1")),
        site.page("/e?id=2", stating("/e?id=2")),
    ]
    aliases = {
        site.page("/a?from=2", stating("/a")): kept[0],
        site.page("/a", stating("/a")): kept[0],
        site.page("/a?from=4", stating("/a"), 404): None,
        site.page("/b?from=1", stating("/b")): kept[1],
        site.page("/b/2?from=1", stating("/b")): kept[1],
        site.page("/d?page=1&x=1", stating("/d")): kept[4],
    }
    result = run(tmp_path, make("urls", urls=[*kept, *aliases]))
    outcomes = {outcome.url: outcome for outcome in result.outcomes}
    assert sorted(stored(tmp_path)) == sorted(kept)
    assert {url: outcomes[url].reason for url in aliases} == {
        url: f"is another form of a page that is held: {held}" if held else "answered 404 Not Found"
        for url, held in aliases.items()
    }
    more = site.page("/a?from=3", stating("/a"))  # by the indexes of an earlier run
    site.asked.clear()
    again = run(tmp_path, make("urls", urls=[*kept, *aliases, more]))
    assert site.asked == ["/a?from=3"]
    assert [outcome.status for outcome in again.outcomes].count("unchanged") == len(kept) + len(aliases)
    assert sorted(stored(tmp_path)) == sorted(kept)


def test_an_alias_is_asked_for_again_when_its_page_is_gone_from_raw(site: Site, tmp_path: Path) -> None:
    body = f'<head><link rel="canonical" href="{site.url("/a")}"></head>{PAGE}'
    urls = [site.page("/a?from=1", body), site.page("/a?from=2", body)]
    run(tmp_path, make("urls", urls=urls))
    for file in Archive(tmp_path, "s").folder.glob("*.warc.gz"):
        file.with_suffix("").with_suffix(".cdxj").unlink()
        file.unlink()
    assert statuses(run(tmp_path, make("urls", urls=urls[1:]))) == ["new"]
    assert stored(tmp_path) == urls[1:]


def sends_to(url: str) -> str:
    return f'<head><meta http-equiv="refresh" content="0;url={url}"></head>'


def test_a_page_to_which_another_sends_its_readers_is_fetched_once(site: Site, tmp_path: Path) -> None:
    full = site.page("/full", PAGE)
    stubs = [site.page(f"/{n}", sends_to("/full")) for n in range(3)]
    for urls in ([*stubs], [full, *stubs], [*stubs, full]):  # alone, before and after it is found itself
        site.asked.clear()
        data = tmp_path / str(len(list(tmp_path.iterdir())))
        found = run(data, make("urls", urls=urls))
        assert statuses(found) == ["new"] * 4
        assert Counter(site.asked) == dict.fromkeys(("/0", "/1", "/2", "/full"), 1)
        assert sorted(stored(data)) == sorted([full, *stubs])
        site.asked.clear()
        assert set(statuses(run(data, make("urls", urls=urls)))) == {"unchanged"}
        assert site.asked == []


def test_what_a_feed_says_goes_on_to_the_page(site: Site, tmp_path: Path) -> None:
    site.page("/full", PAGE)
    stub = site.page("/stub", sends_to("/full"))
    item = f"<item><title>Причал</title><link>{stub}</link></item>"
    run(tmp_path, make("feed", url=site.page("/rss", f"<rss version='2.0'><channel>{item}</channel></rss>")))
    shards = Archive(tmp_path, "s").shards()
    assert ['"title": "Причал"' in (page.evidence or "") for shard in shards for page in read_shard(shard)] == [
        True
    ] * 2


def test_pages_that_are_followed_have_their_place_in_the_run(site: Site, tmp_path: Path) -> None:
    site.page("/full", PAGE)
    stub = site.page("/stub", sends_to("/full"))
    source = make("urls", urls=[stub], limits={"pages_per_run": 1})
    assert statuses(run(tmp_path, source)) == ["new"]
    assert site.asked == ["/stub"]


def test_hosts_are_asked_side_by_side_and_each_one_page_at_a_time(site: Site, tmp_path: Path) -> None:
    with serve("127.0.0.2") as other:
        here, there = threading.Event(), threading.Event()
        lock, running, most = threading.Lock(), Counter[str](), Counter[str]()

        def answer(name: str, mine: threading.Event, yours: threading.Event) -> object:
            def serve_page(request: BaseHTTPRequestHandler) -> None:
                with lock:
                    running[name] += 1
                    most[name] = max(most[name], running[name])
                mine.set()
                yours.wait(5)  # would pass only after the time limit if the other host had to wait for this one
                with lock:
                    running[name] -= 1
                body = PAGE.encode()
                request.send_response(200)
                request.send_header("Content-Length", str(len(body)))
                request.end_headers()
                request.wfile.write(body)

            return serve_page

        urls = []
        for n in range(3):
            urls.append(site.answer(f"/{n}", answer("here", here, there)))  # type: ignore[arg-type]
            urls.append(other.answer(f"/{n}", answer("there", there, here)))  # type: ignore[arg-type]
        result = run(tmp_path, make("urls", urls=urls, limits={"timeout_seconds": 3}))
    assert [(outcome.url, outcome.status) for outcome in result.outcomes] == [(url, "new") for url in sorted(urls)]
    assert most == {"here": 1, "there": 1}


def test_progress_hears_of_every_page_in_the_callers_thread(site: Site, tmp_path: Path) -> None:
    source = make("urls", urls=[site.page("/a", PAGE), site.url("/none")])
    heard: list[tuple[Outcome, int, int]] = []
    archive = Archive(tmp_path, "s")
    with archive.lock(), Fetcher(WebLimits(**LOCAL)) as fetcher:
        targets = discover(source, None, LOG)
        with Frontier(targets, partial(attempt, source, fetcher=fetcher)) as frontier:
            result = capture_answers(
                frontier,
                archive,
                archive.captured(),
                9,
                lambda outcome, size: heard.append((outcome, size, threading.get_ident())),
            )
    assert [outcome for outcome, _, _ in heard] == result.outcomes
    assert [size for _, size, _ in heard] == [len(PAGE.encode()), 0]
    assert {thread for _, _, thread in heard} == {threading.get_ident()}


def test_a_target_with_a_problem_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    source = make("urls", urls=[site.page("/a", PAGE)])
    (outcome,) = run(tmp_path, source, [Target("x", problem="list.txt, line 3: wrong")]).outcomes
    assert outcome == Outcome("x", "failed", "list.txt, line 3: wrong")


def test_what_reserves_its_rights_is_not_kept_if_the_source_says_so(site: Site, tmp_path: Path) -> None:
    urls = [site.page("/a", PAGE), site.page("/b", PAGE + "<meta name=robots content=noindex>")]
    assert statuses(run(tmp_path / "kept", make("urls", urls=urls))) == ["new", "new"]
    obeyed = run(tmp_path / "not", make("urls", urls=urls, limits={"obey_noindex": True}))
    assert statuses(obeyed) == ["new", "refused"]
    assert obeyed.outcomes[1].reason is not None
    assert "noindex (page) (limits.obey_noindex)" in obeyed.outcomes[1].reason


def test_a_warc_is_taken_over_once(site: Site, tmp_path: Path) -> None:
    run(tmp_path / "first", make("urls", urls=[site.page(f"/{n}", PAGE + str(n)) for n in range(3)]))
    (shard,) = Archive(tmp_path / "first", "s").shards()
    source = make("warc", paths=[str(shard)])
    assert statuses(run(tmp_path, source)) == ["new"] * 3
    assert stored(tmp_path) == [site.url(f"/{n}") for n in range(3)]
    assert run(tmp_path, source) == BatchResult([Outcome(site.url(f"/{n}"), "unchanged") for n in range(3)], [])
    ours, theirs = (next(read_shard(path)) for path in (Archive(tmp_path, "s").shards()[0], shard))
    assert (ours.at, ours.body, ours.content_type, ours.digest) == (
        theirs.at,
        theirs.body,
        theirs.content_type,
        theirs.digest,
    )


def test_a_disk_that_refuses_ends_the_batch(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make("urls", urls=[site.page("/a", PAGE)])
    make_folder(tmp_path / "raw" / "s")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(SitoError, match="No space left; free some space"):
            run(tmp_path, source)
    assert Archive(tmp_path, "s").shards() == []
    site.asked.clear()
    assert statuses(run(tmp_path, source)) == ["unchanged"]  # what had been written is kept now
    assert site.asked == []
