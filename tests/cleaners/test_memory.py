from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from cleaners.document import Line, Page
from cleaners.memory import SiteMemory, key, prefix
from cleaners.rules.remembered import remembered
from tests.cleaners.pages import dropped, page

STORIES = [
    f"У місті номер {word} сьогодні відкрили новий міст, і мер особисто перерізав стрічку перед сотнями мешканців."
    for word in ("один", "два", "три", "чотири", "п'ять", "шість", "сім", "вісім")
]
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


def test_the_order_of_the_pages_and_of_merging_does_not_matter() -> None:
    pages = source()
    whole = SiteMemory.of(pages)
    assert SiteMemory.of(reversed(pages)) == whole
    assert SiteMemory.of(pages[:3]).merged(SiteMemory.of(pages[3:])) == whole
    assert SiteMemory.of(pages[3:]).merged(SiteMemory.of(pages[:3])) == whole
    assert SiteMemory.of([]).merged(whole) == whole


def test_it_survives_pickling() -> None:
    memory = SiteMemory.of(source())
    assert pickle.loads(pickle.dumps(memory)) == memory


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
