"""What is entered of a feed comes back, for its source alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.state import ListingState

if TYPE_CHECKING:
    from flows.state import State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = ListingState("https://news.example/feed", NOON, 200, '"a"', "yesterday", "sha1:AAAA", 3, NOON)


def test_every_field_comes_back(state: State) -> None:
    state.listings.record("news", FEED)
    assert state.listings.get("news", FEED.url) == FEED
    assert state.listings.get("other", FEED.url) is None


def test_the_last_entry_counts_as_a_whole(state: State) -> None:
    state.listings.record("news", FEED)
    state.listings.record("news", ListingState(FEED.url))
    assert state.listings.get("news", FEED.url) == ListingState(FEED.url)


def test_what_is_no_address_is_passed_over(state: State) -> None:
    state.listings.record("news", ListingState("no address"))
    assert state.listings.get("news", "no address") is None


def test_validators_that_cannot_be_sent_again_are_not_kept(state: State) -> None:
    state.listings.record("news", ListingState(FEED.url, etag="a\x00b", last_modified="a\nb"))
    assert state.listings.get("news", FEED.url) == ListingState(FEED.url)


def test_forget_takes_one_source(state: State) -> None:
    for source in ("news", "other"):
        state.listings.record(source, FEED)
    state.listings.forget("news")
    assert state.listings.all("news") == []
    assert state.listings.all("other") == [FEED]
