from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetch.fetch_errors import FetchError
from flows.fetch.host_stores import MemoryHosts
from flows.fetch.politeness import Politeness, is_trouble, retry_after
from flows.state import State
from support.clock import START, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def ask(hosts: Politeness, host: str = "a.example", status: int = 200, rest: float | None = None, **how: float) -> None:
    with hosts.slot(host, **how) as slot:  # type: ignore[arg-type]
        slot.answered(status, rest)


def test_a_host_rests_after_each_answer(clock: FakeClock) -> None:
    hosts = Politeness(delay=2, clock=clock)
    with hosts.slot("a.example") as slot:
        clock.seconds += 5  # a slow answer: the pause begins at its end
        slot.answered(200)
    assert hosts.pause("a.example") == 2
    ask(hosts)
    assert clock.seconds == 7
    ask(hosts, "b.example")
    assert clock.seconds == 7, "hosts do not wait for each other"


@pytest.mark.parametrize(("crawl_delay", "waited"), [(0, 1), (0.2, 1), (7, 7), (60, 60)])
def test_the_longer_delay_holds(clock: FakeClock, crawl_delay: float, waited: float) -> None:
    hosts = Politeness(delay=1, clock=clock)
    ask(hosts, crawl_delay=crawl_delay)
    ask(hosts, crawl_delay=crawl_delay)
    assert clock.seconds == waited


def test_a_crawl_delay_of_a_year_holds_no_run(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    ask(hosts, crawl_delay=3e7)
    with pytest.raises(FetchError, match="paused for 86,400 s more") as caught:
        ask(hosts, crawl_delay=3e7)
    assert (caught.value.outcome, caught.value.retryable, caught.value.retry_after) == ("waiting", True, 86_400)
    assert clock.seconds == 0


@pytest.mark.parametrize(("rest", "waited"), [(0, 1), (30, 30), (60, 60)])
def test_the_rest_that_a_host_asks_for_is_kept(clock: FakeClock, rest: float, waited: float) -> None:
    hosts = Politeness(delay=1, clock=clock)
    ask(hosts, status=429, rest=rest)
    ask(hosts)
    assert clock.seconds == waited


def test_a_longer_rest_than_our_patience_ends_the_hosts_pages(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    ask(hosts, status=503, rest=3600)
    for _ in range(3):
        with pytest.raises(FetchError, match="paused for 3,600 s more: it answered 503") as caught:
            ask(hosts)
        assert (caught.value.outcome, caught.value.retryable) == ("waiting", True)
    ask(hosts, patience=3600)
    assert clock.seconds == 3600


def test_no_rest_is_longer_than_a_day(clock: FakeClock) -> None:
    hosts = Politeness(clock=clock)
    ask(hosts, status=503, rest=1e12)
    assert hosts.pause("a.example") == 86_400


def test_trouble_makes_pauses_grow_and_success_ends_them(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    for failures in range(1, 5):
        ask(hosts, status=500)
        assert 1 <= hosts.pause("a.example") <= 1 + 2**failures
    ask(hosts)
    assert hosts.pause("a.example") == 1


def test_failures_count_anew_after_a_good_answer(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    for status in (*[500] * 4, 200, *[500] * 4):
        ask(hosts, status=status)
    assert hosts.pause("a.example") < 600
    ask(hosts, status=500)
    assert hosts.pause("a.example") == 600


def test_failures_in_a_row_put_a_host_aside(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    for _ in range(5):
        with hosts.slot("a.example") as slot:
            slot.failed()
    before = clock.seconds
    with pytest.raises(FetchError, match="paused for 600 s more: it gave no answer, 5 failures in a row"):
        ask(hosts)
    assert clock.seconds == before
    ask(hosts, "b.example")
    clock.seconds += 600
    ask(hosts, status=500)  # one more try, in vain
    assert hosts.pause("a.example") == 1200
    clock.seconds += 1200
    ask(hosts)
    assert hosts.pause("a.example") == 1


def test_a_host_that_asks_for_too_little_rest_is_suspended_too(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    for _ in range(5):
        ask(hosts, status=503, rest=0)
    assert clock.seconds == 4
    assert hosts.pause("a.example") == 600
    for _ in range(1100):
        clock.seconds += 3600
        ask(hosts, status=500)
    assert hosts.pause("a.example") == 3600


def test_what_is_said_neither_way_counts_neither_way(clock: FakeClock) -> None:
    hosts = Politeness(delay=1, clock=clock)
    for _ in range(4):
        ask(hosts, status=500)
    with pytest.raises(KeyError), hosts.slot("a.example"):
        raise KeyError
    assert hosts.pause("a.example") == 1
    ask(hosts, status=500)
    assert hosts.pause("a.example") == 600


def test_a_budget_holds_for_each_host(clock: FakeClock) -> None:
    hosts = Politeness(budget=2, clock=clock)
    ask(hosts)
    with hosts.slot("a.example", counts=False):
        pass
    ask(hosts)
    with pytest.raises(FetchError, match=r"2 requests .* \(limits.pages_per_host\)") as caught:
        ask(hosts)
    assert (caught.value.outcome, caught.value.retryable) == ("waiting", True)
    ask(hosts, "b.example")


def test_a_stop_ends_waiting_of_every_kind(clock: FakeClock) -> None:
    stop = threading.Event()
    hosts = Politeness(delay=1, clock=clock)
    ask(hosts)
    stop.set()
    with pytest.raises(FetchError, match="the run was stopped"), hosts.slot("a.example", stop=stop):
        pass
    held, again = hosts.slot("b.example"), hosts.slot("b.example", stop=stop)
    with held, pytest.raises(FetchError, match="the run was stopped") as caught, again:
        pass
    assert (caught.value.outcome, caught.value.retryable) == ("waiting", True)


def test_one_thread_at_a_time_has_a_host() -> None:
    hosts, at_once, most, lock = Politeness(delay=0), 0, 0, threading.Lock()

    def work() -> None:
        nonlocal at_once, most
        for _ in range(20):
            with hosts.slot("a.example") as slot:
                with lock:
                    at_once += 1
                    most = max(most, at_once)
                slot.answered(200)
                with lock:
                    at_once -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1


def test_runs_that_share_a_store_share_turns(clock: FakeClock) -> None:
    store = MemoryHosts()
    one, other = Politeness(store, delay=5, clock=clock), Politeness(store, delay=1, clock=clock)
    with one.slot("a.example") as slot:
        with pytest.raises(FetchError, match="for 10 s") as caught, other.slot("a.example", patience=10):
            pass
        assert (caught.value.outcome, caught.value.retryable, clock.seconds) == ("waiting", True, 10)
        slot.answered(200)
    ask(other)
    assert clock.seconds == 15
    one_that_died = store.lease("a.example", "dead", 0, clock.now() + timedelta(seconds=1), 40)
    assert one_that_died == 0
    ask(other)
    assert clock.seconds == 56


@pytest.mark.parametrize(("rest", "shared"), [(60, 0), (61, 61)])
def test_other_runs_hear_of_a_rest_that_ends_ours_also_of_a_host_without_delay(
    clock: FakeClock, rest: float, shared: float
) -> None:
    store = MemoryHosts()
    hosts = Politeness(store, delay=0, clock=clock)
    ask(hosts)
    ask(hosts, status=503, rest=rest)  # its slots are our own from the second request on
    assert Politeness(store, clock=clock).pause("a.example") == shared


def test_a_turn_that_may_last_longer_than_our_patience_is_waited_for(clock: FakeClock) -> None:
    store = MemoryHosts()
    assert store.lease("a.example", "other", 0, clock.now(), 65) == 0
    wait = clock.wait

    def released(seconds: float, stop: threading.Event) -> None:
        wait(seconds, stop)
        if clock.seconds >= 3:
            store.release("a.example", "other", 0, clock.now())

    clock.wait = released  # type: ignore[method-assign]
    with Politeness(store, delay=1, clock=clock).slot("a.example", patience=20) as slot:
        slot.answered(200)
    assert clock.seconds == 3


def test_turns_hold_between_runs_through_the_state(clock: FakeClock, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/state.sqlite"
    with State.open(address) as mine, State.open(address) as yours:
        one, other = Politeness(mine.hosts, delay=5, clock=clock), Politeness(yours.hosts, delay=1, clock=clock)
        ask(one)
        ask(other)
        assert clock.seconds == 5
        with one.slot("a.example"), pytest.raises(FetchError, match="other runs"), other.slot("a.example", patience=9):
            pass
        assert one.pause("a.example") == 5
        ask(other, status=429, rest=3600)
        assert one.pause("a.example") == 3600
        assert one.pause("b.example") == 0
        with pytest.raises(FetchError, match="paused for 3,600 s"):
            ask(one)
    with State.open(address) as later:
        assert Politeness(later.hosts, clock=clock).pause("a.example") == 3600


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("9" * 60, 999_999_999),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - START).total_seconds()),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣٠", None),
        ("9" * 5000, None),
        ("Sun, 99 Mar 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, START) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"))
def test_no_header_breaks_reading_it(value: str) -> None:
    assert (retry_after(value, START) or 0.0) >= 0


@pytest.mark.parametrize(
    ("trouble", "statuses"),
    [(True, (408, 425, 429, 500, 502, 503, 504, 520, 599)), (False, (200, 202, 304, 400, 403, 404, 410, 501, 505))],
)
def test_what_is_trouble(trouble: bool, statuses: tuple[int, ...]) -> None:
    assert {is_trouble(status) for status in statuses} == {trouble}


@pytest.mark.parametrize("make", [lambda: Politeness(), lambda: Politeness(MemoryHosts())])
def test_looking_takes_no_slot(make: Callable[[], Politeness]) -> None:
    hosts = make()
    assert hosts.pause("a.example") == 0
    with hosts.slot("a.example"):
        pass
