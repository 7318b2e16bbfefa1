"""The scorer tells good from bad, and counts nothing that is not stated."""

from __future__ import annotations

from typing import Any

import pytest

from flows.gold.scoring import FIGURES, Score, number, score, summary

FIRST = {"text": "The bridge over the mill stream is open.", "language": "en"}
SECOND = {"text": "Carts may cross it from dawn until the lamps are lit.", "language": "en"}
THIRD = {"text": "Міст тримається на восьми дубових палях, і всі вони нові.", "language": "uk"}
NOISE = {"text": "Read more: all our stories about bridges", "category": "related", "language": "en"}
SHORT_NOISE = {"text": "Share", "category": "share", "language": "en"}
CELL = {"text": "Opening hours from 6:40 until 21:15", "reason": "table cell"}


def page(*paragraphs: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "title": "A bridge opens",
        "authors": ["Ann Poole"],
        "published": "2024-03-01T10:00",
        "paragraphs": list(paragraphs),
        "dropped": [NOISE, SHORT_NOISE],
        "optional": [CELL],
        **changes,
    }


GOLD = page(FIRST, SECOND, THIRD)


def as_text(*paragraphs: dict[str, str]) -> str:
    return " ".join(p["text"] for p in paragraphs)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (GOLD, {"precision": 1, "recall": 1, "f1": 1, "exact": True, "order": 1, "left": (), "lost": ()}),
        (GOLD, {"language": 1, "title": True, "authors": True, "published": True}),
        (page(), {"precision": 0, "recall": 0, "f1": 0, "exact": False, "order": 1, "language": 1}),
        (page(), {"lost": (FIRST["text"], SECOND["text"], THIRD["text"])}),
        (page(FIRST, SECOND), {"precision": 1, "exact": False, "lost": (THIRD["text"],)}),
        (page(THIRD, FIRST, SECOND), {"exact": False, "order": 2 / 3, "lost": ()}),
        (page(FIRST, SECOND, THIRD, FIRST), {"exact": False, "order": 1, "recall": 1}),
        (page(FIRST, SECOND, THIRD, NOISE), {"recall": 1, "exact": False, "left": (NOISE["text"],)}),
        (page(FIRST, SECOND, THIRD, SHORT_NOISE), {"left": (SHORT_NOISE["text"],)}),
        # Inside another line only a noise line that is long enough to tell is known again.
        (page({"text": as_text(FIRST, NOISE), "language": "en"}), {"left": (NOISE["text"],)}),
        (page({"text": as_text(FIRST, SHORT_NOISE), "language": "en"}), {"left": ()}),
        (page(FIRST, SECOND, {**CELL, "language": "en"}, THIRD), {"precision": 1, "exact": True}),
        (page(FIRST, {**SECOND, "text": SECOND["text"].upper() + "  "}, THIRD), {"exact": True}),
        (page(FIRST, SECOND, {**THIRD, "language": "ru"}), {"exact": True, "languages": (93, 150)}),
        (page(title=None, authors=[], published=None), {"title": False, "authors": False, "published": False}),
        (page(published="2024-03-01"), {"published": True}),
        (page(authors=["Ann Poole", "Ben Ray"]), {"authors": False}),
    ],
)
def test_the_scorer_tells_good_from_bad(document: dict[str, Any], expected: dict[str, Any]) -> None:
    got = score(GOLD, document)
    assert {name: getattr(got, name) for name in expected} == expected


def flat(*paragraphs: dict[str, str]) -> Score:
    gold = {name: value for name, value in GOLD.items() if name != "paragraphs"}
    return score({**gold, "body": as_text(FIRST, CELL, SECOND), "language": "en"}, page(*paragraphs))


def test_paragraphs_of_a_flat_text_are_not_scored() -> None:
    assert flat(FIRST, SECOND).exact
    assert flat({"text": as_text(FIRST, CELL, SECOND), "language": "en"}).exact
    assert flat(FIRST, SECOND).languages == (0, 0)


def test_short_noise_counts_inside_a_flat_text() -> None:
    assert flat({"text": as_text(FIRST, SHORT_NOISE, SECOND), "language": "en"}).left == (SHORT_NOISE["text"],)


def test_nothing_is_expected_of_an_empty_page() -> None:
    nothing = page(title=None, authors=[], published=None)
    assert score(nothing, nothing).precision == 1
    assert score(nothing, GOLD).precision == 0
    assert score(nothing, GOLD).title is None


def test_shares_of_lines_are_taken_over_the_set_and_the_others_are_means_of_pages() -> None:
    small = page(FIRST, dropped=[], title=None)
    found = summary([score(GOLD, page(FIRST, SECOND, THIRD, NOISE)), score(small, page())])
    assert list(found) == list(FIGURES)
    assert found["noise_left"] == 1 / 2
    assert found["text_lost"] == 1 / 4
    assert found["recall"] == 1 / 2
    assert found["title"] == 1
    assert summary([score(small, small)])["title"] is None


@pytest.mark.parametrize(("value", "said"), [(1, "1"), (0, "0"), (0.99999, ".999"), (0.9724, ".972"), (0.0001, ".000")])
def test_only_a_perfect_figure_is_called_one(value: float, said: str) -> None:
    assert number(value) == said
