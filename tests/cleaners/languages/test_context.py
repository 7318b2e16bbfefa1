"""What the other lines of a document, the page and the source say of a short line."""

from __future__ import annotations

import pytest

from cleaners.languages import separate

UKRAINIAN = "Учора в місті відкрили нову бібліотеку, і перші читачі прийшли ще зранку."
RUSSIAN = "Вчера в городе открыли новую библиотеку, и первые читатели пришли ещё утром."
BELARUSIAN = "Учора ў горадзе адкрылі новую бібліятэку, і першыя чытачы прыйшлі яшчэ раніцай."
ENGLISH = "A new library opened in the city yesterday, and the first readers came in the morning."


def languages(*lines: str, declared: str | None = None, hint: str | None = None) -> list[str]:
    return [line.language for line in separate(lines, declared=declared, hint=hint)]


@pytest.mark.parametrize("word", ["Спорт", "Реклама", "Культура", "Фото"])
@pytest.mark.parametrize(("prose", "expected"), [(UKRAINIAN, "uk"), (RUSSIAN, "ru")])
def test_a_word_of_several_languages_takes_that_of_its_document(word: str, prose: str, expected: str) -> None:
    assert languages(prose, word, prose) == [expected] * 3


@pytest.mark.parametrize(
    "line",
    [
        "Рустем Умеров", "Назар Хасан", "Валерія Сушко", "Глава СБУ", "20 км/год", "Статистика матчу", "Тренер команди",
        "5 кг", "300 г борошна", "вода", "сіль, перець", "Тур 3", "Група А", "Рахунок", "Стадіон", "Вага, кг", "ООН",
    ],
)  # fmt: skip
def test_short_lines_of_a_ukrainian_page_are_ukrainian(line: str) -> None:
    assert languages(UKRAINIAN, line, UKRAINIAN) == ["uk"] * 3


@pytest.mark.parametrize(
    "line", ["Олег Кравчук", "Статистика матча", "5 кг", "300 г муки", "Группа А", "Счёт", "20 км/ч"]
)
def test_short_lines_of_a_russian_page_are_russian(line: str) -> None:
    assert languages(RUSSIAN, line, RUSSIAN) == ["ru"] * 3


@pytest.mark.parametrize("line", ["Про нас дізнались усі", "Читайте також", "Почему это важно"])
def test_what_a_short_line_says_itself_counts_more(line: str) -> None:
    own = "ru" if "это" in line else "uk"
    page = RUSSIAN if own == "uk" else UKRAINIAN
    assert languages(page, line, page)[1] == own


def test_neighbours_speak_louder_than_the_rest_of_the_document() -> None:
    lines = [RUSSIAN, RUSSIAN, "Читайте також", "Спорт", "Залиште коментар"]
    assert languages(*lines) == ["ru", "ru", "uk", "uk", "uk"]


@pytest.mark.parametrize("prose", [UKRAINIAN, RUSSIAN, BELARUSIAN, ENGLISH])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Залиште коментар", "uk"),
        ("Читайте также", "ru"),
        ("Чытайце таксама", "be"),
        ("Leave a comment", "en"),
        ("Ми чекаємо на вас", "uk"),
        ("Мы будем ждать ещё", "ru"),
    ],
)
def test_context_never_drowns_evidence(prose: str, line: str, expected: str) -> None:
    assert languages(prose, prose, line, prose)[2] == expected


def test_the_declared_language_and_the_hint_decide_only_what_is_open() -> None:
    assert languages("Спорт", declared="ru", hint="ru") == ["ru"]
    assert languages("Спорт", declared="uk") == ["uk"]
    assert languages("Новини", declared="ru", hint="ru") == ["uk"]
    assert languages(ENGLISH, declared="uk", hint="uk") == ["en"]
    assert languages(UKRAINIAN, declared="tlh", hint="") == ["uk"]


def test_documents_do_not_know_of_each_other() -> None:
    alone = languages("Спорт", "Погода")
    languages(*[RUSSIAN] * 20)
    assert languages("Спорт", "Погода") == alone


def test_a_document_in_two_languages_keeps_both() -> None:
    assert languages(*[UKRAINIAN, ENGLISH] * 4) == ["uk", "en"] * 4
