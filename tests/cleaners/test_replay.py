"""Judging by what was recorded gives the answer of judging anew, whichever cleaner has changed, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaners.judgement
import cleaners.replay
from cleaners.document import Cut, Drop, Page
from cleaners.judgement import judge
from cleaners.pipeline import read_html
from cleaners.replay import same_verdicts, texts_on_the_way
from cleaners.rules.loss_guard import GUARDED
from cleaners.rules.registry import CLEANERS
from support.cleaner_pages import PARAGRAPHS, line, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cleaners.document import Cleaner, Document

LEFTOVERS = (
    *(
        "Читайте також: Як доглядати за старими книжками",
        "Фото: Олена Гай",
        "Підписуйтесь на наш Telegram.",
        "Поширити",
    ),
    *("Найбільше грошей піде на ремонт мосту через річку, а решту. Читайте також: Як росте сад", "…", "By Jane Roe"),
    *("12 травня 2026, 10:30", "Copyright 2020. Jane Roe. All rights reserved.", PARAGRAPHS[0], "Автор: Олена Гай"),
)
texts = st.lists(st.sampled_from((*PARAGRAPHS, *LEFTOVERS)), min_size=1, max_size=10)
words = st.sampled_from(("річку", "Читайте", "Telegram", "Олена", "бюджет", "немає"))
places = st.integers(0, len(CLEANERS) - 1)
changes = st.sampled_from(("drops more", "drops less", "says otherwise", "the same"))


def recorded(document: Document) -> dict[int, tuple[Cut, ...]]:
    return {entry.line.index: entry.cuts for entry in document.ledger if entry.cuts}


def altered(cleaner: Cleaner, how: str, word: str) -> Cleaner:
    """A cleaner that has changed for the lines with this word."""

    def changed(page: Page) -> Iterator[Drop]:
        hit = {line.index for line in page.lines if word in line.text}
        for drop in cleaner(page):
            if how == "drops less" and drop.index in hit:
                continue
            evidence = "seen" if how == "says otherwise" and drop.index in hit else drop.evidence
            yield Drop(drop.index, drop.category, drop.rule, evidence, drop.start, drop.end)
        if how == "drops more":
            yield from (Drop(index, "chrome", "test.word", word) for index in sorted(hit))

    return changed


def differs(page: Page, place: int, how: str, word: str) -> tuple[bool, bool]:
    """Whether the verdicts are said to be the same, and whether they are."""
    before = judge(page)
    now = (*CLEANERS[:place], altered(CLEANERS[place], how, word), *CLEANERS[place + 1 :])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaners.judgement, "CLEANERS", now)
        patch.setattr(cleaners.replay, "CLEANERS", now)
        return same_verdicts(page, recorded(before), {place}), judge(page).ledger == before.ledger


@settings(max_examples=60, deadline=None)
@given(texts, places, changes, words)
def test_what_is_said_to_be_judged_the_same_is(lines: list[str], place: int, how: str, word: str) -> None:
    read = page(*lines)
    said, true = differs(read, place, how, word)
    guarded = any(flag.startswith(GUARDED) for flag in judge(read).flags)
    assert said == true or (guarded and not said)


@pytest.mark.parametrize(("how", "same"), [("drops more", False), ("says otherwise", False), ("the same", True)])
def test_a_change_of_the_first_cleaner_is_seen(how: str, same: bool) -> None:
    read = page(*PARAGRAPHS, "…", line(9, "… бюджет"))
    assert differs(read, 0, how, "…") == (same, same)


def test_all_cleaners_give_again_what_they_gave_on_a_page_of_html() -> None:
    body = "".join(f"<p>{text}</p>" for text in (*PARAGRAPHS, *LEFTOVERS, *PARAGRAPHS[:2]))
    read = read_html(f"<html lang=uk><body><article><h1>Бюджет міста</h1>{body}")
    document = judge(read)
    assert recorded(document)
    assert same_verdicts(read, recorded(document), range(len(CLEANERS)))


@pytest.mark.parametrize(
    "break_it",
    [
        lambda cut: Cut(cut.start, cut.end, cut.category, cut.rule, cut.evidence),
        lambda cut: Cut(cut.start, cut.end - 1, cut.category, cut.rule, cut.evidence, cut.step),
        lambda cut: Cut(cut.start, cut.end, cut.category, "other.rule", cut.evidence, cut.step),
    ],
)
def test_cuts_that_no_cleaner_made_are_not_the_same(break_it: Callable[[Cut], Cut]) -> None:
    read = page(*PARAGRAPHS, LEFTOVERS[0])
    cuts: dict[int, Any] = {index: tuple(map(break_it, some)) for index, some in recorded(judge(read)).items()}
    assert not same_verdicts(read, cuts, range(len(CLEANERS)))


def test_texts_on_the_way_are_those_that_each_step_left() -> None:
    cuts = [Cut(0, 2, "share", "a", "", 5), Cut(4, 6, "share", "b", "", 3)]
    assert texts_on_the_way("абвгде", cuts) == ["абвгде", "абвг", "вг"]
    assert texts_on_the_way("абв", []) == ["абв"]
