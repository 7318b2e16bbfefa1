"""When a page is asked for again: a table of pages, policies and the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.config.sources import load_sources
from flows.state import PageState, Policy, next_try

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEVER = None
NOTHING = Policy()
NEWS = Policy((1, 6, 24))
WEEKLY = Policy(refresh_hours=168)
BOTH = Policy((1, 6, 24), 168)


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def page(**fields: Any) -> PageState:
    return PageState("https://news.example/1", **({"first_seen": NOON} | fields))


def kept(asked: float, first: float = 0, outcome: str = "new") -> PageState:
    return page(
        outcome=outcome, asked_at=hours(asked), first_captured=hours(first), captured_at=hours(asked), status=200
    )


CAPTURED = [  # page, policy, hours after noon
    (kept(0), NOTHING, NEVER),
    (kept(0), NEWS, 1),
    (kept(0.5, outcome="unchanged"), NEWS, 1),
    (kept(1, outcome="unchanged"), NEWS, 6),
    (kept(6), NEWS, 24),
    (kept(24), NEWS, NEVER),
    (kept(30), NEWS, NEVER),
    (kept(8), NEWS, 24),  # the one at 6 h was missed, and is made up for by the one at 8 h
    (kept(3, first=2), NEWS, 8),
    (kept(0), WEEKLY, 168),
    (kept(200), WEEKLY, 368),
    (kept(24), BOTH, 24 + 168),
    (kept(6), BOTH, 24),
    (kept(0, outcome="empty"), NEWS, 1),
    (page(outcome="unchanged", asked_at=NOON, captured_at=NOON), NEWS, 1),  # its original is not known
    (page(outcome="new", asked_at=NOON), WEEKLY, 168),
    (page(outcome="new", asked_at=NOON, status=301), WEEKLY, NEVER),  # its new address is due by itself
    (page(outcome="new", asked_at=NOON, status=308), NEWS, NEVER),
    (page(outcome="new", asked_at=NOON, status=302), WEEKLY, 168),  # it may come back
    (page(outcome="unchanged", asked_at=NOON, status=304), WEEKLY, 168),
    (page(outcome="new", asked_at=NOON, status=301), Policy((), 168, named_only=True), 168),  # only it is named
]


@pytest.mark.parametrize(("state", "policy", "expected"), CAPTURED)
def test_a_captured_page_is_due_by_policy(state: PageState, policy: Policy, expected: float | None) -> None:
    assert next_try(state, policy, hours(100)) == (None if expected is None else hours(expected))


def test_a_revisit_that_was_missed_long_ago_is_not_made_up_for() -> None:
    page = PageState("https://a.example/1", NOON, asked_at=NOON, status=200, outcome="new", first_captured=NOON)
    policy = Policy(revisit_hours=(1, 24))
    assert next_try(page, policy, NOON + timedelta(days=6)) == NOON + timedelta(hours=1)
    assert next_try(page, policy, NOON + timedelta(days=7, hours=2)) == NOON + timedelta(hours=24)
    assert next_try(page, policy, NOON + timedelta(days=300)) is None


@pytest.mark.parametrize("policy", [NOTHING, NEWS, WEEKLY, BOTH])
@pytest.mark.parametrize("state", [page(), page(outcome="waiting", asked_at=NOON), page(outcome="waiting")])
def test_a_page_that_was_not_asked_for_is_due_now(state: PageState, policy: Policy) -> None:
    assert next_try(state, policy, hours(5)) == hours(5)


FAILED = [  # failures in a row, status, hours at most
    (1, None, 1),
    (1, 503, 1),
    (2, 503, 2),
    (3, 403, 4),
    (8, 500, 128),
    (9, 500, 168),
    (500, 500, 168),
    (1, 404, 1),
    (2, 410, 2),
    (0, 500, 1),
]


@pytest.mark.parametrize(("failures", "status", "longest"), FAILED)
@pytest.mark.parametrize("policy", [NOTHING, BOTH])
def test_a_failed_page_waits_twice_as_long_each_time(
    failures: int, status: int | None, longest: float, policy: Policy
) -> None:
    state = page(outcome="failed", asked_at=NOON, failures=failures, status=status)
    due = next_try(state, policy, hours(1000))
    assert due is not None
    assert hours(longest * 0.75) <= due <= hours(longest)


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("failures", [3, 4])
def test_a_page_that_is_not_there_thrice_is_given_up(status: int, failures: int) -> None:
    assert next_try(page(outcome="failed", asked_at=NOON, failures=failures, status=status), BOTH, NOON) is None


@pytest.mark.parametrize(("refusals", "days"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 7), (500, 7)])
def test_a_refused_page_waits_as_long_as_robots_txt_holds_then_for_days(refusals: int, days: int) -> None:
    due = next_try(page(outcome="refused", asked_at=NOON, failures=refusals), NEWS, hours(1))
    assert due is not None
    assert hours(18 * days) <= due <= hours(24 * days)


def test_pages_that_fail_together_do_not_come_back_together() -> None:
    states = [PageState(f"https://news.example/{n}", NOON, NOON, outcome="failed", failures=1) for n in range(200)]
    due = [next_try(state, NOTHING, NOON) for state in states]
    assert len(set(due)) == 200
    assert due == [next_try(state, NOTHING, hours(99)) for state in states]


@given(
    st.builds(
        PageState,
        url=st.text(max_size=30),
        first_seen=st.just(NOON),
        asked_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        status=st.none() | st.integers(100, 599),
        outcome=st.sampled_from([None, "new", "unchanged", "empty", "failed", "refused", "waiting"]),
        first_captured=st.none() | st.datetimes(timezones=st.just(UTC)),
        captured_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        failures=st.integers(0, 10**6),
    ),
    st.sampled_from([NOTHING, NEWS, WEEKLY, BOTH, Policy((10_000,), 100_000)]),
)
def test_no_page_is_due_before_it_was_asked_for(state: PageState, policy: Policy) -> None:
    due = next_try(state, policy, NOON)
    assert due is None or due == NOON or state.asked_at is None or due >= state.asked_at


def test_a_source_has_its_policy_in_its_table(tmp_path: Path) -> None:
    fields = 'kind = "feed"\nurl = "https://news.example/feed"\n'
    (tmp_path / "sources.toml").write_text(
        f"[sources.a]\n{fields}revisit_hours = [1, 6, 24]\nrefresh_hours = 168\n"
        f"[sources.b]\n{fields}\n[sources.c]\n{fields}revisit_hours = []\n"
    )
    sources = load_sources(tmp_path / "sources.toml")
    assert [Policy.of(source) for source in sources.values()] == [BOTH, NEWS, NOTHING]


def test_a_policy_has_one_spelling() -> None:
    assert BOTH.to_json() == '{"named_only": false, "refresh_hours": 168, "revisit_hours": [1, 6, 24]}'
