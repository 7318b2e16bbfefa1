"""Labels, tags of languages, short quotations, and sentences of their own at the ends of a line."""

from __future__ import annotations

import pytest

from cleaners.languages import separate


def pieces(text: str) -> list[tuple[str, str]]:
    """The fragments of a line: text without white space around it, and language."""
    (line,) = separate([text])
    return [(text[f.start : f.end].strip(), f.language) for f in line.fragments]


@pytest.mark.parametrize(
    ("label", "title", "language"),
    [
        ("Джерело:", "Three people injured after a gas leak in the north of the city", "en"),
        ("Джерело фото:", "How the old bridge was moved across the river in one night", "en"),
        ("Джерело:", "Why the winter in the mountains was so mild", "en"),
        ("Читайте також:", "Почему закрыли старую больницу на окраине города", "ru"),
        ("Переклад:", "Кто заплатит за ремонт моста", "ru"),
        ("Київ:", "Mayor promises new trams", "en"),
        ("Оригінал статті:", "Why the harbour froze so early this year", "en"),
    ],
)
def test_a_label_keeps_its_language_before_a_foreign_title(label: str, title: str, language: str) -> None:
    assert pieces(f"{label} {title}") == [(label, "uk"), (title, language)]


@pytest.mark.parametrize(
    "text",
    [
        "Лікар: «Пийте більше води».",
        "Коментар: Самі винні, що не прийшли вчасно",
        "Фото: Olena Kovalenko / Getty Images",
        "Відео: Reuters",
        "Рахунок: 2:1 на користь гостей",
    ],
)
def test_a_label_cuts_nothing_else(text: str) -> None:
    assert [language for _, language in pieces(text)] == ["uk"]


@pytest.mark.parametrize(
    ("before", "quoted", "after"),
    [
        ("Термін", "«русский мир»", "вийшов з ужитку."),
        ("На запитання пролунало", "«Без комментариев»,", "і всі розійшлися."),
        ("Ведучий пожартував:", "«всё пропало».", ""),
        ("Дід лише махнув рукою:", "«Нельзя торопиться»", "— і ліг спати."),
    ],
)
def test_two_words_in_quotes_are_a_quotation(before: str, quoted: str, after: str) -> None:
    expected = [(before, "uk"), (quoted, "ru"), (after, "uk")]
    assert pieces(f"{before} {quoted} {after}".strip()) == [part for part in expected if part[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Газета «Вечерние вести» вийшла з порожньою сторінкою.",
        "Магазин «Свято» працює до вечора.",
        "Закон «Про освіту» ухвалили в цілому.",
        "Село називають «Красна Поляна».",
        "Пам’ятник «Тарас Шевченко» перенесли до парку.",
    ],
)
def test_names_in_quotes_are_none(text: str) -> None:
    assert [language for _, language in pieces(text)] == ["uk"]


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Ми повернулися додому. See you next week!", ["uk", "en"]),
        ("Good morning everyone! Починаємо наш ранковий ефір.", ["en", "uk"]),
        ("Thank you so much. Ми вже вдома, все добре. Love you all", ["en", "uk", "en"]),
    ],
)
def test_a_foreign_sentence_at_an_end_of_a_line_is_cut(text: str, languages: list[str]) -> None:
    assert [language for _, language in pieces(text)] == languages


def test_the_tag_of_a_language_belongs_to_the_line() -> None:
    assert pieces("The bank (Ukrainian: Ощадний банк) opened an office.")[1] == ("Ощадний банк)", "uk")


def test_one_sentence_in_a_very_long_line_is_found() -> None:
    filler = "The council met again on Monday, and nobody could say when the road would be finished. " * 60
    german = "Wir haben seit vielen Jahren auf diese neue Straße gewartet und glauben niemandem mehr. "
    (line,) = separate([filler + german + filler])
    assert [f.language for f in line.fragments] == ["en", "de", "en"]
