"""What is suggested for a name that is not known."""

from __future__ import annotations

import pytest

from flows.common.nearest import did_you_mean, nearest

KNOWN = ["uk.subscribe", "en.subscribe", "uk.byline", "uk.byline", "title"]


@pytest.mark.parametrize(
    ("wanted", "number", "found"),
    [
        ("subscribe", 5, ["uk.subscribe", "en.subscribe"]),
        ("subscribe", 1, ["uk.subscribe"]),
        ("uk.", 5, ["uk.subscribe", "uk.byline"]),
        ("uk.bylnie", 1, ["uk.byline"]),
        ("zzz", 5, []),
        ("", 5, []),
    ],
)
def test_those_that_hold_it_else_those_that_are_spelt_like_it(wanted: str, number: int, found: list[str]) -> None:
    assert nearest(wanted, KNOWN, number) == found


@pytest.mark.parametrize(("word", "said"), [("uk.bylnie", "did you mean 'uk.byline'?"), ("zzz", ""), ("", "")])
def test_the_nearest_is_asked_for(word: str, said: str) -> None:
    assert did_you_mean(word, KNOWN) == said
