"""Dates in text, with a fetch at noon of 14 October 2024 in Kyiv."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.metadata.dates import parse_date

FETCHED = datetime(2024, 10, 14, 12, 0, tzinfo=timezone(timedelta(hours=3)))

FOUND = [
    ("2024-10-12", "2024-10-12"),
    ("2024-10-12T14:30:00+03:00", "2024-10-12T14:30+03:00"),
    ("2024-10-12T14:30:00.000Z", "2024-10-12T14:30+00:00"),
    ("20241012T143000+0300", "2024-10-12T14:30+03:00"),
    ("12 жовтня 2024", "2024-10-12"),
    ("Опубліковано: 12 жовтня 2024 року о 14:30", "2024-10-12T14:30"),
    ("14:30, 12 жовтня 2024", "2024-10-12T14:30"),
    ("12.10.2024, 9:05", "2024-10-12T09:05"),
    ("12.10.24", "2024-10-12"),
    ("12 октября 2024 г.", "2024-10-12"),
    ("October 12, 2024 at 3:45 p.m. ET", "2024-10-12T15:45"),
    ("Oct. 12, 2024, 3:45 PM EDT", "2024-10-12T15:45-04:00"),
    ("12th of October 2024", "2024-10-12"),
    ("Sat, 12 Oct 2024 14:30:00 +0300", "2024-10-12T14:30+03:00"),
    ("Updated 10 July 2024 at 11.30am", "2024-07-10T11:30"),
    ("10/12/2024", "2024-10-12"),  # the tenth of December has not come yet
    ("2024年10月12日", "2024-10-12"),
    ("вчора, 14:30", "2024-10-13T14:30"),
    ("Сьогодні о 10:05", "2024-10-14T10:05"),
    ("2 години тому", "2024-10-14T10:00+03:00"),
    ("3 hours ago", "2024-10-14T09:00+03:00"),
    ("2 дні тому", "2024-10-12"),
    ("12 жовтня, 14:30", "2024-10-12T14:30"),
    ("25 грудня, 14:30", "2023-12-25T14:30"),
    ("12 mars 2024", "2024-03-12"),
    ("5 maja 2024", "2024-05-05"),
    ("2024 Oct 12", "2024-10-12"),
    ("2024, 12 жовтня", "2024-10-12"),
    ("Oct. 12. 2024", "2024-10-12"),
    ("October 12, 20249:53 AM UTC", "2024-10-12T09:53+00:00"),  # a time glued to the year
    ("May 2nd 202411 mins", "2024-05-02"),
    ("12 жовтня 2024 о 14.30", "2024-10-12T14:30"),
    ("12 October 2024, 14.30", "2024-10-12T14:30"),
    ("12.10, 14:30", "2024-10-12T14:30"),
    ("14:30, 12.10", "2024-10-12T14:30"),
    ("1728727200", "2024-10-12T10:00+00:00"),
    ("1728727200000", "2024-10-12T10:00+00:00"),
    ("щойно", "2024-10-14T12:00+03:00"),
    ("только что", "2024-10-14T12:00+03:00"),
    ("п'ять хвилин тому", "2024-10-14T11:55+03:00"),
    ("п’ять хвилин тому", "2024-10-14T11:55+03:00"),
    ("два дні тому", "2024-10-12"),
    ("три часа назад", "2024-10-14T09:00+03:00"),
    ("Опубліковано годину тому", "2024-10-14T11:00+03:00"),
    ("an hour ago", "2024-10-14T11:00+03:00"),
    ("вчера в 9:05", "2024-10-13T09:05"),
    ("yesterday at 5pm", "2024-10-13T17:00"),
    ("позавчора", "2024-10-12"),
]

NOT_FOUND = [
    "кілька годин тому",
    "half an hour ago",
    "несколько минут назад",
    "2 місяці тому",  # which day is not said
    "Build better bridges today, says a mayor",
    "May 2nd 20312 mins",
    "12.10",
    "0728727200",
    "9999999999",
    "",
    "У 2024 році",
    "Курс 41.20 грн за долар",
    "версія 1.2.3",
    "maybe 12 of us",
    "2024-13-45",
    "31 лютого 2024",
    "12 жовтня 2031",
    "1 січня 1950 року",
    "сьогоднішній день",
    "Вони зустрілися вчора в Києві, і ця розмова тривала понад дві години без перерви",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_a_date_is_read(text: str, expected: str) -> None:
    assert parse_date(text, FETCHED) == expected


@pytest.mark.parametrize("text", NOT_FOUND)
def test_text_without_a_date_gives_none(text: str) -> None:
    assert parse_date(text, FETCHED) is None


def test_relative_dates_need_the_time_of_the_fetch() -> None:
    assert parse_date("вчора, 14:30") is None
    assert parse_date("12 жовтня, 14:30") is None


@given(st.text(alphabet="0123456789 .:-/TZ+вчора жовтня Oct年月日ago", max_size=80))
def test_every_answer_is_an_iso_date(text: str) -> None:
    found = parse_date(text, FETCHED)
    assert found is None or datetime.fromisoformat(found)
