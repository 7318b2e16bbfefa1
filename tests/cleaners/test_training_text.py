"""Text for training holds whole paragraphs and whole sentences, and never a sentence with a hole."""

from __future__ import annotations

import pytest

from cleaners import clean_text
from cleaners.training_text import training_spans, training_text

LONG = "Потяг зупинився посеред поля, і люди вийшли подивитися, чому далі ніхто нікуди не їде вже другу годину поспіль."
SECOND = "Дехто сів на траву під насипом, дехто пішов пішки до найближчого села, а діти почали ловити коників у траві."
ENGLISH = "The train stopped in the middle of a field, and people stepped out to see why nobody was going anywhere."
QUOTING = "Провідник сказав: «Мы ничего не знаем и ждём приказа», хоча всі розуміли, що чекати доведеться до вечора."
STUB = "Водій крикнув: «Я вообще ничего не видел, отстаньте все от меня, я просто ехал домой с работы»."


def texts(line: str, language: str = "uk", quotations: str = "keep") -> list[str]:
    document = clean_text("\n".join([line, LONG, SECOND]))
    text = training_text(document.paragraphs[:1], language, quotations).text  # type: ignore[arg-type]
    return text.split("\n") if text else []


@pytest.mark.parametrize(
    ("line", "uk", "en"),
    [
        (LONG, [LONG], []),
        (ENGLISH, [], [ENGLISH]),
        (QUOTING, [QUOTING], []),
        (STUB, [], []),  # mostly the quotation
        (f"{LONG} {SECOND} {ENGLISH}", [f"{LONG} {SECOND}"], [ENGLISH]),
        (f"{LONG} {ENGLISH} {SECOND}", [LONG, SECOND], [ENGLISH]),
        (f"{ENGLISH} Так і було.", [], [ENGLISH]),  # too short to stand alone
        (f"{LONG} {STUB} {SECOND}", [LONG, SECOND], []),
    ],
)
def test_whole_paragraphs_and_long_runs_of_sentences_stay(line: str, uk: list[str], en: list[str]) -> None:
    assert texts(line) == uk
    assert texts(line, "en") == en


def test_a_sentence_that_quotes_goes_whole_where_that_is_asked() -> None:
    assert texts(f"{LONG} {QUOTING} {SECOND}", quotations="drop") == [LONG, SECOND]
    assert texts(f"{LONG} {QUOTING} {SECOND}", quotations="keep") == [f"{LONG} {QUOTING} {SECOND}"]


def test_spans_of_quotations_are_named() -> None:
    document = clean_text("\n".join([LONG, f"{SECOND} {QUOTING}"]))
    text, foreign = document.text_in("uk")
    assert [(text[start:end].strip(), language) for start, end, language in foreign] == [
        ("«Мы ничего не знаем и ждём приказа»,", "ru")
    ]


def test_what_is_in_a_language_is_spans_of_the_text_of_all_paragraphs() -> None:
    document = clean_text("\n".join([LONG, ENGLISH, f"{SECOND} {QUOTING}", f"{LONG} {ENGLISH} {SECOND}"]))
    for language in ("uk", "en"):
        spans = training_spans(document.paragraphs, language)
        assert "\n".join(document.text[start:end] for start, end in spans) == document.text_in(language).text


def test_paragraphs_in_a_row_are_one_span() -> None:
    document = clean_text("\n".join([LONG, SECOND, ENGLISH, LONG[:-1] + "!"]))
    before = len(f"{LONG}\n{SECOND}")
    assert training_spans(document.paragraphs, "uk") == [
        (0, before),
        (len(document.text) - len(LONG), len(document.text)),
    ]
    assert training_spans(document.paragraphs, "en") == [(before + 1, before + 1 + len(ENGLISH))]


@pytest.mark.parametrize(
    "beginning",
    [
        "На вул. Садовій біля ім. Шевченка стоїть п. Коваль і розповідає про сад, де росте сорок старих яблунь.",
        "Вона написала: «Дощ іде. Ми чекаємо. Ніхто не прийшов», а потім додала ще кілька слів про холодний ранок.",
    ],
)
def test_no_sentence_ends_at_an_abbreviation_or_inside_quotes(beginning: str) -> None:
    assert texts(f"{beginning} {ENGLISH}") == [beginning]


def test_a_name_in_another_language_is_no_text() -> None:
    document = clean_text("\n".join([LONG, SECOND, "Frontline Weekly", SECOND[:-1] + "!"]))
    assert "Frontline" in document.text
    assert document.text_in("en").text == ""


def test_nothing_gives_nothing() -> None:
    assert training_text([], "uk") == ("", ())
    assert training_spans([], "uk") == []
    assert training_text(clean_text("12.03.2024").paragraphs, "uk") == ("", ())
