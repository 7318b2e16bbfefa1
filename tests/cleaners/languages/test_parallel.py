"""Signs in several languages are cut at what parts them; names in two alphabets and units are not signs."""

from __future__ import annotations

import pytest

from cleaners.languages import separate


def pieces(text: str) -> list[tuple[str, str]]:
    """The fragments of a line: text without white space around it, and language."""
    (line,) = separate([text])
    return [(text[f.start : f.end].strip(), f.language) for f in line.fragments]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Квитки / Tickets", [("Квитки /", "uk"), ("Tickets", "en")]),
        ("Ручна поклажа | Hand luggage", [("Ручна поклажа |", "uk"), ("Hand luggage", "en")]),
        ("Слизько! — Caution, slippery floor", [("Слизько! —", "uk"), ("Caution, slippery floor", "en")]),
        ("Зачинено\nClosed today", [("Зачинено", "uk"), ("Closed today", "en")]),
        ("Вихід через двір / Выход через двор / Exit through the yard", [
            ("Вихід через двір /", "uk"), ("Выход через двор /", "ru"), ("Exit through the yard", "en"),
        ]),
    ],
)  # fmt: skip
def test_each_side_of_a_sign_has_its_language(text: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Динамо — Liverpool",
        "швидкість вітру 20 км/год",
        "він/вона",
        "45 грн/год",
        "Зеленський — Politico",
        "та/або",
        "ВВП / GDP-2024 XJQ",
    ],
)
def test_other_lines_with_such_marks_stay(text: str) -> None:
    assert [language for _, language in pieces(text)] == ["uk"]
