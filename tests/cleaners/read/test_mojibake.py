"""Text read in a wrong encoding: every encoding read as every other, and text that was read in the right one."""

from __future__ import annotations

import pytest

from cleaners import clean_text
from cleaners.read.mojibake import is_misread, reread
from cleaners.read.repair import repair_text

TEXTS = (
    "Робітники проклали нові доріжки, висадили сорок дерев і встановили лавки вздовж центральної алеї.",
    "Утром в городе прошёл сильный дождь, и вода залила подъезды старых домов на окраине.",
    "Мер подякував громаді за терпіння. Міст відкриють у травні, якщо погода дозволить.",
)
ENCODINGS = ("utf-8", "cp1251", "koi8-u", "cp866", "iso8859-5", "latin-1", "cp1252")
PAIRS = [
    (written, read)
    for written in ENCODINGS[:5]
    for read in ENCODINGS[1:]
    # Bytes that mean nothing in windows-1252 are lost; ftfy reads on without them.
    if written != read and (written, read) not in {("cp866", "cp1252"), ("utf-8", "cp1252")}
]


@pytest.mark.parametrize(("written", "read"), PAIRS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_read_in_a_wrong_encoding_is_read_again(text: str, written: str, read: str) -> None:
    payload = text.encode(written, "ignore")
    right = " ".join(payload.decode(written).split())  # an encoding without і leaves two spaces
    misread = payload.decode(read, "ignore")
    if len(misread.encode(read)) == len(payload):  # else letters are lost
        assert repair_text(misread) == right
        assert repair_text(repair_text(misread)) == right


@pytest.mark.parametrize(("written", "read"), [("utf-8", "koi8-r"), ("utf-8", "cp866"), ("koi8-u", "cp1251")])
def test_capitals_are_read_again(written: str, read: str) -> None:
    assert repair_text("НОВИНИ КИЄВА ТА ОБЛАСТІ".encode(written).decode(read)) == "НОВИНИ КИЄВА ТА ОБЛАСТІ"


@pytest.mark.parametrize("read", ["koi8-r", "cp866"])
def test_a_sentence_among_right_ones_is_read_again(read: str) -> None:
    misread = TEXTS[1].encode().decode(read)
    assert repair_text(f"{TEXTS[0]} {misread} {TEXTS[2]}") == f"{TEXTS[0]} {TEXTS[1]} {TEXTS[2]}"


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "НОВИНИ КИЄВА ТА ОБЛАСТІ",
        "Где је, где је? Тамо, где њих нема, а ђак чека љубав и жељу.",
        "Ѕвездите над реката светат, а ѓаконот и џуџето ќе дојдат.",
        "Гэты горад стаіць на рацэ, і ўсе яго жыхары ведаюць пра яе.",
        "Той град е голям, а реката тече през него към морето.",
        "Қазақстан Республикасының үкіметі жаңа заңды қабылдады",
        "Ο πρόεδρος υπέγραψε τον νόμο για την επιστράτευση",
        "“It’s not only dangerous,” she said, ‘but you don’t know’ — really…",
        "Größe, Fußgängerübergänge für Ärzte: äöüßÄÖÜ äöüßÄÖÜ",
        "L’été où l’âne était là, déjà très âgé, à côté du chêne",
        "Đặng Trần Đức ở Hà Nội từ năm 1954",
        "Zażółć gęślą jaźń, chrząszcz brzmi w trzcinie w Szczebrzeszynie",
        "┌────────────┐ └────────────┘ ├────┬───┤",
        "…………………………………………………",
        "中文，标点１２３。大統領は法律に署名した。",
        "Kyivska oblast ta misto Dnipro: novyny shchodnia",
        "ПрАТ «КиївСтар» і ЗАТ «УкрАвто», ООО «АвтоВАЗ»",
        "Знімки з позначками ВІКІ, «СІЧ», «ЇЖАК» і «ҐАВА»",
        "5 м² площі, 20 °C, ½ склянки, 3×4, ±5 %, № 7, § 12, © 2026",
    ],
)
def test_right_text_stays(text: str) -> None:
    assert reread(text) == text
    assert repair_text(text) == text
    assert not is_misread(text)


def test_what_cannot_be_read_again_is_a_flag() -> None:
    misread = TEXTS[0].encode().decode("cp866").replace("╨╛", "╨?")  # letters are lost
    document = clean_text(f"{TEXTS[2]}\n{misread}\n{TEXTS[2]}")
    assert document.flags == ("bytes: lines that look read in a wrong encoding: 1",)
    assert clean_text(f"{TEXTS[0]}\n{TEXTS[2]}").flags == ()
