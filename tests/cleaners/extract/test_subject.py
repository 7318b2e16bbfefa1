"""What a page is about, and which of its blocks speak of it."""

from __future__ import annotations

import numpy as np
import pytest
from lxml.html import fromstring

from cleaners.extract.page_layout import page_layout
from cleaners.extract.subject import SHARED_FEATURES, SUBJECT_FEATURES, shared_columns, subject_columns, subject_of
from cleaners.read.blocks import Blocks, read_blocks

HEADLINE = "Willowford opens its lighthouse"
SUMMARY = "The old lighthouse of Willowford opens for visitors in spring, says its keeper Mabel Osk."
OWN = [
    "The lighthouse of Willowford will open for visitors in spring, as its keeper Mabel Osk says.",
    "Its stairs were mended, its lantern was polished, and a railing now runs around the gallery.",
    "The keeper expects forty visitors on every weekend, and none of them may touch the lantern.",
    "A railing and mended stairs were what the harbour office had asked for before anybody climbs.",
]
OTHER = "Bakers of the valley have agreed on a price for rye bread, which rises by two coins."


def columns(texts: list[str], headline: str = HEADLINE, summary: str = SUMMARY) -> dict[str, list[float]]:
    page: Blocks = read_blocks(fromstring(f"<html><body>{''.join(f'<p>{t}</p>' for t in texts)}</body></html>"))
    layout = page_layout(page)
    names = (*SUBJECT_FEATURES, *SHARED_FEATURES)
    got = subject_columns(page, layout, subject_of(headline, summary), summary)
    got += shared_columns(page, layout, layout.is_prose)
    assert len(got) == len(names)
    assert all(len(column) == len(page) and np.isfinite(column).all() for column in got)
    return dict(zip(names, (column.tolist() for column in got), strict=True))


@pytest.mark.parametrize("feature", ["subject", "shared", "summary"])
def test_text_of_another_subject_has_a_lower_share_than_the_articles_own(feature: str) -> None:
    *own, other = columns([*OWN, OTHER])[feature]
    assert own[0] > other
    assert min(own) >= other


def test_forms_of_a_word_are_one_word() -> None:
    assert subject_of("Бібліотека", "бібліотеки у бібліотеці") == {"біблі"}


def test_the_words_since_the_last_sentence_of_the_subject_grow() -> None:
    got = columns([OWN[0], OTHER, OTHER, OTHER])
    assert got["since_subject"][1:3] == [0, 17]
    assert got["until_subject"][1] == 3000, "nothing of the subject follows"


def test_the_beginning_of_the_choice_is_told_from_what_shares_its_words() -> None:
    got = columns([*OWN * 4, OTHER])["shared_lead"]
    assert got[0] == 2
    assert 0 <= got[-1] < 0.2 < got[-2] <= 1


@pytest.mark.parametrize(
    ("headline", "summary", "feature", "value"),
    [("", "", "subject", -1), (HEADLINE, "", "summary", -1), (HEADLINE, "", "since_summary", -5000)],
)
def test_what_a_page_does_not_say_is_marked_as_unknown(headline: str, summary: str, feature: str, value: float) -> None:
    assert columns([*OWN, OTHER], headline, summary)[feature] == [value] * 5


def test_a_summary_that_stands_nowhere_on_the_page_has_no_place() -> None:
    got = columns([OTHER, OTHER], summary="Nobody has ever seen the lake behind the seventh hill of the kingdom.")
    assert got["since_summary"] == [-4000] * 2


def test_labels_have_no_share() -> None:
    assert columns([*OWN, "News"])["shared"][-1] == -1
