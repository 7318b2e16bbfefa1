from __future__ import annotations

import pytest

from cleaners.read.sentences import sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Дощ ущух. Вітер слабшає.", ["Дощ ущух.", "Вітер слабшає."]),
        ("Хто там?! Ніхто… Тиша", ["Хто там?!", "Ніхто…", "Тиша"]),
        ("«Так.» Він пішов.", ["«Так.»", "Він пішов."]),
        ("U.S. officials agreed. They left.", ["U.S. officials agreed.", "They left."]),
        ("Mr. Roe left. It rained.", ["Mr. Roe left.", "It rained."]),
        ("It opens on Jan. 16. He left.", ["It opens on Jan. 16.", "He left."]),
        ("Prof. Doe spoke. It rained.", ["Prof. Doe spoke.", "It rained."]),
        ("Будинок на просп. Миру, 5. Там тихо.", ["Будинок на просп. Миру, 5.", "Там тихо."]),
        ("Дом на бул. Мира, 5. Там тихо.", ["Дом на бул. Мира, 5.", "Там тихо."]),
        ("Це вул. Садова, 5. Там тихо.", ["Це вул. Садова, 5.", "Там тихо."]),
        ("Ціна 3.50 за кг. Дорого.", ["Ціна 3.50 за кг.", "Дорого."]),
        ("і т. д. і т. п. Кінець.", ["і т. д. і т. п. Кінець."]),
        ("  Один  ", ["Один"]),
        ("", []),
        ("   ", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == parts
