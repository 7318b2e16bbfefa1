"""Sentences in title case and in capitals are sentences; names and brands stay neutral."""

from __future__ import annotations

import pytest

from cleaners.languages import separate


def pieces(text: str) -> list[tuple[str, str]]:
    """The fragments of a line: text without white space around it, and language."""
    (line,) = separate([text])
    return [(text[f.start : f.end].strip(), f.language) for f in line.fragments]


@pytest.mark.parametrize(
    ("before", "quoted", "after"),
    [
        ("На плакаті було написано", "«This City Belongs To All Of Us»,", "і його зняли."),
        ("Заголовок кричав:", "WE WERE NEVER TOLD THE TRUTH", "— і більше ні слова."),
        ("Тренер сказав", "«You Are Not Ready»,", "після чого пішов."),
        ("Тренер сказав", "«YOU ARE NOT READY»,", "після чого пішов."),
        ("Сусіда спитали, а він:", "«It Is What It Is».", ""),
        ("Лікарка відповіла:", "«Our Patients»,", "і зачинила двері."),
        ("Під час ходи лунало гасло", "«Black Lives Matter».", ""),
        ("На сорочці напис", "«Made In Ukraine».", ""),
        ("Він написав у чаті:", "«Thank you Poltava».", ""),
    ],
)
def test_a_run_of_capitalised_english_words_is_cut(before: str, quoted: str, after: str) -> None:
    expected = [(before, "uk"), (quoted, "en"), (after, "uk")]
    assert pieces(f"{before} {quoted} {after}".strip()) == [part for part in expected if part[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Гурт «The Cure» виступить у Києві.",
        "Видання The Wall Street Journal пише про переговори.",
        "Компанія «Golden Gate Logistics» купила склад.",
        "Will Smith приїхав до Львова на фестиваль.",
        "Фонд Serhiy Prytula Foundation передав дрони.",
        "Організація Reporters Without Borders засудила напад.",
        "Серіал «Game of Thrones» повернувся на екрани.",
        "Фірма «IT Service» шукає програмістів, а US ARMY тут ні до чого.",
        "Книгу видали за кошти House of Europe і United States Agency for International Development.",
    ],
)
def test_names_of_any_length_stay(text: str) -> None:
    assert [language for _, language in pieces(text)] == ["uk"]
