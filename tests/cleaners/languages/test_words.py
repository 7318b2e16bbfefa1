"""Words in disguise are read as what they are, and keep their offsets."""

from __future__ import annotations

import pytest

from cleaners.languages import separate
from cleaners.languages.words import WORD, plain, script_of_word, with_letters_joined


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("ву\u200eлиця", "вулиця"),
        ("міс\ufe0fто", "місто"),
        ("б̷у̷д̷и̷н̷о̷к̷", "будинок"),
        ("відбудо-\nвують", "відбудовують"),
        ("rebuild-\ning", "rebuilding"),
        ("Ｎｅｗｓ", "news"),
        ("𝐡𝐢𝐫𝐢𝐧𝐠", "hiring"),
        ("п’ять", "п'ять"),
    ],
)
def test_a_disguised_word_is_one_word(word: str, form: str) -> None:
    assert WORD.findall(f"a {word} b") == ["a", word, "b"]
    assert plain(word) == form


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("З А К Р И Т О", "uk"),
        ("Р А С П Р О Д А Ж А", "ru"),
        ("C L O S E D", "en"),
        ("У В А Г А   Р Е М О Н Т", "uk"),
        ("Р Е М О Н Т", "uk"),
        ("ремонт-\nканалізації", "uk"),
        ("Ｂｒｅａｋｉｎｇ ｎｅｗｓ ｆｒｏｍ ｔｈｅ ｃｉｔｙ", "en"),
        ("𝐖𝐞 𝐚𝐫𝐞 𝐡𝐢𝐫𝐢𝐧𝐠 𝐧𝐨𝐰", "en"),
        ("на\u200eзва вул\u200eиці зм\u200eінена", "uk"),
        ("відбудо-\nвують школу", "uk"),
        ("Kindle書籍を読む", "ja"),
        ("iPhoneの使い方を説明します", "ja"),
        ("Я і ти, а в саду є ми.", "uk"),
    ],
)
def test_the_language_of_disguised_text(text: str, language: str) -> None:
    (line,) = separate([text])
    assert line.language == language
    assert [(f.start, f.end) for f in line.fragments] == [(0, len(text))]


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Гасло «Ελευθερία ή θάνατος» висіло над входом.", ["uk", "el", "uk"]),
        ("Напис «საქართველო» на стіні.", ["uk", "ka", "uk"]),
        ("Слово «안녕하세요» означає вітання, а «ελπίδα» — надію.", ["uk", "ko", "uk", "el", "uk"]),
        ("Він сказав «我们不会放弃» і пішов.", ["uk", "zh", "uk"]),
        ("α-частинки та β-розпад вивчає фізика.", ["uk"]),
        ("Опір 10 кΩ, кут φ і число π записали на дошці.", ["uk"]),
    ],
)
def test_the_script_decides_first(text: str, languages: list[str]) -> None:
    (line,) = separate([text])
    assert [f.language for f in line.fragments] == languages


def test_the_script_of_a_word_is_that_of_most_letters() -> None:
    assert [script_of_word(form) for form in ("kindle書籍を読む", "news", "новини", "ελλάς", "zα")] == [
        *("Zzzz", "Latn", "Cyrl", "Zzzz", "Latn"),
    ]


def test_letters_apart_are_joined_and_single_letters_are_not() -> None:
    assert with_letters_joined("У В А Г А  Р Е М О Н Т") == "УВАГА  РЕМОНТ"
    assert with_letters_joined("клас 5 А і 5 Б") == "клас 5 А і 5 Б"
