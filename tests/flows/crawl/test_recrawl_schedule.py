"""Which pages a run asks for, which it leaves alone, and with what it asks: every branch of the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.archive.captured_index import CapturedIndex
from flows.common.errors import SitoError
from flows.common.page_types import Outcome, Target, Validators
from flows.config.kinds import KINDS
from flows.crawl import recrawl_schedule
from flows.crawl.batches import Unanswered
from flows.crawl.recrawl_schedule import RecrawlSchedule
from flows.state import State
from flows.state.page_store import PageState
from support.captures import NOON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HOUR = timedelta(hours=1)
A, B, C = (f"https://visti.example/{name}" for name in "abc")
HELD = PageState(
    A,
    first_seen=NOON - 9 * HOUR,
    asked_at=NOON - HOUR,
    status=200,
    outcome="new",
    etag='"1"',
    last_modified="Sun, 01 Mar 2026 11:00:00 GMT",
    digest="sha1:A",
    first_captured=NOON - HOUR,
    captured_at=NOON - HOUR,
    next_try=NOON,
)


class Desk:
    """A source's state and archive index, and one run of its schedule at noon."""

    def __init__(self, folder: Path) -> None:
        self.state = State.open(f"sqlite:///{folder}/state.sqlite")
        self.captured = CapturedIndex()
        self.settled: list[Outcome] = []
        self.asked = 0
        self.parts: list[int] = []

    def knows(self, *pages: PageState, held: str | None = "sha1:A") -> None:
        self.state.pages.record("s", pages)
        for page in pages if held else ():
            self.captured.add(page.url, str(held), NOON - HOUR, 200)

    def schedule(self, room: int | None = None, kind: str = "feed") -> RecrawlSchedule:
        fields: dict[str, Any] = {"feed": {"url": A}, "urls": {"urls": [A]}}[kind]
        source = KINDS[kind].model_validate({"name": "s", "kind": kind, "refresh_hours": 2} | fields)
        return RecrawlSchedule(source, self.state, self.captured, self._settle, room, lambda: NOON)

    def run(self, targets: Iterable[Target | None] = (), room: int | None = None, kind: str = "feed") -> list[str]:
        return [page.url for page in self.schedule(room, kind).pages(targets) if page is not None]

    def _settle(self, outcomes: list[Outcome], asked: int) -> None:
        self.settled += outcomes
        self.asked += asked
        self.parts.append(len(outcomes) + asked)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    with desk.state:
        yield desk


def targets(*urls: str) -> list[Target]:
    return [Target(url) for url in urls]


@pytest.mark.parametrize(
    ("known", "held", "expected"),
    [
        (HELD, "sha1:A", Validators('"1"', HELD.last_modified)),
        (replace(HELD, etag=None), "sha1:A", Validators(None, HELD.last_modified)),
        (replace(HELD, last_modified=None), "sha1:A", Validators('"1"', None)),
        (replace(HELD, etag=None, last_modified=None), "sha1:A", None),
        # A 304 would confirm a payload that raw/ does not hold, and the page would be lost.
        (HELD, "sha1:B", None),
        (HELD, None, None),
        (replace(HELD, first_captured=None), "sha1:A", None),
    ],
)
def test_a_page_is_asked_for_conditionally_if_its_very_payload_is_held(
    desk: Desk, known: PageState, held: str | None, expected: Validators | None
) -> None:
    desk.knows(known, held=held)
    (page,) = desk.schedule().pages(targets(A))
    assert page is not None
    assert page.validators == expected


def test_new_pages_come_before_those_that_are_due(desk: Desk) -> None:
    desk.knows(HELD)
    assert desk.run(targets(A, B, C)) == [B, C, A]
    assert desk.asked == 3


def test_pages_that_are_due_come_longest_due_first_and_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recrawl_schedule, "_AT_ONCE", 2)
    desk.knows(*(replace(HELD, url=f"{A}{n}", next_try=NOON - n * HOUR) for n in range(7)))
    assert desk.run(targets(f"{A}3")) == [f"{A}{n}" for n in (6, 5, 4, 3, 2, 1, 0)]


def test_what_is_named_is_looked_up_some_pages_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recrawl_schedule, "_AT_ONCE", 2)
    named = [f"{A}/{n}" for n in range(5)]
    assert desk.run(targets(*named)) == named
    assert [part for part in desk.parts if part] == [2, 2, 1]


def test_what_is_no_longer_named_is_due_for_a_feed_and_not_for_a_list(desk: Desk) -> None:
    desk.knows(HELD)
    assert desk.run(kind="urls") == []
    assert desk.run(targets(A), kind="urls") == [A]
    assert desk.run() == [A]


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        (replace(HELD, next_try=NOON + HOUR), Outcome(A, "unchanged")),
        (replace(HELD, next_try=None), Outcome(A, "unchanged")),
        (
            replace(HELD, outcome="failed", reason="answered 404", failures=3, next_try=None),
            Outcome(A, "waiting", "answered 404, 3 times; not asked for again"),
        ),
        (
            replace(HELD, outcome="gone", reason="answered 410", gone_at=NOON, failures=1, next_try=NOON + HOUR),
            Outcome(A, "waiting", "answered 410; next try 2026-03-01 13:00 UTC"),
        ),
        (
            replace(HELD, outcome="failed", reason="answered 500", next_try=NOON + HOUR),
            Outcome(A, "waiting", "answered 500; next try 2026-03-01 13:00 UTC"),
        ),
        (
            replace(HELD, outcome="refused", reason="robots.txt", next_try=NOON + HOUR),
            Outcome(A, "refused", "robots.txt"),
        ),
    ],
)
def test_what_is_not_due_is_left_alone_with_its_outcome(desk: Desk, known: PageState, outcome: Outcome) -> None:
    desk.knows(known)
    assert desk.run(targets(A)) == []
    assert (desk.settled, desk.asked) == ([outcome], 0)


@pytest.mark.parametrize(
    "known",
    [
        PageState(A, NOON, next_try=None),
        PageState(A, NOON - HOUR, next_try=NOON - HOUR),
        PageState(A, NOON - HOUR, next_try=NOON + HOUR),  # the clock was wrong
        replace(HELD, outcome="failed", asked_at=NOON + HOUR, next_try=NOON + 9 * HOUR),  # likewise
        replace(HELD, next_try=NOON + HOUR),  # held once, and no longer in raw/
    ],
)
def test_what_was_never_fetched_or_is_gone_from_raw_is_new(desk: Desk, known: PageState) -> None:
    desk.knows(known, held=None)
    desk.knows(replace(HELD, url=B))
    assert desk.run(targets(B, A), room=1) == [A]


def test_an_alias_is_held_as_long_as_its_page_is(desk: Desk) -> None:
    desk.knows(replace(HELD, outcome="unchanged", canonical=B, next_try=None), held=None)
    assert desk.run(targets(A)) == [A]
    desk.captured.add(B, "sha1:A", NOON, 200)
    assert desk.run(targets(A)) == []


@pytest.mark.parametrize(("hours", "asked"), [(-2, []), (-1, []), (0, [A]), (None, [A])])
def test_what_its_source_says_of_a_change_is_believed(desk: Desk, hours: int | None, asked: list[str]) -> None:
    desk.knows(HELD)
    modified = None if hours is None else NOON + hours * HOUR
    assert desk.run([Target(A, modified=modified)]) == asked


@pytest.mark.parametrize(("room", "asked"), [(0, []), (1, [B]), (2, [B, C]), (3, [B, C, A]), (None, [B, C, A])])
def test_no_more_is_asked_for_than_there_is_room(desk: Desk, room: int | None, asked: list[str]) -> None:
    desk.knows(HELD)
    assert desk.run(targets(A, B, C), room) == asked


def test_problems_are_settled_and_take_no_room(desk: Desk) -> None:
    assert desk.run([Target("x", problem="wrong"), Target(B)], room=1) == [B]
    assert desk.settled == [Outcome("x", "failed", "wrong")]
    assert set(desk.state.pages.get("s", ["x", B])) == {B}


def test_an_address_that_cannot_be_stored_is_left_to_the_fetcher_to_refuse(desk: Desk) -> None:
    odd = "https://visti.example/\ud800"
    assert desk.run([Target(odd)]) == [odd]


def test_a_pause_of_discovery_is_passed_on(desk: Desk) -> None:
    pages = desk.schedule().pages([*targets(B), None, None, *targets(C)])
    assert [page and page.url for page in pages] == [B, None, None, C]


def test_a_followed_page_is_asked_for_once(desk: Desk) -> None:
    desk.knows(replace(HELD, next_try=NOON + HOUR))
    schedule = desk.schedule()
    pages = schedule.pages([Target(B), None, Target(C)])
    assert next(pages) == Target(B)
    assert schedule.follow(Target(B, followed=True)) == []  # asked for in this run
    assert schedule.follow(Target(A, followed=True)) == []  # held
    assert schedule.follow(Target(C, followed=True)) == [Target(C, followed=True)]
    assert schedule.follow(Target(C, followed=True)) == []
    assert list(pages) == [None]  # and not when its source names it
    assert desk.asked == 2


def test_there_may_be_no_room_to_follow(desk: Desk) -> None:
    schedule = desk.schedule(room=1)
    assert schedule.follow(Target(B, followed=True)) == [Target(B, followed=True)]
    assert schedule.follow(Target(C, followed=True)) == []


def test_a_page_is_asked_for_again_unconditionally_though_it_is_not_due(desk: Desk) -> None:
    desk.knows(replace(HELD, etag='"a"', next_try=None))
    schedule = desk.schedule()
    assert list(schedule.again([A, A])) == [Target(A)]
    assert list(schedule.pages([])) == [], "and not twice"
    other = [f"https://visti.example/other/{n}" for n in range(7)]
    with pytest.raises(SitoError, match=r"has never named https://visti\.example/other/0, .*/4 and 2 more; "):
        list(desk.schedule().again([A, *other]))


@pytest.mark.parametrize("spelt", [f"{A}#comments", f"{A}?utm_source=x", A.replace("https://v", "HTTPS://V"), f" {A} "])
def test_a_page_is_asked_for_again_however_its_address_is_spelt(desk: Desk, spelt: str) -> None:
    desk.knows(replace(HELD, next_try=None))
    schedule = desk.schedule()
    assert list(schedule.again([spelt, A])) == [Target(A)]
    assert list(schedule.pages([])) == []


def test_what_raw_does_not_show_is_recorded(desk: Desk) -> None:
    desk.knows(*(replace(HELD, url=url, outcome="failed", failures=2, canonical=None) for url in (A, B, C)))
    desk.schedule().record_unanswered(
        [
            Unanswered(A, "failed", "answered 500", 500),
            Unanswered(B, "refused", "robots.txt"),
            Unanswered(C, "unchanged", "another form", 200, A),
            Unanswered("https://visti.example/unknown", "failed", "no"),
        ]
    )
    found = desk.state.pages.get("s", [A, B, C])
    fields = [(page.outcome, page.status, page.failures, page.canonical, page.asked_at) for page in found.values()]
    assert fields == [
        ("failed", 500, 3, None, NOON),
        ("refused", None, 1, None, NOON),
        ("unchanged", 200, 0, A, NOON),
    ]
    assert found[C].next_try is None
    assert NOON + 3 * HOUR <= (found[A].next_try or NOON) <= NOON + 4 * HOUR


def test_a_page_that_is_gone_keeps_the_time_when_that_was_first_seen(desk: Desk) -> None:
    desk.knows(HELD)
    for failures, at in ((1, NOON), (2, NOON)):
        desk.schedule().record_unanswered([Unanswered(A, "gone", "answered 404", 404)])
        page = desk.state.pages.get("s", [A])[A]
        assert (page.outcome, page.failures, page.gone_at) == ("gone", failures, at)
    assert desk.state.pages.gone("s") == {A: NOON}
    desk.knows(replace(page, asked_at=NOON - HOUR, gone_at=NOON - HOUR))
    desk.schedule().record_unanswered([Unanswered(A, "gone", "answered 404", 404)])
    assert desk.state.pages.gone("s") == {A: NOON - HOUR}


def test_pages_that_wait_keep_what_is_known_and_go_to_the_end(desk: Desk) -> None:
    before = replace(HELD, outcome="failed", failures=2, next_try=NOON - 5 * HOUR)
    desk.knows(before)
    desk.schedule().record_unanswered([Unanswered(A, "waiting", "its host is paused")])
    assert desk.state.pages.get("s", [A])[A] == replace(before, next_try=NOON)
