"""One holder at a time has a host; its slot expires; robots.txt and pauses are remembered."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flows.state import RobotsState, State
from flows.state.host_store import ROBOTS_BYTES

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class TestLease:
    def test_is_one_holders_until_it_is_released_and_the_delay_is_over(self, state: State) -> None:
        assert state.hosts.lease("a.example", "one", 2, NOON, 30) == 0
        assert state.hosts.lease("a.example", "two", 2, after(10), 30) == 20
        assert [state.hosts.pause("a.example", after(seconds)) for seconds in (0, 2, 10)] == [2, 0, 0]
        state.hosts.release("a.example", "one", 2, after(11))
        assert state.hosts.lease("a.example", "two", 2, after(12), 30) == 1
        assert state.hosts.lease("a.example", "two", 2, after(13), 30) == 0

    def test_of_another_host_is_free(self, state: State) -> None:
        assert state.hosts.lease("a.example", "one", 2, NOON, 30) == 0
        assert state.hosts.lease("b.example", "two", 2, NOON, 30) == 0

    def test_ends_by_itself(self, state: State) -> None:
        assert state.hosts.lease("a.example", "killed", 1, NOON, 30) == 0
        assert state.hosts.lease("a.example", "two", 1, after(30), 30) == 0

    def test_ends_by_itself_no_sooner_than_the_delay(self, state: State) -> None:
        assert state.hosts.lease("a.example", "killed", 60, NOON, 30) == 0
        assert state.hosts.lease("a.example", "two", 60, after(31), 30) == 29

    def test_may_be_made_longer_by_its_holder(self, state: State) -> None:
        assert state.hosts.lease("a.example", "one", 5, NOON, 30) == 0
        assert state.hosts.lease("a.example", "one", 5, after(20), 30) == 0
        assert state.hosts.lease("a.example", "two", 5, after(31), 30) == 19

    def test_waits_for_nothing_that_a_clock_far_ahead_has_written(self, state: State) -> None:
        ahead = NOON + timedelta(days=3650)
        assert state.hosts.lease("a.example", "one", 60, ahead, 30) == 0
        state.hosts.suspend("a.example", ahead)
        assert state.hosts.pause("a.example", NOON) == 0
        state.hosts.suspend("a.example", after(10))
        assert state.hosts.lease("a.example", "two", 1, NOON, 30) == 10
        assert state.hosts.lease("a.example", "two", 1, after(10), 30) == 0

    def test_of_another_is_not_released(self, state: State) -> None:
        assert state.hosts.lease("a.example", "late", 0, NOON, 30) == 0
        assert state.hosts.lease("a.example", "two", 0, after(30), 30) == 0
        state.hosts.release("a.example", "late", 0, after(31))
        assert state.hosts.lease("a.example", "three", 0, after(32), 30) == 28

    def test_of_the_dead_is_given_back_and_their_pause_stays(self, state: State) -> None:
        for n, holder in enumerate(("news/1", "news/2", "newspaper/3", "new/4")):
            assert state.hosts.lease(f"{n}.example", holder, 5, NOON, 30) == 0
        state.hosts.release_owned("news")
        waits = [state.hosts.lease(f"{n}.example", "other/5", 5, after(1), 30) for n in range(4)]
        assert waits == [4, 4, 29, 29]

    def test_is_not_given_while_the_host_is_put_aside(self, state: State) -> None:
        state.hosts.suspend("a.example", after(600))
        assert state.hosts.lease("a.example", "one", 1, NOON, 30) == 600
        assert state.hosts.lease("a.example", "one", 1, after(600), 30) == 0

    def test_is_released_by_the_clock_where_no_time_is_given(self, state: State) -> None:
        now = datetime.now(UTC)
        assert state.hosts.lease("a.example", "one", 0, now, 300) == 0
        state.hosts.release("a.example", "one", 100)
        assert 50 < state.hosts.lease("a.example", "two", 0, now, 30) < 200

    def test_goes_to_one_of_many_threads(self, state: State) -> None:
        with ThreadPoolExecutor(16) as pool:
            got = list(pool.map(lambda n: state.hosts.lease("a.example", f"thread {n}", 1, NOON, 30), range(64)))
        assert got.count(0.0) == 1

    @pytest.mark.slow
    def test_goes_to_one_of_two_processes_each_time(self, address: str) -> None:
        context = multiprocessing.get_context("spawn")
        barrier = context.Barrier(2)
        with context.Pool(2, _enter, (barrier,)) as pool:
            got = pool.starmap(_lease_many, [(address, name) for name in ("one", "two")], chunksize=1)
        assert [sorted(pair) for pair in zip(*got, strict=True)] == [[0.0, 30.0]] * HOSTS


HOSTS = 100
_barrier: Barrier


def _enter(barrier: Barrier) -> None:
    global _barrier  # how a pool's processes get what cannot be sent to them
    _barrier = barrier


def _lease_many(address: str, holder: str) -> list[float]:
    with State.open(address) as state:
        _barrier.wait(60)
        return [state.hosts.lease(f"h{n}.example", holder, 1, NOON, 30) for n in range(HOSTS)]


class TestAside:
    def test_ends(self, state: State) -> None:
        state.hosts.suspend("a.example", after(10))
        assert state.hosts.suspended(NOON).get("a.example") == after(10)
        assert state.hosts.suspended(after(10)).get("a.example") is None
        assert state.hosts.suspended(NOON).get("b.example") is None

    def test_is_not_made_shorter(self, state: State) -> None:
        for seconds in (10, 5, 20, 15):
            state.hosts.suspend("a.example", after(seconds))
        state.hosts.suspend("b.example", after(5))
        assert state.hosts.suspended(NOON) == {"a.example": after(20), "b.example": after(5)}
        assert state.hosts.suspended(after(7)) == {"a.example": after(20)}


class TestRobots:
    @pytest.mark.parametrize("status", [200, 404, 503, None])
    def test_come_back(self, state: State, status: int | None) -> None:
        robots = RobotsState(status, b"User-agent: *\x00\xff\nDisallow: /a", NOON)
        state.hosts.record_robots("https://a.example", robots)
        assert state.hosts.robots("https://a.example") == robots

    def test_are_unknown_of_a_host_that_was_only_asked_for_pages(self, state: State) -> None:
        state.hosts.lease("a.example", "one", 1, NOON, 30)
        assert state.hosts.robots("a.example") is None
        assert state.hosts.robots("b.example") is None

    def test_are_cut(self, state: State) -> None:
        state.hosts.record_robots("a.example", RobotsState(200, b"a" * 2_000_000, NOON))
        found = state.hosts.robots("a.example")
        assert found is not None
        assert len(found.body) == ROBOTS_BYTES

    def test_do_not_touch_leases(self, state: State) -> None:
        state.hosts.lease("a.example", "one", 1, NOON, 30)
        state.hosts.record_robots("a.example", RobotsState(200, b"", NOON))
        assert state.hosts.lease("a.example", "two", 1, after(10), 30) == 20


@pytest.mark.parametrize("host", ["a\x00b.example", "\ud800.example", "ї.example", "a" * 5000, ""])
def test_hostile_names_are_names(state: State, host: str) -> None:
    assert state.hosts.lease(host, "one", 1, NOON, 30) == 0
    assert state.hosts.lease(host, "two", 1, NOON, 30) == 30
