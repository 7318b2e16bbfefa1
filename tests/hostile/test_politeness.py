"""The server's own log as the witness: pauses kept, one request of a host at a time, nothing asked for in vain."""

from __future__ import annotations

from asyncio import Barrier
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from flows.fetch.fetcher import user_agent
from support.hostile.answers import article, conditional, feed, page, redirect
from support.hostile.names import Names
from support.hostile.runs import hours_later, ingest, kept, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.pipeline.ingest_result import IngestResult
    from support.hostile.site import Request, Site

HOSTS = [f"daily{n}.test" for n in range(10)]
PAGES = 5
DELAY = 0.05
RULES = page("User-agent: *\nDisallow: /secret\nAllow: /\n", kind="text/plain")


def by_host(log: list[Request]) -> dict[str, list[Request]]:
    hosts: dict[str, list[Request]] = {}
    for request in log:
        hosts.setdefault(request.host, []).append(request)
    return hosts


def gaps(requests: list[Request]) -> list[float]:
    """Seconds from the end of each answer to the next request."""
    return [after.arrived - before.ended for before, after in pairwise(requests)]


def statuses(intake: IngestResult) -> Counter[str]:
    return Counter(outcome.status for outcome in intake.outcomes)


def pages_of(log: list[Request]) -> list[Request]:
    return [request for request in log if request.path != "/robots.txt"]


@dataclass
class Visit:
    """What two runs over ten hosts left, the second two hours later: their logs and what came of them."""

    first: list[Request]
    second: list[Request]
    intakes: tuple[IngestResult, IngestResult]
    addresses: list[str]
    bodies: dict[str, bytes]
    held: list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def visit(_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    _site.clear()
    together = Barrier(4)
    bodies: dict[str, bytes] = {}
    for host in HOSTS:
        _site.at(host, "/robots.txt", RULES)
        for n in range(PAGES):
            body = article(f"Новина {n} з {host}")
            bodies[_site.at(host, f"/n/{n}", conditional(body, f'"{n}"'))] = body
    for host in HOSTS[:4]:
        _site.at(host, "/n/0", (together, *page(bodies[_site.url(host, "/n/0")])))
    addresses = list(bodies)
    named_twice = [address + "#comments" for address in addresses[:5]]
    forbidden = [_site.url(host, "/secret/1") for host in HOSTS]
    data = tmp_path_factory.mktemp("visit")
    with pytest.MonkeyPatch.context() as patch:
        Names().put_in_place(patch)
        source = source_of([*addresses, *named_twice, *forbidden], HOSTS, refresh_hours=1, delay_seconds=DELAY)
        first = ingest(source, data)
        log = list(_site.log)
        held = kept(data)
        hours_later(patch, 2)
        for host in HOSTS[:4]:
            _site.at(host, "/n/0", conditional(bodies[_site.url(host, "/n/0")], '"0"'))
        second = ingest(source, data)
    return Visit(log, _site.log[len(log) :], (first, second), addresses, bodies, held)


@pytest.mark.xdist_group("visit")
class TestVisit:
    def test_all_pages_are_had(self, visit: Visit) -> None:
        assert statuses(visit.intakes[0]) == {"new": len(visit.addresses), "refused": len(HOSTS)}
        assert sorted(visit.held) == sorted(visit.bodies.items())

    def test_a_host_has_its_pause_after_every_answer(self, visit: Visit) -> None:
        for host, requests in by_host(visit.first).items():
            assert min(gaps(requests)) >= DELAY, host

    def test_a_host_is_never_asked_for_two_things_at_once(self, visit: Visit) -> None:
        for log in (visit.first, visit.second):
            assert all(gap > 0 for requests in by_host(log).values() for gap in gaps(requests))

    def test_robots_txt_is_asked_for_once_and_before_all_pages(self, visit: Visit) -> None:
        for requests in by_host(visit.first).values():
            assert [request.path for request in requests].count("/robots.txt") == 1
            assert requests[0].path == "/robots.txt"

    def test_robots_txt_is_still_known_to_the_second_run(self, visit: Visit) -> None:
        assert pages_of(visit.second) == visit.second

    def test_no_forbidden_page_is_touched(self, visit: Visit) -> None:
        assert not [request for request in visit.first + visit.second if request.path.startswith("/secret")]

    def test_no_page_is_asked_for_twice(self, visit: Visit) -> None:
        asked = Counter((request.host, request.path) for request in visit.first)
        assert set(asked.values()) == {1}

    def test_every_request_says_who_asks(self, visit: Visit) -> None:
        assert {request.headers["user-agent"] for request in visit.first + visit.second} == {user_agent()}

    def test_one_connection_serves_a_host(self, visit: Visit) -> None:
        for requests in by_host(visit.first).values():
            assert len({request.connection for request in requests}) == 1

    def test_the_second_run_asks_with_conditions_and_is_answered_304(self, visit: Visit) -> None:
        with_tags = {(r.host, r.path) for r in pages_of(visit.second) if "if-none-match" in r.headers}
        without = [(host, "/n/0") for host in HOSTS[:4]]  # their first answer had no tag
        asked = [(r.host, r.path) for r in pages_of(visit.second)]
        assert sorted(asked) == sorted([*with_tags, *without])
        assert statuses(visit.intakes[1]) == {"unchanged": len(visit.addresses), "refused": len(HOSTS)}


def test_held_pages_are_not_asked_for_again(site: Site, names: Names, tmp_path: Path) -> None:
    addresses = [site.at(host, f"/{n}", page(article(f"{host} {n}"))) for host in HOSTS[:3] for n in range(3)]
    source = source_of(addresses, HOSTS)
    assert statuses(ingest(source, tmp_path)) == {"new": 9}
    asked = len(pages_of(site.log))
    assert statuses(ingest(source, tmp_path)) == {"unchanged": 9}
    assert len(pages_of(site.log)) == asked


def test_a_feed_is_asked_for_with_conditions_too(site: Site, names: Names, tmp_path: Path) -> None:
    links = [site.at(HOSTS[0], f"/{n}", page(article(str(n)))) for n in range(3)]
    address = site.at(HOSTS[0], "/rss", conditional(feed(*links).encode(), '"feed"'))
    source = source_of([address], HOSTS, "feed")
    assert statuses(ingest(source, tmp_path)) == {"new": 3}
    before = len(site.log)
    ingest(source, tmp_path)
    assert [(request.path, request.headers.get("if-none-match")) for request in site.log[before:]] == [
        ("/rss", '"feed"')
    ]


def test_two_runs_at_once_share_the_turns_of_a_host(site: Site, names: Names, tmp_path: Path) -> None:
    sources = []
    for name in ("one", "two"):
        addresses = [site.at(HOSTS[0], f"/{name}/{n}", page(article(f"{name} {n}"))) for n in range(4)]
        source = source_of(addresses, HOSTS, delay_seconds=DELAY)
        sources.append(source.model_copy(update={"name": name}))
    with ThreadPoolExecutor(2) as threads:
        intakes = list(threads.map(partial(ingest, data=tmp_path), sources))
    assert [statuses(intake) for intake in intakes] == [{"new": 4}, {"new": 4}]
    assert len(pages_of(site.log)) == 8
    assert min(gaps(site.asked(HOSTS[0]))) >= DELAY


def test_four_hosts_are_asked_at_once(site: Site, names: Names, tmp_path: Path) -> None:
    together = Barrier(4)  # nobody is answered before all have asked
    addresses = [site.at(host, "/", (together, *page())) for host in HOSTS[:4]]
    assert statuses(ingest(source_of(addresses, HOSTS), tmp_path)) == {"new": 4}


def test_a_crawl_delay_is_longer_than_ours(site: Site, names: Names, tmp_path: Path) -> None:
    host = HOSTS[0]
    site.at(host, "/robots.txt", page("User-agent: *\nCrawl-delay: 0.2\n", kind="text/plain"))
    addresses = [site.at(host, f"/{n}", page(article(str(n)))) for n in range(4)]
    assert statuses(ingest(source_of(addresses, HOSTS, delay_seconds=0.01), tmp_path)) == {"new": 4}
    assert min(gaps(pages_of(site.log))) >= 0.2


def test_who_asks_for_a_rest_gets_it(site: Site, names: Names, tmp_path: Path) -> None:
    busy = page("busy", 429, "Retry-After: 1")
    address = site.at(HOSTS[0], "/", busy, page())
    assert statuses(ingest(source_of([address], HOSTS), tmp_path)) == {"new": 1}
    (gap,) = gaps(pages_of(site.log))
    assert gap >= 1


def test_who_asks_for_a_long_rest_is_left_alone_and_others_are_not(site: Site, names: Names, tmp_path: Path) -> None:
    tired = [site.at(HOSTS[0], f"/{n}", page("busy", 503, "Retry-After: 3600")) for n in range(5)]
    lively = [site.at(HOSTS[1], f"/{n}", page(article(str(n)))) for n in range(5)]
    intake = ingest(source_of([*tired, *lively], HOSTS), tmp_path)
    assert statuses(intake) == {"new": 5, "waiting": 5}
    assert len(pages_of(site.asked(HOSTS[0]))) == 1
    again = ingest(source_of([*tired, *lively], HOSTS), tmp_path)
    assert statuses(again) == {"unchanged": 5, "waiting": 5}
    assert len(pages_of(site.asked(HOSTS[0]))) == 1


def test_a_host_whose_certificate_is_not_valid_is_not_asked_for_each_of_its_pages(
    site: Site, names: Names, tmp_path: Path
) -> None:
    addresses = [f"https://{HOSTS[0]}:{site.tls_port}/{n}" for n in range(8)]
    assert statuses(ingest(source_of(addresses, HOSTS), tmp_path)) == {"failed": 5, "waiting": 3}


def test_rules_that_moved_to_where_they_cannot_be_had_are_not_none(site: Site, names: Names, tmp_path: Path) -> None:
    site.at(HOSTS[0], "/robots.txt", redirect(301, f"https://{HOSTS[0]}:{site.tls_port}/robots.txt"))
    address = site.at(HOSTS[0], "/", page())
    assert statuses(ingest(source_of([address], HOSTS), tmp_path)) == {"failed": 1}
    assert not pages_of(site.log)


def test_a_budget_of_pages_is_kept_for_each_host(site: Site, names: Names, tmp_path: Path) -> None:
    addresses = [site.at(host, f"/{n}", page(article(f"{host} {n}"))) for host in HOSTS[:3] for n in range(4)]
    intake = ingest(source_of(addresses, HOSTS, pages_per_host=2), tmp_path)
    assert statuses(intake) == {"new": 6, "waiting": 6}
    assert {len(pages_of(requests)) for requests in by_host(site.log).values()} == {2}


def test_redirects_wait_for_the_turn_of_the_host_that_they_lead_to(site: Site, names: Names, tmp_path: Path) -> None:
    addresses = []
    for n, host in enumerate(HOSTS):
        addresses.append(site.at(host, "/", redirect(302, site.at("hub.test", f"/{n}", page(article(str(n)))))))
    intake = ingest(source_of(addresses, [*HOSTS, "hub.test"], delay_seconds=DELAY), tmp_path)
    assert statuses(intake) == {"new": len(HOSTS)}
    assert len(pages_of(site.asked("hub.test"))) == len(HOSTS)
    assert min(gaps(site.asked("hub.test"))) >= DELAY
