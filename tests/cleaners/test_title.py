"""The headline without the site."""

from __future__ import annotations

import pytest

from cleaners.title import best_title

CASES = [
    # h1s, stated forms, <title>, site names, the headline
    (["Дорога до школи"], [], "Дорога до школи — Вісті Вербівки", ["Вісті Вербівки"], "Дорога до школи"),
    ([], [], "Дорога до школи | Вісті Вербівки", ["Вісті Вербівки"], "Дорога до школи"),
    ([], [], "Дорога до школи - новини на visti.ua", [], "Дорога до школи"),
    ([], [], "Вісті :: Дорога до школи", ["Вісті"], "Дорога до школи"),
    (["Вісті Вербівки"], ["Дорога до школи"], "Дорога до школи", ["Вісті Вербівки"], "Дорога до школи"),
    (["Погода"], ["Дорога до школи закрита"], "Дорога до школи закрита", [], "Дорога до школи закрита"),
    ([], ["Mayor says: no more roads - for now"], "", ["The Post"], "Mayor says: no more roads - for now"),
    (["Село – це наше все"], [], "Село – це наше все", ["Вісті"], "Село – це наше все"),
    ([], [], "", ["Вісті"], None),
    (["Десять послуг нашого центру"], ["Десять послуг нашого центру"], "Центр", ["Десять послуг нашого центру"],
     "Десять послуг нашого центру"),
]  # fmt: skip


def test_a_line_of_the_page_tells_the_headline_from_the_site() -> None:
    title = "Дорогу до школи закрили | Вербівський край"
    assert best_title([], [], title, []) == title
    assert best_title([], [], title, [], ["Реклама", "Дорогу до школи закрили"]) == "Дорогу до школи закрили"
    assert best_title([], [], title, [], ["Дорогу до школи"]) == title


@pytest.mark.parametrize(("headings", "stated", "page_title", "site", "expected"), CASES)
def test_the_headline_is_found_and_freed_of_the_site(
    headings: list[str], stated: list[str], page_title: str, site: list[str], expected: str | None
) -> None:
    assert best_title(headings, stated, page_title, site) == expected
