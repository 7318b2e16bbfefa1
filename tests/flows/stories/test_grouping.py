"""Stories of days: representatives, versions, digests."""

from __future__ import annotations

import pytest

from flows.stories.day import EDITED, EXCERPT, EXTENDED, REPRESENTATIVE, SAME, VERSION, Day, Entry, Links, make_day
from flows.stories.grouping import WINDOW_DAYS, link_day
from flows.stories.words import to_words

FERRY = (
    "Пором «Чайка» сьогодні вранці сів на мілину біля причалу в Липовому. На борту було 48 пасажирів, ніхто "
    "не постраждав. "
    "Рятувальники зняли людей двома човнами за 40 хвилин, а рух поромів обіцяють відновити ввечері."
)
GARDEN = (
    "У Вишневому посадили яблуневий сад просто посеред міської площі. Школярі викопали 60 ям, а саджанці подарував "
    "місцевий садівник, який вирощує їх уже двадцять років. Перші плоди обіцяють за три осені."
)


def entry(text: str, url: str = "a", captured: str = "1", source: str = "s", agency: bool = False) -> Entry:
    return Entry(source, url, f"{source}-{url}", int(captured), ("0" if agency else "1", "~"), captured, to_words(text))


def link(*days: list[Entry]) -> list[list[tuple[int, int, int]]]:
    past = []
    for number, entries in enumerate(days):
        day = make_day(number, entries)
        past.append((day, link_day(day, past)))
    return [[*zip(*(c.tolist() for c in (of.day, of.row, of.kind)), strict=True)] for _, of in past]


def test_the_same_text_on_another_day_joins() -> None:
    assert link([entry(FERRY)], [entry(FERRY.upper(), "b")])[1] == [(0, 0, SAME)]


def test_an_agency_represents_its_day() -> None:
    found = link([entry(FERRY, "a", source="a"), entry(FERRY, "b", source="z", agency=True)])
    assert found == [[(0, 0, REPRESENTATIVE), (0, 0, SAME)]]


def test_the_captures_of_a_page_are_versions() -> None:
    found = link([entry(FERRY, captured="1"), entry(FERRY + " Оновлено.", captured="2")])
    assert found == [[(0, 1, VERSION), (0, 1, REPRESENTATIVE)]]
    assert link([entry(FERRY)], [entry(GARDEN, captured="2")])[1] == [(0, 0, VERSION)]


def test_a_digest_joins_no_strangers() -> None:
    later = link([entry(f"{FERRY} {GARDEN}")], [entry(FERRY, "b"), entry(GARDEN, "c")])[1]
    assert later == [(0, 0, EXCERPT), (1, 1, REPRESENTATIVE)]
    assert link([entry(FERRY, "b"), entry(GARDEN, "c")], [entry(f"{FERRY} {GARDEN}")])[1][0][2] == EXTENDED


def word(number: int) -> str:
    return "слово" + "".join("абвгдежзик"[int(digit)] for digit in str(number))


def test_a_longer_past_of_strangers_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, int]] = []
    words_of = Day.words_of
    monkeypatch.setattr(Day, "words_of", lambda day, row: read.append((day.number, row)) or words_of(day, row))
    counts = []
    for days in (10, 20):
        strangers = [
            [entry(" ".join(word(day * 1000 + n * 100 + w) for w in range(20)), f"{day}-{n}") for n in range(3)]
            for day in range(days)
        ]
        read.clear()
        assert link(*strangers, [entry(FERRY, "new"), entry(FERRY + " Ще.", "other")])[-1][1] == (days, 0, EDITED)
        counts.append(len(read))
    assert counts == [2, 2]


def test_what_is_older_than_the_window_is_not_compared() -> None:
    old = make_day(0, [entry(FERRY)])
    assert WINDOW_DAYS < 365
    assert link_day(make_day(1, []), [(old, Links.to_themselves(0, 1))]).kind.tolist() == []
