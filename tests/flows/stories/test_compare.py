"""Which texts tell one story: invented ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.stories.compare import Text, compare, kind_of
from flows.stories.day import EDITED, EXCERPT, EXTENDED
from flows.stories.fingerprints import SHINGLE, WINDOW, Fingerprints, fingerprints
from flows.stories.words import Words, to_words

STORY = (
    "Пором «Чайка» сьогодні вранці сів на мілину біля причалу в Липовому. На борту було 48 пасажирів, ніхто "
    "не постраждав. "
    "За словами капітана Остапа Крука, причиною став густий туман, який піднявся над затокою близько шостої години. "
    "Рятувальники зняли людей двома човнами за 40 хвилин. Рух поромів обіцяють відновити ввечері, коли прийде вода."
)
MORE = (
    " Минулого літа біля цього ж причалу поглиблювали дно, однак роботи зупинили через брак грошей у міському бюджеті. "
    "Мешканці острова вже рік просять збудувати новий причал на східному березі, де глибше і менше каміння."
)


def prints(words: Words) -> Fingerprints:
    return fingerprints(words, np.array([0, len(words)])).values


def kind(one: str, other: str) -> int | None:
    a, b = Text(to_words(one)), Text(to_words(other))
    return kind_of(a, b, compare(a, b))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("П’ять об'єктів", "П'ЯТЬ обʼєктів!"),
        ("«Ґанок» – це ганок.", '"Ганок" це — ганок'),
        ("за́мок", "замок"),
        ("The ferry's bell", "the ferry’s bell"),
        ("1,000 осіб", "1000 осіб"),
    ],
)
def test_spelling_in_the_narrow_sense_changes_no_words(one: str, other: str) -> None:
    assert (to_words(one) >> 2).tolist() == (to_words(other) >> 2).tolist()


@pytest.mark.parametrize(("one", "other"), [("кіт спить", "кит спить"), ("5 осіб", "6 осіб"), ("так ні", "ні так")])
def test_other_words_stay_others(one: str, other: str) -> None:
    assert (to_words(one) >> 2).tolist() != (to_words(other) >> 2).tolist()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (STORY.replace("Остапа Крука", "Остапа Крюка"), EDITED),
        (STORY.replace("Рятувальники зняли людей", "Людей зняли"), EDITED),
        (STORY.replace("За словами капітана", "Як каже агентству капітан"), EDITED),
        (STORY + MORE, EXTENDED),
    ],
)
def test_a_rewritten_story_is_the_story(other: str, expected: int) -> None:
    assert kind(STORY, other) == expected


def test_a_shortened_story_is_an_excerpt_of_a_longer_article() -> None:
    assert kind(STORY + MORE, STORY.partition("близько")[0]) == EXCERPT
    assert kind(STORY + MORE, " ".join(STORY.split()[:12])) is None


NAMES = (
    "Учора на березі озера зібралися Остап Мельник, Леся Гнатенко, Богдан Вірний, Ганна Сірко, Левко Тихий та "
    "Юрко Довгий. "
    "Першим говорив Мельник, який дякував усім за допомогу з човнами. Потім слово взяла Гнатенко, а за нею Сірко. "
    "Наприкінці вечора Вірний подарував громаді свою картину, а Тихий і Довгий співали старих пісень до самої ночі. "
    "Зустріч пройшла під дощем, але ніхто не пішов додому раніше, і всі домовилися зібратися знову восени."
)


def test_names_in_another_spelling_are_no_other_names() -> None:
    other = (NAMES + MORE).replace("Тихий", "Quiet").replace("Довгий", "Long")
    assert kind(NAMES + MORE, other) == EDITED
    assert kind(NAMES + MORE + " 48 осіб прийшли.", other + " 52 осіб прийшли.") is None, "numbers differ, too"


def test_other_names_throughout_are_another_story() -> None:
    other = NAMES + MORE
    for name in ("Мельник", "Гнатенко", "Вірний", "Сірко", "Тихий", "Довгий"):
        other = other.replace(name, name[::-1].capitalize())
    assert kind(NAMES + MORE, other) is None


TEMPLATES = [
    "{} область: повітряну тривогу оголошено о {}:15. Просимо всіх пройти в укриття і залишатися там до відбою.",
    "Курс валют на {1} березня: долар коштує 41,25 грн, євро 48,02 грн. Курс на {1} березня встановив банк.",
    "«{}» переміг «Обрій» з рахунком {}:0. Голи забили на початку і наприкінці гри, яку дивилися повні трибуни.",
    "A magnitude 5.{1} earthquake struck near {0} on Sunday. There were no immediate reports of damage or casualties.",
    "Громада проводжає в останню путь захисника. Воїн {} загинув на війні, виконуючи бойове завдання поблизу кордону.",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_texts_of_one_template_are_none(template: str) -> None:
    assert kind(template.format("Маяківська", 2), template.format("Степова", 7)) is None


def test_shared_background_makes_no_story() -> None:
    other = "У Вишневому відкрили новий дитячий садок на 120 місць, його будували три роки. " * 2
    assert kind(STORY, other + STORY[-60:]) is None


def test_a_shared_run_of_words_shares_a_fingerprint() -> None:
    words = to_words(STORY + MORE)
    run = words[20 : 20 + SHINGLE + WINDOW - 1]
    assert set(prints(words)) & set(prints(run))


@given(st.lists(st.lists(st.integers(0, 40), max_size=40), max_size=8))
@settings(deadline=None)
def test_the_fingerprints_of_many_texts_are_those_of_each(texts: list[list[int]]) -> None:
    each = [np.array(text, np.uint32) << np.uint32(2) for text in texts]
    starts = np.cumsum([0, *map(len, each)], dtype=np.int64)
    found = fingerprints(np.concatenate([np.zeros(0, np.uint32), *each]), starts)
    cuts = zip(found.starts[:-1], found.starts[1:], strict=True)
    assert [found.values[a:b].tolist() for a, b in cuts] == [prints(words).tolist() for words in each]


@pytest.mark.parametrize("text", ["", "…", "Слово", "\ud800 слово"])
def test_texts_of_hardly_any_words_are_no_trouble(text: str) -> None:
    assert kind(text, text) is None
    assert len(prints(to_words(text))) <= 1
