from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Line, Page
from cleaners.rules.remembered import remembered
from cleaners.rules.site_memory import PAGE_LINES, Marks, SiteMemory, key, prefix
from support.cleaner_pages import dropped, page

STORIES = [
    f"У місті номер {word} сьогодні відкрили новий міст, і мер особисто перерізав стрічку перед сотнями мешканців."
    for word in ("один", "два", "три", "чотири", "п'ять", "шість", "сім", "вісім")
]
FIRST_DAY = date(2026, 3, 1)
CHROME = "Наш Вісник — голос громади"


def source(*extra: str) -> list[Page]:
    """Eight pages of a source, each with its story, a line of chrome, a teaser and `extra`."""
    return [page(story, CHROME, f"До речі: {story.split()[3]} мостів", *extra) for story in STORIES]


def judged(made: Page, memory: SiteMemory) -> list[str]:
    made = replace(made, memory=memory)
    return dropped(made, remembered(made))


def test_chrome_and_teasers_go_and_stories_stay() -> None:
    pages = source()
    memory = SiteMemory.of(pages)
    assert judged(pages[0], memory) == [CHROME, "До речі: один мостів"]


def test_it_says_on_how_many_pages_it_has_seen_a_line() -> None:
    made = replace(source()[0], memory=SiteMemory.of(source()))
    assert [d.evidence for d in remembered(made)] == ["seen on 8 of 8 pages", "its beginning was seen on 8 of 8 pages"]


def test_four_pages_are_too_few() -> None:
    pages = source()[:4]
    assert judged(pages[0], SiteMemory.of(pages)) == []


def test_without_memory_nothing_goes() -> None:
    assert list(remembered(source()[0])) == []


def test_a_line_that_stands_often_on_one_page_was_seen_once() -> None:
    pages = [page(story) for story in STORIES]
    refrain = page(*["Приспів"] * 9, STORIES[0])
    assert judged(refrain, SiteMemory.of([*pages, refrain])) == []


@pytest.mark.parametrize(
    ("line", "pages", "goes"),
    [
        (Line(1, "Він подякував."), 3, False),
        (Line(1, "Він подякував."), 6, True),
        (Line(1, "Голос громади"), 3, True),
        (Line(1, "Що відомо", "h2"), 4, False),
        (Line(1, "Що відомо", "h2"), 7, True),
    ],
    ids=["short sentence, 3 pages", "short sentence, 6 pages", "label", "sub-heading", "heading of nearly all"],
)
def test_what_may_be_ordinary_must_be_seen_more_often(line: Line, pages: int, goes: bool) -> None:
    made = [page(story, line) if n < pages else page(story) for n, story in enumerate(STORIES)]
    assert bool(judged(made[0], SiteMemory.of(made))) is goes


def test_a_story_that_ran_in_several_articles_stays() -> None:
    wire = STORIES[:4]
    pages = [page(*wire, f"Від редакції: {story}") for story in STORIES[:6]]
    assert judged(pages[0], SiteMemory.of(pages)) == []


def test_a_dateline_is_no_label() -> None:
    pages = [page(f"Київ: {story}") for story in STORIES]
    assert judged(pages[0], SiteMemory.of(pages)) == []


TEXTS = st.lists(st.sampled_from([CHROME, "До речі: мости", "Він подякував.", *STORIES[:3]]), max_size=4)


@given(st.lists(st.tuples(st.integers(0, 5), TEXTS), max_size=30), st.randoms())
def test_the_order_of_the_pages_does_not_matter(pages: list[tuple[int, list[str]]], random: Random) -> None:
    shuffled = random.sample(pages, len(pages))
    assert SiteMemory.of(page(*texts) for _, texts in shuffled) == SiteMemory.of(page(*texts) for _, texts in pages)
    assert remembered_by_day(shuffled) == remembered_by_day(pages)


def remembered_by_day(pages: list[tuple[int, list[str]]]) -> SiteMemory:
    """The memory of pages, each with the number of its day."""
    days: dict[date, list[Marks]] = {}
    for number, texts in pages:
        days.setdefault(FIRST_DAY + timedelta(days=number), []).append(Marks.of(texts))
    return SiteMemory.of_days(days)


@pytest.mark.parametrize("memory", [SiteMemory.of(source()), remembered_by_day([(n, [CHROME]) for n in range(8)])])
def test_it_survives_pickling_and_json(memory: SiteMemory) -> None:
    assert pickle.loads(pickle.dumps(memory)) == memory
    assert SiteMemory.from_json(memory.to_json()) == memory


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pages": 1, "since": 5, "lines": {}, "prefixes": {}}', "null"])
def test_what_is_no_memory_is_said(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        SiteMemory.from_json(text)


@pytest.mark.parametrize(
    ("line", "days", "goes"),
    [
        (Line(0, CHROME), 2, False),
        (Line(0, CHROME), 3, True),
        (Line(0, "До речі: мости громади"), 2, False),
        (Line(0, "До речі: мости громади"), 3, True),
        (Line(0, "Він подякував."), 4, False),
        (Line(0, "Він подякував."), 5, True),
        (Line(0, STORIES[0]), 4, False),
        (Line(0, STORIES[0]), 5, True),
        (Line(0, "Що відомо", "h2"), 4, False),
        (Line(0, "Що відомо", "h2"), 5, True),
    ],
    ids=lambda value: value.text[:12] if isinstance(value, Line) else None,
)
def test_where_days_are_known_a_story_of_a_few_days_stays(line: Line, days: int, goes: bool) -> None:
    pages = [(number, [line.text]) for number in range(days) for _ in range(20)]
    assert (remembered_by_day(pages).seen(line) is not None) is goes


def test_it_says_since_when() -> None:
    memory = remembered_by_day([(n, [CHROME, "До речі: міст"] if n else []) for n in range(8)])
    assert [seen.evidence for text in (CHROME, "До речі: сад") if (seen := memory.seen(Line(0, text)))] == [
        "seen on 7 of 8 pages since 2026-03-01",
        "its beginning was seen on 7 of 8 pages since 2026-03-01",
    ]


def test_a_page_of_a_million_lines_costs_no_more_than_a_long_one() -> None:
    assert len(Marks.of(f"рядок {chr(0x4E00 + n % 20000)}{n // 20000}" for n in range(1_000_000)).lines) == PAGE_LINES
    assert len(Marks.of(["я" * 10**6]).lines) == 0


def test_any_text_can_be_remembered() -> None:
    assert len(Marks.of(["\ud800 половина", "\x00", ""]).lines) == 3


def test_on_many_pages_a_small_share_is_enough() -> None:
    words = [chr(1072 + n % 30) * (n // 30 + 1) for n in range(200)]
    pages = [page(word) for word in words[:190]] + [page(word, CHROME) for word in words[190:]]
    assert judged(pages[-1], SiteMemory.of(pages)) == [CHROME]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Читайте також: Ціни", "читайте також"),
        ("Washington: The vote", "washington"),
        ("О 12:30 почався дощ", "о #"),
        ("12:30", None),
        ("Читайте також:", None),
        ("Це дуже довге речення має двокрапку: ось", None),
        ("", None),
    ],
)
def test_labels(text: str, label: str | None) -> None:
    assert prefix(text) == label


def test_numbers_are_one_in_the_key_of_a_line() -> None:
    assert key("125 переглядів") == key("7  Переглядів")
