from __future__ import annotations

import re
from dataclasses import replace

from cleaners import clean_text, judge
from cleaners.document import Fragment, LeftOut, Line, Metadata
from cleaners.explain import WIDTH, explain
from support.cleaner_pages import PARAGRAPHS, page

TEXT = "\n".join(
    (
        "3 травня 2020",
        "Міст закрили на ремонт",
        "Міст закрили на ремонт",
        *PARAGRAPHS,
        "Дощ ущух. Читайте також: Погода на завтра. Вітер слабшає.",
        "Автор: Олена Гай",
    )
)


def test_it_shows_every_line_with_its_verdict_and_its_reason() -> None:
    shown = explain(clean_text(TEXT, id="bridge"), color=False)
    for expected in (
        "  Міст закрили на ремонт\n",
        "  id: bridge\n",
        "  authors: Олена Гай\n",
        "  published: 2020-05-03\n",
        "x 3 травня 2020\n    timestamp · timestamp.line · ",
        "x Міст закрили на ремонт\n    title · title.repeated · ",
        "~ Дощ ущух. [-Читайте також: Погода на завтра.-] Вітер слабшає.\n    related · uk.also-read.inside · ",
        "x Автор: Олена Гай\n    byline · uk.byline.label · ",
        "  8 lines: 3 kept, 1 cut, 4 dropped\n",
    ):
        assert expected in shown
    assert PARAGRAPHS[0].split()[0] in shown


def test_colour_adds_nothing_but_colour() -> None:
    document = clean_text(TEXT)
    coloured = explain(document, color=True)
    assert "\x1b[9;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == explain(document, color=False)


def test_rows_fit_their_width() -> None:
    assert max(map(len, explain(clean_text(TEXT), color=False).splitlines())) <= WIDTH + 4


def test_fragments_in_another_language_are_named() -> None:
    fragments = (Fragment(0, 10, "uk"), Fragment(10, 34, "en"))
    mixed = Line(1, "Мер каже: the bridge is closed today", language="uk", fragments=fragments)
    foreign = Line(2, "The bridge is closed.", language="en", fragments=(Fragment(0, 21, "en"),))
    own = Line(0, PARAGRAPHS[0], language="uk", fragments=(Fragment(0, len(PARAGRAPHS[0]), "uk"),))
    shown = explain(judge(page(own, mixed, foreign)), color=False)
    assert "    in en: “the bridge is closed tod”\n" in shown
    assert "    in en\n" in shown


def test_a_hostile_page_cannot_control_the_terminal() -> None:
    made = page("Рядок \x1b[2J\x07 і \u202eнавпаки", metadata=Metadata(title="\x1b]0;x\x07"))
    shown = explain(judge(made), color=False)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", shown)


def test_what_is_not_in_the_body_is_shown_with_its_stage_once_for_a_run() -> None:
    outside = tuple(LeftOut(Line(n, text), "not_chosen") for n, text in ((0, "Погода"), (2, "Інше"), (3, "Ще одне")))
    own = Line(1, PARAGRAPHS[0], language="uk", fragments=(Fragment(0, len(PARAGRAPHS[0]), "uk"),))
    shown = explain(judge(replace(page(own), left_out=outside)), color=False)
    assert "- Погода\n    not in the body · body.not_chosen\n" in shown
    assert "- Інше\n- Ще одне\n    not in the body · body.not_chosen\n" in shown
    assert "1 lines: 1 kept, 0 cut, 0 dropped; 3 blocks not in the body\n" in shown


def test_an_empty_page_is_explained_too() -> None:
    assert "0 lines" in explain(clean_text(""), color=False)
