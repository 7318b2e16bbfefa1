"""The headline without the site."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners.metadata.title import best_title, without_badge

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
    # What follows an upright line is no part of the headline; what stands before it may be.
    ([], [], "Дорогу до школи закрили | Вербівський край", [], "Дорогу до школи закрили"),
    ([], ["Council shuts the old bridge | Opinion"], "", [], "Council shuts the old bridge"),
    (["Мер закрив міст | Місто"], ["Мер закрив міст"], "", [], "Мер закрив міст"),
    ([], [], "Bridge 2.0 | Mayor opens a second crossing", [], "Bridge 2.0 | Mayor opens a second crossing"),
    ([], [], "The bridge is shut | What every driver in the valley should know", [],
     "The bridge is shut | What every driver in the valley should know"),
    # An h1 with the site's name at its end; a place that is part of the name stays.
    (["Мер закрив міст – Вербівські вісті"], ["Мер закрив міст"], "", ["Вербівські вісті"], "Мер закрив міст"),
    (["Пожежа на складі - Вербівка"], ["Пожежа на складі - Вербівка"], "", ["Вербівка Пост"],
     "Пожежа на складі - Вербівка"),
    # A date, a label or a time in the h1 goes where another form has the headline without it.
    (["12.10.2024 Мер закрив старий міст"], ["Мер закрив старий міст"], "", [], "Мер закрив старий міст"),
    (["Blog: Why the old bridge is shut"], ["Why the old bridge is shut"], "", [], "Why the old bridge is shut"),
    (["The old bridge is shut Posted on July 1"], ["The old bridge is shut"], "", [], "The old bridge is shut"),
    (["Мер закрив старий міст: чому саме"], ["Мер закрив старий міст"], "", [], "Мер закрив старий міст: чому саме"),
    (["Мер: закрив старий міст і пішов"], ["Закрив міст"], "", [], "Мер: закрив старий міст і пішов"),
    # A lone h1 in other words about the same things; an h1 about something else is a department.
    (["Чому закрили старий міст через Вербівку"], ["Міст через Вербівку зачинено"], "Міст через Вербівку зачинено", [],
     "Чому закрили старий міст через Вербівку"),
    (["Our news and views"], ["Old bridge shut for winter"], "Old bridge shut for winter", [],
     "Old bridge shut for winter"),
    # <title> is the blog's name and the headline: the h1 with the blog's name is no headline.
    (["Річкові нотатки"], ["Чому міст закрили"], "Річкові нотатки: Чому міст закрили", [], "Чому міст закрили"),
    (["visti.example"], [], "visti.example Чому міст закрили", [], "visti.example Чому міст закрили"),
    # The h1 and another form agree with each other, word for word.
    (["Ferry tickets – prices by season"], ["Ferry tickets – prices by season"], "", ["Ferrytickets24"],
     "Ferry tickets – prices by season"),
    # An h1 that says what og:title says, before one that only <title> has.
    (["Topics", "The ferry sails again today"], ["The ferry sails again today"], "Topics – Eastbrook", ["Eastbrook"],
     "The ferry sails again today"),
    # Entities escaped twice, templates that were never filled, forms cut off.
    (["Salt &amp; water"], ["Salt &amp; water"], "", [], "Salt & water"),
    ([], ["{{ title }}", "Чому міст закрили"], "", [], "Чому міст закрили"),
    ([], ["Why the old bridge over the", "Why the old bridge over the river is shut"], "", [],
     "Why the old bridge over the river is shut"),
]  # fmt: skip


def test_a_line_of_the_page_separates_the_headline_from_the_site() -> None:
    title = "Дорогу до школи закрили – Вербівський край"
    assert best_title([], [], title, []) == title
    assert best_title([], [], title, [], ["Реклама", "Дорогу до школи закрили"]) == "Дорогу до школи закрили"
    assert best_title([], [], title, [], ["Дорогу до школи"]) == title


@pytest.mark.parametrize(("headings", "stated", "page_title", "site", "expected"), CASES)
def test_the_headline_is_found_and_comes_without_the_site(
    headings: list[str], stated: list[str], page_title: str, site: list[str], expected: str | None
) -> None:
    assert best_title(headings, stated, page_title, site) == expected


@pytest.mark.parametrize(
    ("headings", "stated", "page_title", "above", "expected"),
    [
        (["The mill burns"], [], "The mill burns | River First", ["The mill burns", "River First"], "The mill burns"),
        ([], [], "The mill burns | River First", ["The mill burns", "River First"], "The mill burns"),
        ([], [], "The mill burns : Archive | River", ["River notes", "The mill burns"], "The mill burns"),
        (["The mill burns down"], [], "The mill burns down | News", ["News"], "The mill burns down"),
        (["Weather, traffic"], ["Fire at the old mill"], "Fire at the old mill | Eastbrook now", ["Eastbrook now"],
         "Fire at the old mill"),
        (["Welcome to us"], [], "Inn at the ford", ["Welcome to us"], "Welcome to us"),
        (["Welcome to us"], [], "Inn at the ford", [], "Inn at the ford"),
        ([], [], "Union of ferrymen", ["The ferry sails again"], "The ferry sails again"),
        ([], [], "Union of ferrymen", ["News"], "Union of ferrymen"),
    ],
)  # fmt: skip
def test_a_heading_above_the_text_is_the_headline_where_title_is_the_sites(
    headings: list[str], stated: list[str], page_title: str, above: list[str], expected: str
) -> None:
    assert best_title(headings, stated, page_title, [], [], above) == expected


def test_a_heading_above_the_text_is_a_subtitle_where_the_page_shows_its_title() -> None:
    shown = ["Union of ferrymen"]
    assert best_title([], [], "Union of ferrymen", [], shown, ["The ferry sails again"]) == "Union of ferrymen"


@pytest.mark.parametrize(
    ("heading", "right"),
    [
        ("<span>VIDEO</span> The ferry sails again", "The ferry sails again"),
        ("<a>News</a>The ferry sails again <small>updated</small>", "The ferry sails again"),
        ("The <em>Swan</em> sails again at last", "The Swan sails again at last"),
        ("<span>The ferry sails again</span>", "The ferry sails again"),
        ("<span>What we know:</span> The ferry sails", "What we know: The ferry sails"),
        ("<span>What we know: The ferry sails</span> <small>Timetable</small>", "What we know: The ferry sails"),
        ("<span>What we know:</span> <span>The ferry sails</span>", "What we know: The ferry sails"),
    ],
)
def test_a_badge_in_an_h1_is_no_part_of_it(heading: str, right: str) -> None:
    forms = ["The ferry sails again - Eastbrook News", "What we know: The ferry sails"]
    assert without_badge(fromstring(f"<h1>{heading}</h1>"), forms) == right


@pytest.mark.parametrize(
    ("heading", "right"),
    [
        ("<span>Summer week</span>The ferry sails", "The ferry sails"),
        ("<b><small>Summer week</small><br>The ferry sails</b>", "The ferry sails"),
        ("<span>Summer trips</span> The ferry sails", "Summer trips The ferry sails"),
    ],
)
def test_a_line_over_the_headline_in_an_h1_goes_where_title_sets_it_off(heading: str, right: str) -> None:
    forms = ["Summer week | The ferry sails | Eastbrook", "Summer trips The ferry sails"]
    assert without_badge(fromstring(f"<h1>{heading}</h1>"), forms[right != "The ferry sails" :]) == right


@pytest.mark.parametrize(
    ("forms", "right"),
    [
        (["The ferry sails again", "The ferry sails again"], "The ferry sails again"),
        (["The ferry sails again"], "Eastbrook today The ferry sails again"),
    ],
)
def test_words_before_that_only_the_h1_has_go_where_two_forms_agree(forms: list[str], right: str) -> None:
    assert best_title(["Eastbrook today The ferry sails again"], forms, "", ()) == right
