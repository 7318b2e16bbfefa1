from __future__ import annotations

from datetime import datetime

import pytest

from cleaners.document import Metadata
from cleaners.plain_text import read_lines
from support.cleaner_pages import PARAGRAPHS

ENGLISH = (
    "The council passed the budget for next year after a long quarrel that went on almost until morning, members say."
)


def metadata(*lines: str, fetched_at: datetime | None = None) -> Metadata:
    return read_lines("\n".join(lines), fetched_at=fetched_at)[1]


def test_every_line_that_is_not_blank_is_a_block_and_bullets_are_list_items() -> None:
    lines, _ = read_lines("Один\r\n\n \t\n  • Два\n– Три\n●Чотири\x85П'ять")
    assert [(line.index, line.text, line.tag) for line in lines] == [
        (0, "Один", "p"),
        (1, "Два", "li"),
        (2, "– Три", "p"),
        (3, "●Чотири", "p"),
        (4, "П'ять", "p"),
    ]
    assert lines[1].original == "• Два"


@pytest.mark.parametrize(
    ("top", "title"),
    [
        (["Міст закрили на ремонт", "Міст закрили на ремонт"], "Міст закрили на ремонт"),
        (["3 травня 2020", "Міст закрили на ремонт", "Міст закрили на ремонт"], "Міст закрили на ремонт"),
        (["01001, Київ, Україна", "news@example.org", "Міст закрили на ремонт"], "Міст закрили на ремонт"),
        (["Council Closes Old Bridge For Repairs"], "Council Closes Old Bridge For Repairs"),
        (["Old bridge closes for repairs"], None),
        (["Міст закрили на ремонт"], None),
        (["Міст закрили на ремонт"] * 3, None),
        (["Міст за\x07крили на ре\u00adмонт"] * 2, "Міст закрили на ремонт"),
        (["– Council Closes Old Bridge For Repairs –"], None),
        (["The council closed the bridge."], None),
        ([], None),
    ],
)
def test_the_title(top: list[str], title: str | None) -> None:
    assert metadata(*top, *PARAGRAPHS).title == title


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (["24 Nov 2024", "Tuesday 11 March 2014 - 14:31", ENGLISH], "2014-03-11T14:31"),
        (["This Article is From Mar 17, 2014", ENGLISH], "2014-03-17"),
        (["Опубліковано: 10 травня 2018 року", PARAGRAPHS[0]], "2018-05-10"),
        ([PARAGRAPHS[0], "Posted: May 3, 2020"], "2020-05-03"),
        ([PARAGRAPHS[0], "3 травня 2020"], None),
        (["У травні 2020 року почали ремонт", PARAGRAPHS[0]], None),
    ],
)
def test_the_date(lines: list[str], published: str | None) -> None:
    assert metadata(*lines).published == published


def test_a_relative_date_is_read_against_the_time_of_the_visit() -> None:
    found = metadata("Опубліковано: вчора, 14:30", PARAGRAPHS[0], fetched_at=datetime(2024, 5, 2, 9, 0))
    assert (found.published or "")[:10] == "2024-05-01"


@pytest.mark.parametrize(
    ("lines", "authors"),
    [
        ([*PARAGRAPHS, "By BBC"], ("BBC",)),
        (["By Jane Roe and John Doe", *PARAGRAPHS], ("Jane Roe", "John Doe")),
        (["Автор: Олена Гай", *PARAGRAPHS], ("Олена Гай",)),
        ([*PARAGRAPHS, "Copyright 2023. Jane Roe and John Doe. All rights reserved."], ("Jane Roe", "John Doe")),
        ([*PARAGRAPHS, "Jane Roe is a freelance journalist. She is on Twitter @janeroe"], ("Jane Roe",)),
        ([*PARAGRAPHS, "Reprinted with permission from Jane Roe’s newsletter."], ("Jane Roe",)),
        ([*PARAGRAPHS, "Reprinted with permission from Valley Post."], ()),
        ([*PARAGRAPHS, "Jane Roe went home."], ()),
        (list(PARAGRAPHS), ()),
    ],
)
def test_the_authors(lines: list[str], authors: tuple[str, ...]) -> None:
    assert metadata(*lines).authors == authors


@pytest.mark.parametrize(
    ("lines", "agency"),
    [
        ([*PARAGRAPHS, "By BBC"], "BBC"),
        (["By Jane Roe, Reuters", *PARAGRAPHS], "Reuters"),
        ([*PARAGRAPHS, "За матеріалами УНІАН"], "УНІАН"),
        (["KYIV, Oct 12 (AP) — " + ENGLISH, *PARAGRAPHS], "Associated Press"),
        (["Фото: Reuters", *PARAGRAPHS], None),
        ([*PARAGRAPHS, "Мер розповів про це журналістам BBC."], None),
    ],
)
def test_the_agency(lines: list[str], agency: str | None) -> None:
    assert metadata(*lines).agency == agency


@pytest.mark.parametrize("text", ["", " \n\t\n", "\x00", "•", "•\n•", "\n" * 1000])
def test_text_of_nothing_is_a_page_of_nothing_much(text: str) -> None:
    lines, found = read_lines(text)
    assert len(lines) <= 2
    assert found == Metadata()
