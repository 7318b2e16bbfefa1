from __future__ import annotations

import pytest

from cleaners.errors import PageError
from flows.common.errors import page_reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PageError("holds\n no text"), "holds no text"),
        (KeyError(), "KeyError"),
        (ValueError("no codec '\x1b[2Jкирилиця\u202e'"), "ValueError: no codec ' [2Jкирилиця '"),
        (ValueError("x" * 300), "ValueError: " + "x" * 199 + "…"),
    ],
)
def test_a_reason_is_one_line_that_acts_on_no_terminal(error: Exception, reason: str) -> None:
    assert page_reason(error) == reason
