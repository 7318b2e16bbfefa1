"""Look-alike letters: repaired where the word proves its script, left alone everywhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.read.homoglyphs import repair_homoglyphs


@pytest.mark.parametrize(
    ("broken", "repaired"),
    [
        ("Укрaїнa", "Україна"),
        ("пpeзидeнт", "президент"),
        ("мicтo", "місто"),
        ("Xрест", "Хрест"),
        ("Украïна", "Україна"),  # Latin ï
        ("хліб i сіль", "хліб і сіль"),  # the conjunction on a Latin keyboard
        ("\u0441ountry", "country"),
        ("\u0420resident", "President"),
        ("\u0421OVID-19", "COVID-19"),
        ("\u0412MW", "BMW"),
        ("нaукoво-технiчний", "науково-технічний"),
    ],
)
def test_look_alike_letters_are_repaired(broken: str, repaired: str) -> None:
    assert repair_homoglyphs(broken) == repaired


@pytest.mark.parametrize(
    "text",
    [
        "IT-компанія",
        "5G-мережа",
        "Wi-Fi у парку",
        "PR-менеджер",
        "e-Відновлення",
        "eЧерга",
        "iКафе",
        "SMSка",
        "iPhone'и",
        "Т-72М і МіГ-29",
        "Boeing 737 MAX",
        "група A і група B",
        "вітамін C",
        "план i",
        "\u0425I\u0425",  # a numeral of both scripts: nothing in it proves either
        "I\u0422",
        "COVID-19",
        "Україна",
        "country",
        "",
        "x = a + b",
    ],
)
def test_words_without_proof_stay(text: str) -> None:
    assert repair_homoglyphs(text) == text


@given(st.text(alphabet="aceiopxyABCEHKMOPTXYасеіорхуАВСЕНКМОРТХУбжшdfg -'5", max_size=40))
def test_length_stays_and_repairing_twice_is_repairing_once(text: str) -> None:
    once = repair_homoglyphs(text)
    assert len(once) == len(text)
    assert repair_homoglyphs(once) == once
