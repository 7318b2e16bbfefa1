from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report.alarms import ENOUGH_PAGES, ENOUGH_RUNS, WINDOW, alarms
from flows.report.run_record import STATUSES, RunRecord

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)


def run(day: int = 100, *, new: int = 50, empty: int = 0, failed: int = 0, gone: int = 0, **fields: Any) -> RunRecord:
    started = FIRST + timedelta(days=day)
    given: dict[str, Any] = {
        "source": "news",
        "kind": "ingest",
        "run": f"run-{day}",
        "started": started,
        "finished": started + timedelta(minutes=1),
        "pages": new + empty + failed + gone,
        "outcomes": {**dict.fromkeys(STATUSES, 0), "new": new, "empty": empty, "failed": failed, "gone": gone},
        "failed": [],
        "words_kept": 0,
        "words_dropped": 0,
        "kept_share": 0.83,
        "median_words": 400.0,
        "shards": [],
        "alarms": [],
    }
    return RunRecord(**(given | fields))


def steady(runs: int = 20, **fields: Any) -> list[RunRecord]:
    """A history with the scatter of a real source."""
    chance = random.Random(1)
    return [
        run(day, kept_share=chance.gauss(0.83, 0.01), median_words=chance.gauss(400, 20), **fields)
        for day in range(runs)
    ]


ALARMS = [
    # what happened, the words that say it
    (
        {"kept_share": 0.41},
        ["share of kept words is 41.0%", "far below the usual 83", "in the last 20 runs, since 2026-03-01"],
    ),
    ({"kept_share": 0.99}, ["share of kept words is 99.0%", "far above", "chrome"]),
    ({"median_words": 60.0}, ["median length of a text is 60 words", "far below the usual", "paywall"]),
    ({"median_words": 1400.0}, ["median length of a text is 1,400 words", "far above"]),
    ({"new": 30, "failed": 20}, ["share of failed pages is 40.0%", "the usual 0.0%", "reasons"]),
    ({"new": 30, "gone": 20}, ["share of pages that are gone is 40.0%", "the usual 0.0%", "new addresses"]),
    ({"new": 30, "empty": 20}, ["share of pages without text is 40.0%", "template"]),
    ({"new": 0, "failed": 50, "kept_share": None, "median_words": None}, ["share of failed pages is 100.0%"]),
]


@pytest.mark.parametrize(("fields", "words"), ALARMS)
def test_a_run_that_leaves_the_history_raises_one_alarm_that_says_so(fields: dict[str, Any], words: list[str]) -> None:
    (said,) = alarms(run(**fields), steady())
    for each in words:
        assert each in said


QUIET = [
    {},  # as ever
    {"kept_share": 0.80},
    {"kept_share": 0.86},
    {"median_words": 330.0},
    {"median_words": 480.0},
    {"new": 48, "failed": 2},
    {"new": 48, "empty": 2},
    {"new": 4, "failed": 1},  # few pages: one of five is chance
    {"new": 0, "failed": 3, "kept_share": None, "median_words": None},  # too few to say anything
    {"new": 3, "kept_share": 0.1, "median_words": 10.0},
    {"new": 0, "pages": 0, "kept_share": None, "median_words": None},
]


@pytest.mark.parametrize("fields", QUIET)
def test_a_run_within_the_history_raises_none(fields: dict[str, Any]) -> None:
    assert alarms(run(**fields), steady()) == []


def test_good_news_is_no_alarm() -> None:
    history = [run(day, new=30, failed=20) for day in range(20)]
    assert alarms(run(new=50), history) == []


def test_without_enough_history_there_is_none() -> None:
    assert alarms(run(kept_share=0.1), steady(ENOUGH_RUNS - 1)) == []
    assert alarms(run(kept_share=0.1), steady(ENOUGH_RUNS)) != []


@pytest.mark.parametrize(
    "useless",
    [{"kind": "reprocess"}, {"new": 0}, {"run": "run-100"}],
    ids=["reprocess", "nothing new", "itself"],
)
def test_runs_that_say_nothing_of_the_site_are_no_history(useless: dict[str, Any]) -> None:
    assert alarms(run(kept_share=0.1), [replace(each, **_record(useless)) for each in steady()]) == []


def _record(fields: dict[str, Any]) -> dict[str, Any]:
    if "new" not in fields:
        return fields
    return {"pages": fields["new"], "outcomes": {**dict.fromkeys(STATUSES, 0), "new": fields["new"]}}


def small(day: int, share: float) -> RunRecord:
    return run(day, new=2, words_kept=round(1000 * share), words_dropped=1000 - round(1000 * share), kept_share=share)


def test_small_runs_count_together_so_that_a_frequent_feed_has_alarms() -> None:
    history = [small(day, 0.83) for day in range(60)]
    assert alarms(small(60, 0.83), history) == []
    broken = [small(day, 0.05) for day in (60, 61)]
    (said,) = alarms(small(62, 0.05), [*history, *broken])
    assert "share of kept words is 5.0%, far below the usual 83.0%" in said
    assert "in the last 60 runs, since 2026-03-01), so for 3 runs since 2026-04-30" in said


def test_a_few_pages_alone_raise_no_alarm() -> None:
    assert alarms(run(new=ENOUGH_PAGES - 1, kept_share=0.05), []) == []


def test_a_constant_history_does_not_make_every_change_an_alarm() -> None:
    history = [run(day) for day in range(20)]
    assert alarms(run(kept_share=0.80, median_words=380.0), history) == []
    assert len(alarms(run(kept_share=0.50), history)) == 1


def test_one_bad_run_in_the_history_hides_nothing() -> None:
    history = steady()
    history[7] = replace(history[7], kept_share=0.05)
    (said,) = alarms(run(kept_share=0.41), history)
    assert "mostly 8" in said


def test_it_says_since_when() -> None:
    history = [*steady(17), *(run(day, kept_share=0.4) for day in (17, 18, 19))]
    (said,) = alarms(run(20, kept_share=0.41), history)
    assert "so for 4 runs since 2026-03-18" in said


def test_after_a_lasting_change_it_falls_silent() -> None:
    history = [*steady(40), *(run(40 + day, kept_share=0.6) for day in range(WINDOW))]
    assert alarms(run(kept_share=0.6), history) == []


@given(st.lists(st.floats(0, 1), min_size=8, max_size=40), st.integers(5, 1000))
def test_the_median_of_a_history_never_alarms(shares: list[float], new: int) -> None:
    history = [run(day, new=new, kept_share=share) for day, share in enumerate(shares)]
    usual = sorted(shares[-WINDOW:])[len(shares[-WINDOW:]) // 2]
    assert alarms(run(new=new, kept_share=usual), [*history]) == []
