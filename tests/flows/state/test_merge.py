"""Captures taken in, in any order and as often as one likes, come to the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flows.state import PageState
from flows.state.merge import SeenCapture, merge

URL = "https://news.example/1"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen(
    hour: float, status: int | None = 200, digest: str = "sha1:A", revisit: bool = False, **more: str
) -> SeenCapture:
    return SeenCapture(URL, NOON + hour * HOUR, status, digest, revisit, **more)


def take(*captures: SeenCapture, known: PageState | None = None) -> PageState:
    for capture in captures:
        known = merge(known, capture)
    assert known is not None
    return known


captures = st.builds(
    SeenCapture,
    url=st.just(URL),
    at=st.integers(0, 4).map(lambda hour: NOON + hour * HOUR),
    status=st.sampled_from([None, 200, 301, 304, 404, 503]),
    digest=st.sampled_from(["sha1:A", "sha1:B"]),
    revisit=st.booleans(),
    etag=st.sampled_from([None, '"a"', '"b"']),
    last_modified=st.sampled_from([None, "Sun, 01 Mar 2026 12:00:00 GMT"]),
)


@given(st.lists(captures, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(found: list[SeenCapture], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert take(*shuffled) == take(*found)


@given(st.lists(captures, min_size=1, max_size=6))
def test_taking_in_again_changes_nothing(found: list[SeenCapture]) -> None:
    known = take(*found)
    for capture in found:
        assert merge(known, capture) is known


def test_a_page_is_what_its_newest_capture_says() -> None:
    page = take(seen(0, etag='"a"', digest="sha1:A"), seen(5, etag='"b"', digest="sha1:B"))
    assert page == PageState(
        URL,
        first_seen=NOON,
        asked_at=NOON + 5 * HOUR,
        status=200,
        outcome="changed",
        etag='"b"',
        validated_at=NOON + 5 * HOUR,
        digest="sha1:B",
        first_captured=NOON,
        changed_at=NOON + 5 * HOUR,
        captured_at=NOON + 5 * HOUR,
    )


def test_a_second_text_is_a_change_whenever_the_first_is_taken_in() -> None:
    first, second = seen(0), seen(5, digest="sha1:B")
    assert take(first).outcome == "new"
    assert take(first, second) == take(second, first)
    assert take(first, second).outcome == "changed"


def test_a_page_that_comes_back_is_not_gone_and_an_older_capture_does_not_say_so() -> None:
    gone = replace(take(seen(0)), outcome="gone", asked_at=NOON + 2 * HOUR, gone_at=NOON + 2 * HOUR)
    assert take(seen(1), known=gone).gone_at == gone.gone_at
    assert take(seen(3, 404), known=gone).gone_at == gone.gone_at
    assert take(seen(3), known=gone).gone_at is None
    assert take(seen(3, 304, revisit=True), known=gone).gone_at is None


def test_an_answer_304_confirms_and_keeps_the_validators() -> None:
    page = take(seen(0, etag='"a"'), seen(5, status=304, revisit=True))
    assert (page.captured_at, page.changed_at) == (NOON + 5 * HOUR, NOON)
    assert (page.outcome, page.status, page.etag, page.digest) == ("unchanged", 304, '"a"', "sha1:A")


def test_an_answer_304_may_bring_new_validators() -> None:
    assert take(seen(0, etag='"a"'), seen(5, status=304, revisit=True, etag='"b"')).etag == '"b"'


def test_the_same_payload_without_validators_has_none() -> None:
    assert take(seen(0, etag='"a"'), seen(5, revisit=True)).etag is None


def test_a_revisit_alone_captures_nothing_that_could_be_read() -> None:
    page = take(seen(0, revisit=True))
    assert page.first_captured is None
    assert page.captured_at == NOON


def test_an_error_page_is_a_failure_and_leaves_the_capture() -> None:
    page = take(seen(0, etag='"a"'), seen(5, status=503, digest="sha1:E"))
    assert (page.outcome, page.status, page.failures, page.reason) == ("failed", 503, 1, "HTTP status 503")
    assert (page.digest, page.captured_at, page.etag) == ("sha1:A", NOON, '"a"')


def test_what_a_run_knows_of_the_same_moment_or_later_stays() -> None:
    for outcome in ("empty", "refused", "waiting"):
        known = PageState(URL, NOON, asked_at=NOON + HOUR, outcome=outcome, reason="told", failures=0)
        page = take(seen(1), known=known)
        assert (page.outcome, page.reason) == (outcome, "told")
        assert page.first_captured == NOON + HOUR
    failed = PageState(URL, NOON, asked_at=NOON + 2 * HOUR, outcome="failed", failures=4)
    page = take(seen(1), known=failed)
    assert (page.outcome, page.failures) == ("failed", 4)
