"""What a person selects on a page outranks what is found."""

from __future__ import annotations

from collections import Counter

import pytest

from cleaners import Document, clean_html
from cleaners.corrections import RECALLED, Action, By, Correction, Corrections
from cleaners.document import NO_ARTICLE

TEXT = "".join(
    f"<p>Міська рада {n} разів ухвалила бюджет на наступний рік після довгої суперечки, яка тривала до ранку.</p>"
    for n in range(2, 6)
)
PAGE = f"""<html lang=uk><head><title>Бюджет – Вісник</title></head><body>
<nav><a href=/>Головна</a> <a href=/a>Новини міста</a></nav>
<main><h1>Бюджет</h1><div class=kicker>Як рада рахувала гроші</div><div class=who>Автор: Олена Гай</div>
<span class=when data-x=1>12 березня 2026, 10:15</span>
<article class=text>{TEXT}<div class=promo><b>Купуйте наш календар на рік!</b></div></article></main>
<aside class=sidebar><p class=stray>Розклад автобусів змінили з понеділка, тож дивіться на табло.</p></aside>
<footer>Вісник міста, 2026</footer></body></html>"""
URL = "https://visnyk.example/news/1"


def correction(action: Action, by: By, value: str, on: str = "") -> Correction:
    return Correction(action, by, value, "a note", on=on)


def cleaned(*said: Correction, page: str = PAGE) -> Document:
    return clean_html(page, url=URL, corrections=Corrections(said) if said else None)


def texts(document: Document) -> list[str]:
    return [entry.line.text for entry in document.ledger]


def test_the_selected_body_is_all_of_the_body_and_no_text_is_lost() -> None:
    document = cleaned(correction("body", "selector", "aside"))
    assert document.text == "Розклад автобусів змінили з понеділка, тож дивіться на табло."
    outside = [entry for entry in document.ledger if entry.left_out and "бюджет" in entry.line.text]
    assert {entry.left_out.evidence for entry in outside if entry.left_out} == {"outside “aside”: “a note”"}
    words = Counter(" ".join(texts(cleaned())).replace("·", " ").split())
    assert Counter(" ".join(texts(document)).replace("·", " ").split()) == words


@pytest.mark.parametrize("value", [".nowhere", "nav p"])
def test_where_nothing_is_selected_the_page_is_read_as_always(value: str) -> None:
    assert texts(cleaned(correction("body", "selector", value))) == texts(cleaned())


def test_it_may_be_said_of_some_pages_alone() -> None:
    elsewhere = correction("body", "selector", "aside", on="https://visnyk.example/photo/*")
    assert cleaned(elsewhere) == cleaned()


@pytest.mark.parametrize(
    "by",
    [
        correction("keep", "selector", ".stray"),
        correction("keep", "pattern", "^Розклад"),
        correction("keep", "prefix", "розклад автобусів"),
    ],
)
def test_a_kept_line_comes_back_from_outside_the_body(by: Correction) -> None:
    document = cleaned(by)
    (entry,) = (entry for entry in document.ledger if entry.line.text.startswith("Розклад"))
    assert entry.verdict == "kept"
    assert entry.kept_by is not None
    assert (entry.kept_by.rule, entry.kept_by.evidence) == (by.name, "“a note” against “body”")
    assert RECALLED in entry.line.attributes.split()
    assert sorted(texts(document)) == sorted(texts(cleaned()))


def test_a_dropped_box_is_struck_with_the_note() -> None:
    body, drop = correction("body", "selector", "article"), correction("drop", "selector", "main .promo b")
    (entry,) = (entry for entry in cleaned(body, drop).ledger if entry.line.text.startswith("Купуйте"))
    assert [(cut.rule, cut.evidence) for cut in entry.cuts] == [(drop.name, "a note")]


def test_title_author_and_date_are_taken_from_where_a_person_says() -> None:
    found = cleaned(
        correction("title", "selector", ".kicker"),
        correction("author", "selector", ".who"),
        correction("date", "selector", ".when"),
    ).metadata
    assert (found.title, found.authors) == ("Як рада рахувала гроші", ("Олена Гай",))
    assert (found.published or "")[:10] == "2026-03-12"
    assert found.published_by == "shown"
    assert "Бюджет" in found.headlines


@pytest.mark.parametrize("action", ["title", "author", "date"])
def test_what_cannot_be_one_leaves_what_was_found(action: Action) -> None:
    before = cleaned().metadata
    assert cleaned(correction(action, "selector", "article")).metadata == before


def test_a_person_says_that_a_page_is_an_article() -> None:
    page = "<html><body><h1>Сторінку не знайдено</h1><p>Так зветься нова вистава.</p></body></html>"
    assert any(flag.startswith(NO_ARTICLE) for flag in cleaned(page=page).flags)
    said = correction("article", "address", URL)
    assert not any(flag.startswith(NO_ARTICLE) for flag in cleaned(said, page=page).flags)
