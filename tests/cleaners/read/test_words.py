"""Words in scripts with spaces and without."""

from __future__ import annotations

import pytest

from cleaners.read.words import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The mil\u00adler’s wheel, 1912", ["the", "miller", "s", "wheel", "1912"]),
        ("Млин зупинився", ["млин", "зупинився"]),
        ("水車は止まった。", ["水車", "は止", "まっ", "た"]),
        ("NHKの水車", ["nhk", "の水", "車"]),
        ("방앗간이 멈췄다", ["방앗간이", "멈췄다"]),
    ],
)
def test_words_are_told_by_spaces_or_else_by_pairs_of_letters(text: str, found: list[str]) -> None:
    assert words(text) == found
