"""Agencies that are credited, not those that are only mentioned."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from cleaners.metadata.agencies import agency_named, credited_agency

NAMED = [
    ("Reuters", "Reuters"),
    ("the Associated Press", "Associated Press"),
    ("AP News", "Associated Press"),
    ("Agence France-Presse", "AFP"),
    ("Укрінформ", "Укрінформ"),
    ("Укрінформу", "Укрінформ"),
    ("Укринформ", "Укрінформ"),
    ("Ukrinform", "Укрінформ"),
    ("УНІАНу", "УНІАН"),
    ("Інтерфаксу-Україна", "Інтерфакс-Україна"),
    ("Интерфакса", "Интерфакс"),
    ("Радіо Свободи", "Радіо Свобода"),
    ("Німецької хвилі", "Deutsche Welle"),
    ("агентство Reuters", "Reuters"),
    ("Jane Roe", None),
    ("Belga News Agency", "Belga"),
    ("Central News Agency", "CNA"),
    ("Ukrainian", None),
    ("Central", None),
    ("News Agency", None),
    ("Press", None),
    ("Агентство", None),
    ("Інформ", None),
    ("", None),
    ("Reuters and a long tail of words that no name has", None),
]

ABOVE = [
    ("By BBC", "BBC"),
    ("BBC", "BBC"),
    ("By Jane Roe, Reuters", "Reuters"),
    ("Jane Roe, AP", "Associated Press"),
    ("Jane Roe/AFP", "AFP"),
    ("By Jane Roe for AFP", "AFP"),
    ("By Jane Roe — Reuters", "Reuters"),
    ("AFP, MANILA", "AFP"),
    ("Reporting by Reuters", "Reuters"),
    ("Олена Петренко, для Радіо Свобода", "Радіо Свобода"),
    ("Автор: Укрінформ", "Укрінформ"),
    ("Jane Roe", None),
    ("BBC fires its director", None),
    ("As Reuters reported on Monday", None),
    ("За даними BBC, міст закрито", None),
    ("Повідомляє Укрінформ", None),
    ("Фото: Reuters", None),
    ("Photo: AP", None),
    ("Jane Roe/Getty Images/AFP", None),
    ("Політика, Економіка, Reuters, Спорт, Світ", None),
]

BELOW = [
    ("За матеріалами УНІАН", "УНІАН"),
    ("За матеріалами: Укрінформу", "Укрінформ"),
    ("Джерело: «Інтерфакс-Україна»", "Інтерфакс-Україна"),
    ("Источник: РИА Новости", "РИА Новости"),
    ("По материалам Интерфакса", "Интерфакс"),
    ("Source: AP", "Associated Press"),
    ("With Reuters", "Reuters"),
    ("© 2024 AFP. All rights reserved", "AFP"),
    ("Copyright 2024 The Associated Press. All rights reserved.", "Associated Press"),
    ("© AFP", None),  # so pictures are credited
    ("Source: own data", None),
    ("Джерело: Вербівські вісті", None),
    ("Reuters", None),  # a tag, below the text
    ("За інформацією УНІАН, міст закрито на місяць.", None),
]

BODY = [
    ("KYIV, Oct 12 (Reuters) - The bridge was shut on Monday.", "Reuters"),
    ("VERBIVKA, Ukraine (AP) — The bridge was shut.", "Associated Press"),
    ("(AFP) — The bridge was shut.", "AFP"),
    ("КИЇВ. 12 жовтня. УНН. Міст закрили.", "УНН"),
    ("The bridge was shut. — AFP", "AFP"),
    ("Міст закрили до весни. (Укрінформ)", "Укрінформ"),
    ("The mayor (BBC) said so.", None),
    ("The mayor told the BBC — and Reuters — that the bridge was shut.", None),
    ("Про це повідомляє Укрінформ.", None),
    ("Мер розповів про міст журналістам BBC", None),
]


@pytest.mark.parametrize(("text", "agency"), NAMED)
def test_an_agency_is_known_in_its_spellings_and_cases(text: str, agency: str | None) -> None:
    assert agency_named(text) == agency


@pytest.mark.parametrize(("line", "agency"), ABOVE)
def test_a_line_above_the_text_credits_an_agency(line: str, agency: str | None) -> None:
    assert credited_agency((), [line], (), ()) == agency


@pytest.mark.parametrize(("line", "agency"), BELOW)
def test_a_line_below_the_text_credits_with_a_label_only(line: str, agency: str | None) -> None:
    assert credited_agency((), (), [line], ()) == agency


@pytest.mark.parametrize(("text", "agency"), BODY)
def test_a_dateline_or_the_end_of_the_text_credits(text: str, agency: str | None) -> None:
    assert credited_agency((), (), (), [text]) == agency


def test_a_label_and_its_name_may_be_on_two_lines() -> None:
    assert credited_agency((), (), ["Джерело:", "УНІАН"], ()) == "УНІАН"
    assert credited_agency((), (), ["Читайте також:", "УНІАН"], ()) is None


def test_a_stated_author_that_is_an_agency_is_credited() -> None:
    assert credited_agency(["Jane Roe", "AFP"], (), (), ()) == "AFP"


@pytest.mark.parametrize("site", ["Укрінформ", "Ukrinform", "ukrinform", "Укрінформ - новини"])
def test_the_site_itself_is_never_credited(site: str) -> None:
    assert credited_agency(["Укрінформ"], ["Укрінформ"], ["Джерело: Укрінформ"], (), [site]) is None
    assert credited_agency(["Укрінформ"], ["By BBC"], (), (), [site]) == "BBC"


@pytest.mark.parametrize("site", ["Apostrophe Valley", "apvisti", "Вербівські вісті", "Post"])
def test_a_site_with_a_similar_name_is_another(site: str) -> None:
    assert credited_agency(["AP"], (), (), (), [site]) == "Associated Press"


@pytest.mark.parametrize("site", ["BBC News Україна", "bbc", "BBC"])
def test_a_service_of_the_agency_is_the_agency(site: str) -> None:
    assert credited_agency(["BBC"], (), (), (), [site]) is None


def test_no_two_agencies_share_a_spelling() -> None:
    data = tomllib.loads((files("cleaners") / "vocabulary" / "agencies.toml").read_text("utf-8"))
    for head, others in data.items():
        for name in (head, *others):
            assert agency_named(name) == head, name


def test_hostile_lines_are_read_in_bounded_time() -> None:
    for line in ("(" * 5000, "By " + "A" * 5000, "—" * 5000, "Reuters, " * 2000, "© " * 3000):
        assert credited_agency([line], [line], [line], [line]) is None
