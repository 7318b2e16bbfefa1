"""Repair: damaged text is repaired, correct text stays unchanged."""

from __future__ import annotations

import unicodedata

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Line
from cleaners.read.mojibake import reread
from cleaners.read.repair import CONFIG, _encoded, repair, repair_text

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
