"""A dropped span is lost only where gold wants more of it than the page keeps."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.rules import Span, half, judged, site, table
from cleaners import clean_text
from cleaners.document import Document

ARTICLE = (
    "Міська рада ухвалила бюджет на наступний рік після довгої суперечки, яка тривала майже до ранку, кажуть депутати.",
    "Найбільше грошей піде на ремонт мосту через річку, а решту поділять між лікарнею, школами та новим водогоном.",
    "Мер пообіцяв звітувати щомісяця й запросив мешканців на громадські слухання, які відбудуться в середу ввечері.",
)
PROMPT = "Підписуйтесь на наш Telegram-канал, щоб не пропустити важливе"


def cleaned(*lines: str) -> Document:
    return clean_text("\n".join(lines))


def gold(*texts: str, **more: Any) -> dict[str, Any]:
    return {"id": "x", "paragraphs": [{"text": text} for text in texts], **more}


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        (gold(*ARTICLE), "right"),
        (gold(*ARTICLE, PROMPT), "lost"),
        (gold(*ARTICLE, optional=[{"text": PROMPT}]), "uncounted"),
        ({"id": "x", "body": " ".join((*ARTICLE, PROMPT))}, "lost"),
        ({"id": "x", "with": ["щоб не пропустити важливе"], "without": []}, "lost"),
        ({"id": "x", "with": [], "without": [PROMPT[:30]]}, "right"),
        ({"id": "x", "with": [], "without": []}, "uncounted"),
    ],
)
def test_gold_says_whether_a_drop_is_right(wanted: dict[str, Any], verdict: str) -> None:
    assert [said for _, text, said in judged(wanted, cleaned(*ARTICLE, PROMPT)) if text == PROMPT] == [verdict]


@pytest.mark.parametrize(("wanted", "verdict"), [(ARTICLE, "repeat"), ((*ARTICLE, *ARTICLE), "lost")])
def test_a_copy_is_lost_only_where_gold_has_it_twice(wanted: tuple[str, ...], verdict: str) -> None:
    said = [verdict for rule, _, verdict in judged(gold(*wanted), cleaned(*ARTICLE, *ARTICLE)) if "repeat." in rule]
    assert said == [verdict] * 3


def test_the_table_begins_with_the_rules_that_lose_most() -> None:
    spans = [Span("ru", "1", "a", "два слова", "lost"), Span("en", "2", "b", "три слова тут", "lost")]
    assert [row.split(" | ")[0] for row in table(spans)][2:] == ["| all", "| b", "| a"]


def test_pages_of_a_site_are_in_one_half() -> None:
    pages = [{"id": f"2012_www.river.example_{n}", "url": None} for n in range(5)]
    assert {site(page) for page in pages} == {"river.example"}
    assert len({half(page) for page in pages}) == 1
