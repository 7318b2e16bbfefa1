"""Pages on their way: many hosts at once, one page of a host at a time, each answered once."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.common.page_types import Target
from flows.crawl.frontier import AT_ONCE, STEP, WINDOW, Frontier

if TYPE_CHECKING:
    from collections.abc import Iterator


def pages(host: int, count: int) -> list[Target]:
    return [Target(f"https://h{host}.example/{n}") for n in range(count)]


class Politeness:
    """Notes how many pages of each host are in flight."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, target: Target) -> str:
        host = target.url.split("/")[2]
        with self._lock:
            self.now[host] += 1
            self.most = max(self.most, *self.now.values())
        with self._lock:
            self.now[host] -= 1
        return target.url


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=60), st.integers(1, 8))
def test_every_page_is_answered_once_and_never_two_of_a_host_at_once(order: list[int], at_once: int) -> None:
    targets = [Target(f"https://h{host}.example/{n}") for n, host in enumerate(order)]
    hosts = Politeness()
    with Frontier(targets, hosts, at_once=at_once) as frontier:
        answers = list(frontier)
    assert sorted(answer for _, answer in answers) == sorted(target.url for target in targets)
    assert all(target.url == answer for target, answer in answers)
    assert hosts.most <= 1


def test_hosts_are_asked_at_once() -> None:
    together = threading.Barrier(AT_ONCE, timeout=20)

    def attempt(_: Target) -> int:
        return together.wait()

    with Frontier([page for host in range(AT_ONCE) for page in pages(host, 1)], attempt) as frontier:
        assert sorted(place for _, place in frontier) == list(range(AT_ONCE))


def test_a_host_that_does_not_answer_holds_up_no_other() -> None:
    go = threading.Event()

    def attempt(target: Target) -> bool:
        return go.wait(20) if "h0." in target.url else True

    told: list[list[str]] = []

    def tell(hosts: list[str]) -> None:
        told.append(hosts)
        if hosts == ["h0.example"]:
            go.set()

    with Frontier([*pages(0, 2), *pages(1, 50)], attempt, tell=tell) as frontier:
        first = [next(frontier)[0].url for _ in range(50)]
        assert first == [page.url for page in pages(1, 50)]
        assert [target.url for target, _ in frontier] == [page.url for page in pages(0, 2)]
    assert ["h0.example"] in told


def test_the_pages_of_a_host_keep_their_order() -> None:
    with Frontier(pages(0, 700), lambda target: target.url) as frontier:
        assert [answer for _, answer in frontier] == [page.url for page in pages(0, 700)]


def test_a_long_list_is_taken_in_as_room_comes_free() -> None:
    taken = 0

    def endless() -> Iterator[Target]:
        nonlocal taken
        while True:
            yield Target(f"https://h0.example/{taken}")
            taken += 1

    with Frontier(endless(), lambda target: target.url) as frontier:
        assert next(frontier)[1] == "https://h0.example/0"
        assert taken <= WINDOW + STEP


def test_no_more_is_found_than_has_a_thread() -> None:
    found: list[Target] = []

    def targets() -> Iterator[Target]:
        for host in range(3 * STEP):
            found.append(Target(f"https://h{host}.example/"))
            yield found[-1]

    with Frontier(targets(), lambda target: target.url, at_once=2) as frontier:
        next(frontier)
        assert len(found) == STEP


def test_leaving_it_drops_what_waits() -> None:
    asked: list[str] = []

    def attempt(target: Target) -> None:
        asked.append(target.url)

    with Frontier(pages(0, 100), attempt) as frontier:
        next(frontier)
    assert len(asked) < 100


def test_what_finding_pages_raised_is_kept_until_those_found_before_are_answered() -> None:
    def broken() -> Iterator[Target]:
        yield from pages(0, 3)
        raise ValueError("the list ends here")

    with Frontier(broken(), lambda target: target.url) as frontier:
        assert [answer for _, answer in frontier] == [page.url for page in pages(0, 3)]
        assert str(frontier.problem) == "the list ends here"
