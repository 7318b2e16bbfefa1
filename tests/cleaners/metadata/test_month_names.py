"""The languages that dateparser is asked for."""

from __future__ import annotations

import json
from datetime import datetime

import dateparser
import pytest

from cleaners.metadata.month_names import MONTH_NAMES, languages_with_month
from tools.month_names import month_names


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("12 janvier 2024", ["fr"]),
        ("12 DÉCEMBRE 2024", ["fr"]),
        ("3 de março de 2024", ["pt", "seh", "dyo"]),
        ("2024年3月3日", ["ja", "zh", "zh-Hans", "yue", "zh-Hant"]),
        ("12 ตุลาคม 2567", ["th"]),
        ("5 października 2024 r.", ["pl"]),
        ("5 августа 2024", ["ru"]),
    ],
)
def test_a_name_of_a_month_is_one_of_its_languages(text: str, languages: list[str]) -> None:
    assert languages_with_month(text) == languages


@pytest.mark.parametrize("text", ["", "12 нічого 2024", "12.10.2024", "mayors 5, 2024", "Дім, 12, 2024 рік"])
def test_what_names_no_month_needs_no_language(text: str) -> None:
    assert languages_with_month(text) == []


@pytest.mark.parametrize(
    "text", ["12 ottobre 2024", "5. lokakuuta 2024", "12 października 2024", "12 Ekim 2024", "12 Μαΐου 2024"]
)
def test_dateparser_reads_a_date_with_them(text: str) -> None:
    read = dateparser.parse(text, languages=languages_with_month(text))
    assert isinstance(read, datetime)
    assert read.year == 2024
    assert read.day in {5, 12}


def test_the_names_are_those_of_the_dateparser_that_is_installed() -> None:
    assert json.loads(MONTH_NAMES.read_text("utf-8")) == month_names()
