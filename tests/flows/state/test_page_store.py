"""What is recorded of a page comes back, for its source alone, under its address in any spelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import StatementError

from flows.state import PageState
from flows.urls.uri import to_uri

if TYPE_CHECKING:
    from flows.state import State

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://news.example/міст"
WHOLE = PageState(
    url=to_uri(URL),
    first_seen=NOON,
    asked_at=NOON + HOUR,
    status=200,
    outcome="new",
    reason="none",
    etag='W/"é1"',
    last_modified="Sun, 01 Mar 2026 12:00:00 GMT",
    validated_at=NOON + HOUR,
    digest="sha1:AAAA",
    first_captured=NOON + HOUR,
    changed_at=NOON + 2 * HOUR,
    captured_at=NOON + 3 * HOUR,
    failures=2,
    next_try=NOON + 4 * HOUR,
    canonical="https://news.example/bridge",
)


def page(number: int, **fields: Any) -> PageState:
    return PageState(**({"url": f"https://news.example/{number}", "first_seen": NOON} | fields))


class TestGet:
    def test_gives_every_field_back(self, state: State) -> None:
        state.pages.record("news", [WHOLE])
        assert state.pages.get("news", [URL]) == {URL: WHOLE}

    def test_knows_an_address_in_every_spelling(self, state: State) -> None:
        state.pages.record("news", [replace(WHOLE, url=URL)])
        assert state.pages.get("news", [URL, to_uri(URL)]) == {URL: WHOLE, to_uri(URL): WHOLE}

    def test_leaves_out_what_is_unknown_and_what_is_no_address(self, state: State) -> None:
        state.pages.record("news", [WHOLE])
        assert state.pages.get("news", ["https://news.example/else", "no address", ""]) == {}
        assert state.pages.get("news", []) == {}

    def test_keeps_sources_apart(self, state: State) -> None:
        state.pages.record("news", [WHOLE])
        assert state.pages.get("other", [URL]) == {}

    def test_takes_more_addresses_than_a_statement_holds(self, state: State) -> None:
        urls = [page(n).url for n in range(2500)]
        state.pages.seen("news", urls, NOON)
        assert list(state.pages.get("news", urls)) == urls


class TestSeen:
    def test_makes_unknown_pages_due_at_once(self, state: State) -> None:
        state.pages.seen("news", [URL, "no address", URL], NOON)
        assert state.pages.get("news", [URL])[URL] == PageState(to_uri(URL), first_seen=NOON, next_try=NOON)
        assert len(state.pages.due("news", NOON, 10)) == 1

    def test_leaves_known_pages_as_they_are(self, state: State) -> None:
        state.pages.record("news", [WHOLE])
        state.pages.seen("news", [URL], NOON - HOUR)
        assert state.pages.get("news", [URL]) == {URL: WHOLE}

    def test_takes_nothing(self, state: State) -> None:
        state.pages.seen("news", iter(()), NOON)
        state.pages.record("news", [])
        assert state.pages.counts("news") == {}


class TestEnter:
    def test_overwrites_the_whole_row(self, state: State) -> None:
        state.pages.record("news", [WHOLE])
        state.pages.record("news", [PageState(URL, first_seen=NOON)])
        assert state.pages.get("news", [URL])[URL] == PageState(to_uri(URL), first_seen=NOON)

    def test_counts_the_last_of_two_with_one_address(self, state: State) -> None:
        state.pages.record("news", [page(1, failures=1), page(1, failures=2)])
        assert state.pages.get("news", [page(1).url])[page(1).url].failures == 2

    def test_refuses_a_time_without_a_zone_and_keeps_nothing_of_the_batch(self, state: State) -> None:
        with pytest.raises(StatementError, match="offset-naive"):
            state.pages.record("news", [WHOLE, page(1, asked_at=datetime(2026, 1, 1))])
        assert state.pages.counts("news") == {}


HOSTILE = [  # field, what a site sends, what is kept
    ("reason", "a\x00b\r\nc\x1b[2J\ud800d", "a b c [2J d"),
    ("reason", "x" * 10_000, "x" * 500),
    ("etag", '"a\x00b"', None),
    ("etag", '"' + "a" * 2000 + '"', None),
    ("etag", '"\u0457"', None),  # no header can carry it
    ("etag", "\ud800", None),
    ("etag", "", None),
    ("etag", '"' + "a" * 1022 + '"', '"' + "a" * 1022 + '"'),
    ("last_modified", "yesterday\r\nCookie: a=b", None),
    ("last_modified", "yesterday", "yesterday"),
    ("canonical", "no address", None),
    ("canonical", "https://news.example/\x00", None),
    ("canonical", "https://news.example/\ud800", None),
    ("canonical", "https://news.example/ї", "https://news.example/%D1%97"),
    ("url", "https://news.example/" + "a" * 11_900, "https://news.example/" + "a" * 11_900),
    ("url", "https://news.example/'; DROP TABLE pages; --", "https://news.example/';%20DROP%20TABLE%20pages;%20--"),
]


@pytest.mark.parametrize(("field", "sent", "kept"), HOSTILE)
def test_what_sites_send_is_kept_fit_or_not_at_all(state: State, field: str, sent: str, kept: str | None) -> None:
    entered = page(1, **{field: sent})
    state.pages.record("news", [entered])
    found = state.pages.get("news", [entered.url])
    assert getattr(found[entered.url], field) == kept


@pytest.mark.parametrize("url", ["", "no scheme", "https://a\x00b/", "https://a/\ud800", "https://a/" + "a" * 13_000])
def test_an_address_that_is_none_is_passed_over(state: State, url: str) -> None:
    state.pages.record("news", [page(1), PageState(url, first_seen=NOON)])
    assert sum(state.pages.counts("news").values()) == 1


class TestDue:
    def test_gives_the_longest_due_first_and_nothing_that_is_not(self, state: State) -> None:
        tries = {1: NOON, 2: NOON - HOUR, 3: NOON + HOUR, 4: None, 5: NOON - 2 * HOUR}
        state.pages.record("news", [page(n, next_try=at) for n, at in tries.items()])
        state.pages.record("other", [page(9, next_try=NOON)])
        assert [p.url for p in state.pages.due("news", NOON, 10)] == [page(n).url for n in (5, 2, 1)]

    def test_goes_on_behind_a_page(self, state: State) -> None:
        state.pages.record("news", [page(n, next_try=NOON + HOUR * (n % 3)) for n in range(20)])
        whole = state.pages.due("news", NOON + 2 * HOUR, 100)
        parts: list[PageState] = []
        while part := state.pages.due("news", NOON + 2 * HOUR, 3, parts[-1] if parts else None):
            parts += part
        assert parts == whole
        assert len({p.url for p in parts}) == 20


def test_counts_are_by_outcome(state: State) -> None:
    outcomes = ["new", "new", "failed", None]
    state.pages.record("news", [page(n, outcome=outcome) for n, outcome in enumerate(outcomes)])
    assert state.pages.counts("news") == {"new": 2, "failed": 1, "unasked": 1}


def test_summary_tells_what_is_due_given_up_and_captured(state: State) -> None:
    state.pages.record(
        "news",
        [
            page(1, next_try=NOON, first_captured=NOON - 3 * HOUR, captured_at=NOON),
            page(2, outcome="failed"),
            page(3, outcome="failed", next_try=NOON + HOUR),
            page(4, outcome="new", first_captured=NOON, captured_at=NOON + HOUR),
        ],
    )
    summary = state.pages.summary("news", NOON)
    assert (summary.due, summary.given_up) == (1, 1)
    assert (summary.oldest, summary.newest) == (NOON - 3 * HOUR, NOON + HOUR)
    nothing = state.pages.summary("other", NOON)
    assert (nothing.due, nothing.given_up, nothing.oldest, nothing.newest) == (0, 0, None, None)


def test_all_gives_each_page_once(state: State) -> None:
    state.pages.seen("news", [page(n).url for n in range(2300)], NOON)
    assert {p.url for p in state.pages.all("news")} == {page(n).url for n in range(2300)}


def test_forget_takes_one_source(state: State) -> None:
    for source in ("news", "other"):
        state.pages.record(source, [WHOLE])
    state.pages.forget("news")
    assert state.pages.get("news", [URL]) == {}
    assert state.pages.get("other", [URL]) == {URL: WHOLE}
