"""Contacts are masked; dates, sums, accounts and the like are none."""

from __future__ import annotations

from collections import Counter

import pytest

from flows.export.contacts import EMAIL, PHONE, mask_contacts


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Телефонуйте (044) 234-56-78.", "Телефонуйте [PHONE]."),
        ("тел.: 067 123 45 67, 050-123-45-67", "тел.: [PHONE], [PHONE]"),
        ("+380 67 123 45 67", "[PHONE]"),
        ("+38 (044) 234 56 78", "[PHONE]"),
        ("380671234567", "[PHONE]"),
        ("0671234567", "[PHONE]"),
        ("067–123–45–67 або 067 123‑45‑67", "[PHONE] або [PHONE]"),
        ("гаряча лінія 0 800 500 609", "гаряча лінія [PHONE]"),
        ("8 (044) 234-56-78", "[PHONE]"),
        ("8-067-123-45-67", "[PHONE]"),
        ("тел.: 67-12-34", "тел.: [PHONE]"),
        ("+48 22 123 45 67", "[PHONE]"),
        ("пишіть на ivan.petrenko@example.com.ua.", "пишіть на [EMAIL]."),
        ("Пошта: редакція@приклад.укр", "Пошта: [EMAIL]"),
        ("press [at] example.org", "[EMAIL]"),
        ("a.b+c@mail.example.com, d_e@x.io\n0671234567", "[EMAIL], [EMAIL]\n[PHONE]"),
    ],
)
def test_a_contact_is_masked_and_counted(text: str, masked: str) -> None:
    counts: Counter[str] = Counter()
    assert mask_contacts(text, counts) == masked
    assert counts[EMAIL] == masked.count(EMAIL)
    assert counts[PHONE] == masked.count(PHONE)


@pytest.mark.parametrize(
    "text",
    [
        *("12.05.2024", "2024-05-12 12:30:45", "з 01.01.2020 по 31.12.2021", "2019–2020, 2021–2022"),
        *("501 234 567 гривень", "1 250 000 000 грн", "0,671234567", "0.671234567", "+500 000 000 гривень"),
        *("UA21 3223 1300 0002 6007 2335 6600 1", "UA213223130000026007233566001", "4441 1144 0000 0000"),
        *("ст. 111-1, 258-3 та 436-2 КК", "ЄДРПОУ 00032112", "ІПН 3012345678", "№ 0671234567"),
        *("справа № 757/12345/22-к", "кадастровий 8000000000:82:123:0045", "ISBN 978-966-03-4561-2"),
        *("@handle та user@host", "102 або 1551", "1 000 000–2 000 000", "50.4501, 30.5234", "ДСТУ 3008:2015"),
        *(
            "0,05 0,06 0,07 0,08",
            "рахунок 3:2, 0:1, 2:2",
            "00:10–01:30, 02:45",
            "телефонів 12-34",
            "телефон: 2020-2021",
        ),
    ],
)
def test_what_is_no_contact_stays(text: str) -> None:
    counts: Counter[str] = Counter()
    assert mask_contacts(text, counts) == text
    assert not counts.total()
