from __future__ import annotations

import re

import pytest

from cleaners.document import Drop, Page
from cleaners.read.fold import fold
from cleaners.rules.phrase import KEY, Phrase
from cleaners.rules.phrase_files import Entry, _entry, entries
from cleaners.rules.phrasebook import Phrasebook, phrasebook
from cleaners.rules.phrased import phrased
from support.cleaner_pages import PARAGRAPHS, page

ENTRIES = list(entries())


def drops_in(text: str, rule: str) -> list[Drop]:
    near = next(e.phrases[0].near for e in ENTRIES if e.rule == rule)
    made = page(text, *PARAGRAPHS) if near == "top" else page(*PARAGRAPHS, text)
    return [d for d in phrased(made) if made.lines[d.index].text == text]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.rule)
def test_every_example_of_a_phrase_file_is_judged_as_it_says(entry: Entry) -> None:
    assert entry.yes
    assert entry.no
    dropped = {text: {drop.category for drop in drops_in(text, entry.rule)} for text in (*entry.yes, *entry.no)}
    assert [text for text in entry.yes if entry.phrases[0].category not in dropped[text]] == []
    assert [text for text in entry.no if dropped[text]] == []


def test_every_phrase_compiles_and_rules_have_one_name() -> None:
    for entry in ENTRIES:
        for phrase in entry.phrases:
            assert phrase.pattern
    names = [e.rule for e in ENTRIES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"category": "nonsense", "phrases": ["a"]}, "category is 'nonsense'"),
        ({"category": "share", "at": "middle"}, "at is 'middle'"),
        ({"category": "share", "phrase": ["a"]}, "unknown field phrase"),
        ({"category": "share", "phrases": "поширити"}, "phrases must be a list"),
        ({"category": "share", "phrases": ["* усе"]}, "must begin with a word"),
        ({"category": "share", "at": "sentence", "phrases": ["# разів"]}, "must begin with a word"),
    ],
)
def test_a_wrong_rule_names_its_file_and_field(table: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=r"uk\.toml: uk\.x: ") as error:
        _entry("uk.toml", "uk.x", table)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("читайте нас", "ЧИТАЙТЕ НАС", True),
        ("читайте нас", "Читайте, нас", True),
        ("читайте нас", "Читайте насправді", False),
        ("підпис* на", "підписуйтесь на", True),
        ("автор : *", "Автор: Іван", True),
        ("автор : *", "Автор Іван", False),
        ("# (хвилини|хвилин) тому", "25 хвилин тому", True),
        ("залиште [свій] коментар", "Залиште коментар", True),
        ("залиште [свій] коментар", "Залиште свій коментар", True),
        ("read * here", "Read all about it here", True),
        ("read * here", "Read it. Not here", False),
        ("зв'яжіться з нами", "Зв’яжіться з нами", True),
    ],
)
def test_the_notation_of_phrases(phrase: str, text: str, matches: bool) -> None:
    made, folded = Phrase("x", "share", phrase, "start"), fold(text)
    assert bool(made.pattern.match(folded)) is matches
    if matches:  # what is asked first, so that few patterns are compiled, turns no match away
        assert len(folded) <= made.longest_line
        assert made.may_stand_among({word[:KEY] for word in re.findall(r"\w+", folded)})
        assert made.may_go_on(folded, len(made.first))


@pytest.mark.parametrize(
    ("phrase", "text", "may"),
    [
        ("read more", "read on and more", False),
        ("read more", "read – more", True),
        ("read* more", "reading more", True),
        ("read (all|more *) news", "read some news", False),
        ("read (all|more *) news", "read morels", True),
        ("read [all|#] comments", "read nothing", True),  # a number may stand there
        ("read [the] news", "read news", True),
        ("read [the] news", "read it", False),
        ("read : *", "read this: it is good", False),
        ("read : *", "read: this", True),
        ("read * here", "read anything", True),
        ("read(ing|) here", "reading here", True),
        ("read", "read nothing", True),
    ],
)
def test_what_may_stand_behind_the_first_word(phrase: str, text: str, may: bool) -> None:
    assert Phrase("x", "share", phrase, "start").may_go_on(text, len("read")) is may


def test_a_line_without_the_words_of_a_phrase_compiles_no_pattern() -> None:
    book = Phrasebook([phrase := Phrase("x", "share", "read (all|more) [news] in our paper*", "words")])
    assert list(book.inside("read the news of all in papers")) == []
    assert "pattern" not in vars(phrase)
    assert [found.end for found in book.inside("read more in our papers")] == [23]


@pytest.mark.parametrize("text", ["Їжа’ʼ «ТА» – İstanbul\u00a0Ё", "", "\x00ﬁ ß Σς"])
def test_folding_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "Організатори нагадали, що підписатися на петицію можна до п’ятниці, а читати її текст — на сайті ради.",
        "Коментарі до законопроєкту надіслали двадцять громад, і комітет обіцяє розглянути кожен до кінця місяця.",
        "Реклама алкоголю на зупинках зникне з нового року, якщо депутати підтримають поправку в другому читанні.",
        "The company said users could subscribe to the service from May, and the price would not change this year.",
        "Follow the river north and you reach the village where talks between the two families were held in secret.",
        "Photographs of the flood were shared by thousands, and the comments beneath them told of neighbours helping.",
        "Related industries, from steel to shipping, will feel the change first, the bank wrote in its yearly report.",
        "Читайте договір двічі, радить адвокат, бо після підпису довести обман у суді майже неможливо навіть фахівцям.",
    ],
)
def test_long_ordinary_sentences_with_the_same_words_stay(sentence: str) -> None:
    assert list(phrased(page(*PARAGRAPHS, sentence, PARAGRAPHS[0]))) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Дощ ущух. Читайте також: Погода на завтра. Вітер слабшає.", "Дощ ущух. Вітер слабшає."),
        ("Дощ ущух. Читати далі –>", "Дощ ущух."),
        ("Ліс горів. Також читайте «Пожежу згасили», — каже лісник.", "Ліс горів. «Пожежу згасили», — каже лісник."),
        ("Місто спить. ▶ На YouTube-каналі газети можна переглянути відео: Ніч! Тиша на площі", "Місто спить."),
        (
            "Місто спить. На YouTube-каналі газети можна переглянути відео: Ніч | Новини Нагадаємо, ліхтарі згасли.",
            "Місто спить. Нагадаємо, ліхтарі згасли.",
        ),
        (
            "The vote is on Sunday. Sign up for our weekly newsletter. Polls open at eight.",
            "The vote is on Sunday. Polls open at eight.",
        ),
    ],
)
def test_a_prompt_inside_a_line_is_cut_and_the_sentences_around_stay_whole(text: str, kept: str) -> None:
    from cleaners import clean_text

    document = clean_text("\n".join((*PARAGRAPHS, text)))
    assert document.paragraphs[-1].text == kept


@pytest.mark.parametrize(
    "hostile",
    ["читайте " * 2_000, "на youtube-каналі " * 500, "a" * 20_000, "підписуйтесь на " * 1_000, "\x00" * 1000],
    ids=["first words", "long first words", "one word", "open phrases", "NUL"],
)
def test_hostile_lines_are_walked_once(hostile: str) -> None:
    assert isinstance(list(phrased(page(hostile))), list)


def test_the_book_is_read_once() -> None:
    assert phrasebook() is phrasebook()


def test_an_empty_book_finds_nothing() -> None:
    assert list(Phrasebook([]).inside("читайте також")) == []
    assert list(phrased(Page("x", ()))) == []
