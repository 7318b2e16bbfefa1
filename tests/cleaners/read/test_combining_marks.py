"""Combining marks: runs of more than 30 are cut to 30, whatever stands around them."""

from __future__ import annotations

import pytest

from cleaners.read.combining_marks import limit_marks

MARKS = "\u0301\u0323"


@pytest.mark.parametrize("before", range(0, 64, 7))
@pytest.mark.parametrize("marks", [30, 31, 32, 61, 62, 300])
def test_a_run_is_cut_wherever_it_stands(before: int, marks: int) -> None:
    run = (MARKS * marks)[:marks]
    text = "а" * before + run + "«слово» — " * 5 + run
    assert limit_marks(text) == "а" * before + run[:30] + "«слово» — " * 5 + run[:30]


@pytest.mark.parametrize("text", ["—" * 100, "за́мок і замо́к", "«—»" * 40 + MARKS * 15, "", "a" * 100])
def test_other_signs_and_few_marks_stay(text: str) -> None:
    assert limit_marks(text) == text
