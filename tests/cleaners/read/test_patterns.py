"""Patterns of other people: found anywhere, and never slow."""

from __future__ import annotations

import pytest

from cleaners.read.patterns import matcher


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("/news/[0-9]+", "https://example.org/news/12", True),
        ("/news/[0-9]+", "https://example.org/news/", False),
        ("^https://example[.]org/$", "https://example.org/a", False),
        ("(?i)/NEWS/", "https://example.org/news/", True),
        ("(a|a)*(a|aa)+$", "a" * 200_000 + "b", False),  # hangs where patterns are tried by going back
    ],
)
def test_patterns_are_found_anywhere_and_in_linear_time(pattern: str, text: str, found: bool) -> None:
    assert matcher(pattern)(text) is found
