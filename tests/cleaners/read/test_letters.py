"""Letters are counted in any script, whatever is known of the text before."""

from __future__ import annotations

import pytest

from cleaners.read.letters import count_letters


@pytest.mark.parametrize(
    "text", ["", "42 + 1", "Old Mill, 1914.", "Міст через ріку — 2 км", "中文 ½ ² Ⅷ ª", "за́мок", "й" * 6_000, "\x00_a"]
)
def test_letters_are_what_python_calls_so(text: str) -> None:
    assert [count_letters(text) for _ in range(2)] == [sum(map(str.isalpha, text))] * 2
