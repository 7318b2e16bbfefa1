"""What later runs ask for: nothing that was named is forgotten, nothing starves, nothing is asked for in vain."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.archive.source_archive import Archive
from flows.config.settings import default_state
from flows.state import State
from support.hostile.answers import article, conditional, feed, page, redirect, sitemap
from support.hostile.runs import SOURCE, hours_later, ingest, kept, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.pipeline.ingest_result import IngestResult
    from support.hostile.names import Names
    from support.hostile.site import Site

HOST = "daily.test"


def statuses(intake: IngestResult) -> Counter[str]:
    return Counter(outcome.status for outcome in intake.outcomes)


def asked(site: Site) -> Counter[str]:
    return Counter(request.path for request in site.log if request.path != "/robots.txt")


def pages(site: Site, count: int) -> list[str]:
    return [site.at(HOST, f"/n/{n}", page(article(f"Новина {n}"))) for n in range(count)]


@pytest.mark.parametrize("kind", ["urls", "sitemap"])
def test_new_pages_do_not_wait_for_revisits(
    kind: str, site: Site, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = pages(site, 6)
    addresses = named if kind == "urls" else [site.at(HOST, "/map.xml", page(sitemap(*named), kind="text/xml"))]
    source = source_of(addresses, [HOST], kind, refresh_hours=1, pages_per_run=2)
    for run in range(3):
        hours_later(monkeypatch, 2 * run)
        assert statuses(ingest(source, tmp_path))["new"] == 2
    assert sorted(url for url, _ in kept(tmp_path)) == named
    for run in range(3, 6):  # and revisits do not wait for each other
        hours_later(monkeypatch, 2 * run)
        ingest(source, tmp_path)
    assert [asked(site)[f"/n/{n}"] for n in range(6)] == [2] * 6


def test_pages_do_not_wait_for_those_of_a_host_that_cannot_be_asked(site: Site, names: Names, tmp_path: Path) -> None:
    site.at("ill.test", "/robots.txt", page("no", 500))
    ill = [site.at("ill.test", f"/n/{n}", page()) for n in range(4)]
    source = source_of([*ill, *pages(site, 4)], ["ill.test", HOST], pages_per_run=2, retries=0)
    ends = [statuses(ingest(source, tmp_path)) for _ in range(4)]
    assert [end["new"] for end in ends] == [0, 0, 2, 2]
    assert ingest(source, tmp_path).outcomes  # and they keep their place
    site.at("ill.test", "/robots.txt", page("", kind="text/plain"))


@pytest.mark.parametrize("kind", ["urls", "sitemap"])
def test_pages_of_a_shard_that_was_moved_away_are_captured_again(
    kind: str, site: Site, names: Names, tmp_path: Path
) -> None:
    named = pages(site, 3)
    addresses = named if kind == "urls" else [site.at(HOST, "/map.xml", conditional(sitemap(*named).encode(), '"map"'))]
    source = source_of(addresses, [HOST], kind)
    assert statuses(ingest(source, tmp_path)) == {"new": 3}
    for file in (tmp_path / "raw" / SOURCE).glob("*Z-*"):
        file.unlink()
    assert statuses(ingest(source, tmp_path)) == {"new": 3}
    assert sorted(url for url, _ in kept(tmp_path)) == named
    assert statuses(ingest(source, tmp_path))["new"] == 0


def test_another_form_of_a_page_is_taken_once_that_page_is_gone(site: Site, names: Names, tmp_path: Path) -> None:
    whole = site.at(HOST, "/n/1", page(article()))
    body = article().replace(b"<title>", f'<link rel=canonical href="{whole}"><title>'.encode())
    amp = site.at(HOST, "/n/1/amp", page(body))
    assert statuses(ingest(source_of([whole], [HOST]), tmp_path)) == {"new": 1}
    assert statuses(ingest(source_of([amp], [HOST]), tmp_path)) == {"unchanged": 1}
    assert statuses(ingest(source_of([amp], [HOST]), tmp_path)) == {"unchanged": 1}
    assert asked(site) == {"/n/1": 1, "/n/1/amp": 1}
    for file in (tmp_path / "raw" / SOURCE).glob("*Z-*"):
        file.unlink()
    assert statuses(ingest(source_of([amp], [HOST]), tmp_path)) == {"new": 1}


def test_a_page_to_which_a_redirect_adds_trackers_is_not_kept_twice(site: Site, names: Names, tmp_path: Path) -> None:
    whole = site.at(HOST, "/n/1", page(article()))
    body = article().replace(b"<title>", f'<link rel=canonical href="{whole}"><title>'.encode())
    link = site.at(HOST, "/link", redirect(302, site.at(HOST, "/n/1?utm_source=rss", page(body))))
    assert statuses(ingest(source_of([whole], [HOST]), tmp_path)) == {"new": 1}
    assert statuses(ingest(source_of([link], [HOST]), tmp_path)) == {"unchanged": 1}
    assert [url for url, _ in kept(tmp_path)] == [whole]


def test_a_site_that_forbids_itself_for_a_day_is_asked_the_next_day(
    site: Site, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = pages(site, 2)
    site.at(HOST, "/robots.txt", page("User-agent: *\nDisallow: /\n", kind="text/plain"), page("", kind="text/plain"))
    source = source_of(named, [HOST])
    assert statuses(ingest(source, tmp_path)) == {"refused": 2}
    assert statuses(ingest(source, tmp_path)) == {"refused": 2}
    hours_later(monkeypatch, 25)
    monkeypatch.setattr("flows.fetch.robots._FRESH", timedelta(0))
    assert statuses(ingest(source, tmp_path)) == {"new": 2}


def test_after_a_rebuild_pages_that_were_never_captured_are_named_again(
    site: Site, names: Names, tmp_path: Path
) -> None:
    named = pages(site, 3)
    source = source_of(
        [site.at(HOST, "/map.xml", conditional(sitemap(*named).encode(), '"map"'))], [HOST], "sitemap", pages_per_host=2
    )
    ingest(source, tmp_path)
    ingest(source, tmp_path)
    assert len(kept(tmp_path)) < 3
    with State.open(default_state(tmp_path)) as state:
        state.rebuild(SOURCE, Archive(tmp_path, SOURCE))
    for _ in range(3):
        ingest(source, tmp_path)
    assert sorted(url for url, _ in kept(tmp_path)) == named


def test_a_page_that_was_named_or_failed_while_the_clock_was_ahead_is_asked_for(
    site: Site, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [site.at(HOST, "/n/3", page("no", 500), page(article("Новина 3"))), *pages(site, 2)]
    source = source_of(named, [HOST], pages_per_run=2, retries=0)
    with monkeypatch.context() as patch:
        hours_later(patch, 24 * 365)
        assert statuses(ingest(source, tmp_path)) == {"failed": 1, "new": 1}
    ingest(source, tmp_path)
    assert sorted(url for url, _ in kept(tmp_path)) == sorted(named)


def test_where_a_page_has_moved_for_good_only_the_new_address_is_revisited(
    site: Site, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = site.at(HOST, "/new", page(article()))
    moved = site.at(HOST, "/moved", redirect(301, new))
    address = site.at(HOST, "/rss", page(feed(moved), kind="application/rss+xml"))
    source = source_of([address], [HOST], "feed", refresh_hours=1)
    assert statuses(ingest(source, tmp_path)) == {"new": 1}
    hours_later(monkeypatch, 2)
    ingest(source, tmp_path)
    assert asked(site) == {"/rss": 2, "/moved": 1, "/new": 2}


def test_of_a_list_the_address_that_it_names_is_asked_for_though_it_has_moved(
    site: Site, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = site.at(HOST, "/moved", redirect(301, site.at(HOST, "/new", page(article()))))
    source = source_of([moved], [HOST], refresh_hours=1)
    ingest(source, tmp_path)
    hours_later(monkeypatch, 2)
    ingest(source, tmp_path)
    assert asked(site) == {"/moved": 2, "/new": 2}
