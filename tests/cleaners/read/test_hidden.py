"""What hides or turns text is shown by a sign, and what writing needs stays."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from cleaners.read.hidden import reveal

_WRITING = set("\xad\u200c\u200d\t\n")
_SELECTORS = {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}


@pytest.mark.parametrize(
    "hides",
    [
        "\x1b",
        "\x00",
        "\x7f",
        "\x9b",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u3164",
        "\u115f",
        "\u2800",
        "\U000e0041",
    ],
)
def test_each_gives_a_sign(hides: str) -> None:
    assert reveal(f"а{hides}б{hides}{hides}", "?") == "а?б??"


@pytest.mark.parametrize(
    "text",
    [
        "Сьо\xadгод\xadні",
        "می\u200cخواهم",
        "родина 👨\u200d👩\u200d👧 і серце ❤\ufe0f",
        "葛\U000e0100",
        "збірна 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f виграла",
        "100\u202f000\xa0грн",
        "рядок\tдругий\nтретій",
        "",
    ],
)
def test_what_writing_needs_stays(text: str) -> None:
    assert reveal(text, "?") == text


def test_a_flag_without_its_end_hides_text() -> None:
    assert reveal("🏴\U000e0067\U000e0062 і далі", "?") == "🏴?? і далі"


def test_all_controls_and_marks_of_direction_are_found() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        hides = unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in (
            *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"),
        )
        if hides and character not in _WRITING:
            assert reveal(character, "") == "", hex(ord(character))
        if unicodedata.category(character)[0] in "LMNPS" and character not in _SELECTORS:
            blank = character in "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
            assert (reveal(character, "") == "") == blank, hex(ord(character))
