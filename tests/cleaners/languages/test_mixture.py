"""Documents in several languages are flagged; those that quote another language are not."""

from __future__ import annotations

import pytest

from cleaners import clean_text
from cleaners.document import Fragment, Paragraph
from cleaners.languages import mixture, narration

UKRAINIAN = [
    "Учора в місті відкрили нову бібліотеку, і перші читачі прийшли ще зранку, попри дощ і вітер.",
    "Директорка каже, що книжки збирали цілий рік, а найбільше їх подарували мешканці сусідніх сіл.",
    "Читальна зала працює щодня, крім понеділка, і вміщує сорок людей.",
    "Наступного тижня тут почнуть учити малювати дітей, які живуть неподалік.",
]
ENGLISH = [
    "A new library opened in the city yesterday, and the first readers came early in spite of the rain.",
    "The director says that the books were collected for a year, mostly from people who live in the villages.",
]


def paragraph(language: str, letters: int) -> Paragraph:
    return Paragraph("я" * letters, language, "p", (Fragment(0, letters, language),))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ([("uk", 61), ("en", 39)], "mixed: uk 61%, en 39%"),
        ([("en", 20), ("uk", 60), ("en", 20)], "mixed: uk 60%, en 40%"),
        ([("uk", 80), ("ru", 10), ("ru", 10)], "mixed: uk 80%, ru 20%"),
        ([("uk", 25), ("en", 25), ("ru", 25), ("uk", 25), ("ru", 15), ("en", 15)], "mixed: uk 38%, en 31%, ru 31%"),
        ([("uk", 50), ("en", 50), ("und", 900)], "mixed: en 50%, uk 50%"),
    ],
)
def test_a_real_share_of_a_second_language_is_named(shape: list[tuple[str, int]], expected: str) -> None:
    assert mixture([paragraph(*part) for part in shape]) == expected


@pytest.mark.parametrize(
    "shape",
    [
        [],
        [("uk", 100)],
        [("und", 100)],
        [("uk", 50), ("und", 25), ("und", 25)],
        [("uk", 90), ("en", 5), ("en", 5)],  # a menu
        [("uk", 75), ("en", 25)],  # one paragraph quoted
    ],
)
def test_one_language_with_little_else_is_not_mixed(shape: list[tuple[str, int]]) -> None:
    assert mixture([paragraph(*part) for part in shape]) is None


def test_mixing_inside_paragraphs_is_flagged_as_such() -> None:
    quoting = Paragraph("я" * 100, "uk", "p", (Fragment(0, 55, "uk"), Fragment(55, 100, "en")))
    assert mixture([quoting] * 5) == "mixed inside paragraphs: uk 55%, en 45%"


REPORT = [
    "На ринку зранку було людно. Продавчиня каже: «Я стою здесь с пяти утра, а покупателей не было до обеда».",
    "Її сусід погоджується: «Раньше приезжали из соседних сёл, теперь автобус ходит раз в день, и никто не едет».",
    "Двірник махає рукою: «Да что вы спрашиваете, всё и так понятно, скоро здесь совсем никого не останется».",
]


def test_the_language_of_a_document_is_its_author_s() -> None:
    document = clean_text("\n".join(REPORT))
    assert document.languages["ru"] > document.languages["uk"]
    assert document.language == "uk"
    assert [flag.partition(":")[0] for flag in document.flags] == ["mixed inside paragraphs"]


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        ([("Він каже: «так і є»", [(0, 19, "uk")])], {"uk": 7}),
        ([("— Ну и что", [(0, 10, "ru")]), ("Так.", [(0, 4, "uk")])], {"uk": 3}),  # a dialogue
        ([("“He said so", [(0, 11, "en")]), ("Ні", [(0, 2, "uk")])], {"uk": 2}),  # goes on in the next paragraph
        ([("«А «б» в» г", [(0, 11, "uk")])], {"uk": 1}),
        ([("12", [(0, 2, "und")])], {}),
    ],
)
def test_narration_is_what_stands_outside_quotations(
    paragraphs: list[tuple[str, list[tuple[int, int, str]]]], expected: dict[str, int]
) -> None:
    made = [Paragraph(text, spans[0][2], "p", tuple(Fragment(*s) for s in spans)) for text, spans in paragraphs]
    assert narration(made) == expected


def test_a_bilingual_article_is_flagged() -> None:
    flags = clean_text("\n".join([UKRAINIAN[0], ENGLISH[0], UKRAINIAN[1], ENGLISH[1]])).flags
    assert [flag.split(" ")[0] for flag in flags] == ["mixed:"]
    assert "en " in flags[0]
    assert "uk " in flags[0]


@pytest.mark.parametrize(
    "lines",
    [
        UKRAINIAN,
        ENGLISH,
        [*UKRAINIAN, ENGLISH[0]],
        [*UKRAINIAN, "Гостя з Канади сказала: «This is the best library that I have ever seen», і подарувала словник."],
    ],
)
def test_an_article_with_one_foreign_quotation_is_not_mixed(lines: list[str]) -> None:
    assert clean_text("\n".join(lines)).flags == ()
