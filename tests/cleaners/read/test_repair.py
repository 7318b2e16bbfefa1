"""Repair: damaged text is repaired, correct text stays unchanged."""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import ftfy
import pytest
from ftfy.badness import BADNESS_RE
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Line
from cleaners.read.mojibake import reread
from cleaners.read.repair import (
    _MAY_BE_ACCENTED_MOJIBAKE,
    _MAY_BE_MOJIBAKE,
    CONFIG,
    _encoded,
    _tidied,
    repair,
    repair_text,
)

REPAIRED = [
    ("зруй\u00adно\u00adвано", "зруйновано"),
    ("5\u00a0тисяч\u2009гривень", "5 тисяч гривень"),
    ("Ïðåçèäåíò Óêðà¿íè ï³äïèñàâ çàêîí", "Президент України підписав закон"),
    ("Ð\x9fÑ\x80ÐµÐ·Ð¸Ð´ÐµÐ½Ñ‚", "Президент"),
    ("Ð\xadÐ½ÐµÑ\x80Ð³Ð¸Ñ\x8f", "Энергия"),
    ("и\u0306ого ї", "його ї"),
    ("зру\u200bйновано", "зруйновано"),
    ("\ufeffКиїв\u200b", "Київ"),
    ("\x1b[31mувага\x1b[0m\x07", "увага"),
    ("кінець речення.\u200b", "кінець речення."),
    ("на\u200dш", "наш"),
    ("o\ufb03ce", "office"),
    ("два   пробіли \n тут", "два пробіли тут"),
]

RIGHT = [
    "У п’ятницю, 5 липня, об’єкт здали",
    "обʼєкт і п'ять",
    "«Лапки», “curly” і „німецькі“ — тире…",
    "Café déjà vu, Größe, ÄÖÜ",
    "中文，标点１２３",
    "&lt;b&gt; &amp; — це розмітка",
    "👨\u200d👩\u200d👧",
    "ÉÀÈ ÔÛ",
    "Сообщение о съезде",
    "за́мок і замо́к",
    "شب\u200cها",
    "ภาษา\u200bไทย",
    "»їb",
    "узбережжя \u200b\u200bАзовського моря",
    "так і/\u200bабо ні",
]


@pytest.mark.parametrize(("damaged", "right"), REPAIRED)
def test_damage_is_repaired(damaged: str, right: str) -> None:
    assert repair_text(damaged) == right


@pytest.mark.parametrize("text", RIGHT)
def test_correct_text_stays_unchanged(text: str) -> None:
    assert repair_text(text) == text


@given(
    st.text(alphabet="абвіїєґ’'ʼ «»—-Aab01.,\u00ad\u00a0\u200bÏðÐ\x9fи\u0306éİ¢\n\x07", max_size=60)
    | st.text(max_size=40)
)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = repair_text(text)
    assert repair_text(once) == once


def test_the_text_before_repair_is_kept() -> None:
    assert repair(Line(0, "сло\u00adво")).original == "сло\u00adво"
    assert repair(Line(0, "слово")).original is None


def test_code_keeps_its_indentation() -> None:
    assert repair(Line(0, "    if  x:", tag="pre")).text == "    if  x:"


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0323\u0301", "\u0483\u0300", "\u05b8\u0591"])
def test_runs_of_marks_are_limited_before_they_are_sorted(marks: str) -> None:
    assert len(repair_text("слово а" + marks * 20_000 + " далі")) < 60


@pytest.mark.parametrize("text", ["при\u0301клад", "e\u0323\u0302 và", "Z" + "\u0335" * 30])
def test_marks_of_text_are_kept(text: str) -> None:
    assert repair_text(text) == unicodedata.normalize("NFC", text)


@given(st.text(alphabet="абі’ aA\n\r\x07\x1b\x85\x9f\u2028\ufb01ĳ\ud801\ufeffи\u0306éÐ\x9fÃ©â€™¢", max_size=30))
def test_ftfy_is_passed_over_only_where_it_changes_nothing(text: str) -> None:
    assert _encoded(text) == ftfy.fix_text(reread(text), CONFIG)


def _matched_by(part: tuple[Any, Any], characters: list[str]) -> list[str]:
    """The characters that one part of a pattern matches; nothing for a part that need not match any."""
    if part[0] in (_constants.AT, _constants.MAX_REPEAT):
        return [""]
    one = _compiler.compile(_parser.SubPattern(_parser.State(), [part]))
    return [c for c in characters if one.fullmatch(c)]


@pytest.mark.parametrize("quick", [_MAY_BE_MOJIBAKE, _MAY_BE_ACCENTED_MOJIBAKE])
def test_ftfy_is_asked_of_all_that_it_may_repair(quick: re.Pattern[str]) -> None:
    """Each alternative of ftfy's pattern that is made of characters which are passed over is asked about as a whole."""
    passed_over = [c for c in map(chr, range(0x3000)) if not quick.search(c)]
    [(_, (_, alternatives))] = _parser.parse(BADNESS_RE.pattern, BADNESS_RE.flags & ~re.UNICODE)
    for alternative in alternatives:
        parts = [_matched_by(part, passed_over) for part in alternative]
        if all(parts):
            assert all(quick.search("".join(made)) for made in product(*parts))


@pytest.mark.parametrize("preformatted", [False, True])
def test_text_that_looks_tidy_is_tidy(preformatted: bool) -> None:
    for character in map(chr, (*range(0x3100), *range(0xFE00, 0x10000))):
        text = f"до{character}ми"
        looked_at = _tidied(f"{text}  і", preformatted)  # two spaces, so that each step is done
        assert looked_at.startswith(_tidied(text, preformatted)), text
