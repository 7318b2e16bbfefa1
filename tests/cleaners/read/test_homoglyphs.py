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
        # A letter alone that is a name, a number or a quantity.
        "вітамін C допомагає, а вітамін A та B — ні",
        "Пряма a перетинає пряму b у точці A",
        "Точка O лежить на осі y праворуч",
        "де a дорівнює сумі, o = 5 і y = 7",
        "Швидкість c у вакуумі стала",
        "I місце посіла команда Полтави",
        "I тур чемпіонату відбудеться навесні",
        "I Всеукраїнський з'їзд тривав три дні",
        "Петро I увійшов до міста",
        "У групі C зіграють чотири команди",
        "C клас і A клас вантажівок",
        "H2O і CO2 у повітрі, а також NaCl",
        "for i in список: a = i",
        "функція f(x) від i до n",
        "Vitamin C i drugi vitamini",
        "Naši rezultati i planovi",
        "The letter i is a vowel",
        "Vіки та Vіта — магазини",
        "eПідтримка і iФото",
        "Овај град и та река, а с њима и село",
        "Овој град и таа река",
        "Гэты горад і тая рака, а з імі вёска",
        "kyivska y lvivska oblasti",
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


PAIRS = {"i": "і", "a": "а", "o": "о", "y": "у", "c": "с"}
AFTER = {
    "i": ("Він приїхав, {} ми зустрілися", "Через Полтаву {} Київ", "хліб {} «сіль»", "сказав — {} пішов"),
    "a": ("Він мовчав, {} вона говорила", "не сьогодні — {} завтра", "чекали мера; {} той «захворів»"),
    "o": ("Збори {} восьмій ранку", "мріяли — {} Києві", "зустріч, {} якій писали"),
    "y": ("людей {} парку багато", "живе, {} Києві", "побачив {} «Просвіті»"),
    "c": ("он {} тех пор молчит", "приехал, {} ним сын", "дом {} садом"),
}
BEGINS = (
    "{} ще один рік минув",
    "Рік минув. {} далі тиша",
    "«{} далі?» — спитав він",
    "— {} ви хто? — почув він",
    "Чому? {} тому що",
)


@pytest.mark.parametrize("letter", PAIRS)
@pytest.mark.parametrize("capital", [False, True])
def test_a_letter_alone_between_cyrillic_words_is_repaired(letter: str, capital: bool) -> None:
    change = str.upper if capital else str
    for text in (*BEGINS, *(() if capital else AFTER[letter])):
        assert repair_homoglyphs(text.format(change(letter))) == text.format(change(PAIRS[letter]))


@given(st.text(alphabet="aceiopxyABCEHKMOPTXYасеіорхуАВСЕНКМОРТХУбжшdfg -'5", max_size=40))
def test_length_stays_and_repairing_twice_is_repairing_once(text: str) -> None:
    once = repair_homoglyphs(text)
    assert len(once) == len(text)
    assert repair_homoglyphs(once) == once
