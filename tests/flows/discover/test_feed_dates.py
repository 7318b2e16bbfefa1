"""Dates in feeds: absolute ones in any language, and nothing that would change on replay."""

from __future__ import annotations

import pytest

from flows.discover.feed_dates import UNREADABLE, FeedDates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Пн, 02 бер 2026 10:00:00 +0200", "2026-03-02T08:00:00+00:00"),
        ("Пт, 27 лист 2026 08:00:00 +0200", "2026-11-27T06:00:00+00:00"),
        ("3 березня 2026, 10:00", "2026-03-03T10:00:00+00:00"),
        ("Вт, 03 Мар 2026 10:00:00 +0300", "2026-03-03T07:00:00+00:00"),
        ("mardi 3 mars 2026 10:00", "2026-03-03T10:00:00+00:00"),
        ("2026年3月3日 10:00", "2026-03-03T10:00:00+00:00"),
    ],
)
def test_names_of_months_are_read_in_many_languages(text: str, expected: str) -> None:
    found = FeedDates().read(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        *("вчора о 10:00", "3 дні тому", "yesterday", "березень 2026", "3 березня", "29 лютого 2026", "03/04/2026"),
        *("", "березня " * 100, None),
    ],
)
def test_what_is_no_absolute_date_is_none(text: object) -> None:
    assert FeedDates().read(text) is None


def test_a_feed_of_unreadable_dates_is_given_up() -> None:
    dates = FeedDates()
    for n in range(UNREADABLE):
        assert dates.read(f"незабаром {n}") is None
    assert dates.read("3 березня 2026") is None
