"""Decoding: by the bytes, then the declaration, then a detector."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.errors import NotText, PageError
from cleaners.read.decode import decode

UKRAINIAN = "<p>Міська рада ухвалила бюджет, який набуде чинності з п’ятниці. Ґанок, їжак і єнот — «друзі».</p>"
RUSSIAN = "<p>Утром в городе прошёл сильный дождь, и вода залила подъезды старых домов.</p>"
CAPITALS = "<b>НОВИНИ КИЄВА ТА ОБЛАСТІ</b>"
LIES = [None, "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "text/html; charset=nonsense"]


@pytest.mark.parametrize("content_type", [*LIES, "text/html; charset=windows-1251", "text/html; charset=KOI8-R"])
@pytest.mark.parametrize(
    "encoding", ["cp1251", "koi8-u", "iso8859-5", "cp866", "utf-8", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("text", [UKRAINIAN, RUSSIAN, CAPITALS, UKRAINIAN + RUSSIAN])
def test_cyrillic_encodings_are_recognised_by_letters_whatever_is_declared(
    text: str, encoding: str, content_type: str | None
) -> None:
    payload = text.encode(encoding, "ignore")
    assert decode(payload, content_type).text == payload.decode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("<p>Der Präsident hat die Maßnahmen für Köln bestätigt, déjà vu</p>", "cp1252"),
        ("<p>Prezydent podpisał ustawę, która wejdzie w życie w piątek</p>", "cp1250"),
        ("<p>大統領は法律に署名した。日本の新聞はこう書いている。</p>", "shift_jis"),
        ("<p>Ο πρόεδρος υπέγραψε τον νόμο για την επιστράτευση</p>", "cp1253"),
    ],
)
def test_other_scripts_are_read_as_declared(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), f"text/html; charset={encoding}").text == text


def test_the_declaration_in_the_page_counts_where_the_header_has_none() -> None:
    page = '<meta charset="windows-1250"><p>Zażółć gęślą jaźń, rzekł ktoś</p>'
    assert decode(page.encode("cp1250"), "text/html").text == page
    page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Zażółć gęślą jaźń</p>'
    assert decode(page.encode("iso8859-2")).text == page


@pytest.mark.parametrize("declared", ["windows-1251", "latin-1", "koi8-u"])
def test_valid_utf_8_overrules_every_declaration(declared: str) -> None:
    page = f'<meta charset="{declared}">{UKRAINIAN}'
    assert decode(page.encode(), f"text/html; charset={declared}").text == page


def test_damaged_utf_8_stays_utf_8() -> None:
    decoded = decode((UKRAINIAN * 3).encode() + "є".encode()[:1] + b"<p>\xff</p>")
    assert decoded.encoding == "utf-8"
    assert UKRAINIAN in decoded.text


PAGE = f"<html><body>{UKRAINIAN}\n{UKRAINIAN}\n{{}}\n{RUSSIAN}</body></html>"


@pytest.mark.parametrize("content_type", LIES)
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-u", "cp866", "iso8859-5"])
@pytest.mark.parametrize("block", [UKRAINIAN, RUSSIAN, f"<ul><li>{UKRAINIAN}</li><li>{RUSSIAN}</li></ul>"])
def test_a_block_in_another_encoding_is_read_and_noted(block: str, encoding: str, content_type: str | None) -> None:
    start, end = PAGE.split("{}")
    foreign = block.encode(encoding, "ignore")
    decoded = decode(start.encode() + foreign + end.encode(), content_type)
    assert decoded.text == start + foreign.decode(encoding) + end
    assert decoded.encoding == "utf-8"
    assert decoded.note is not None
    assert decoded.note.endswith(f"blocks in {encoding}")


def test_single_letters_in_another_encoding_are_replaced_and_noted() -> None:
    damaged = PAGE.format("<p>Рада</p>").encode().replace("м".encode(), "м".encode("cp1251"))
    decoded = decode(damaged, "text/html; charset=windows-1251")
    assert decoded.encoding == "utf-8"
    assert decoded.text == PAGE.format("<p>Рада</p>").replace("м", "\ufffd")
    assert decoded.note == f"bytes: {decoded.text.count(chr(0xFFFD))} no UTF-8 and replaced"


@pytest.mark.parametrize("text", ["<p>It’s “here” — or not</p>", "<p>café déjà</p>\n" * 3])
def test_a_cut_end_leaves_a_page_of_few_letters_utf_8(text: str) -> None:
    decoded = decode(text.encode() + "є".encode()[:1])
    assert (decoded.encoding, decoded.text) == ("utf-8", f"{text}\ufffd")


@pytest.mark.parametrize("payload", [UKRAINIAN.encode(), UKRAINIAN.encode("cp1251"), "й\ufffd".encode(), b"plain"])
def test_a_page_in_one_encoding_has_no_note(payload: bytes) -> None:
    assert decode(payload).note is None


@pytest.mark.parametrize("bom", [codecs.BOM_UTF8, b""])
def test_byte_order_marks_nuls_and_lone_surrogates_are_removed(bom: bytes) -> None:
    assert decode(bom + f"а\x00б {UKRAINIAN}".encode()).text == f"аб {UKRAINIAN}"
    assert decode("\ufeffа\x00б\ud800в").text == "абв"


@pytest.mark.parametrize(
    "payload",
    [
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        bytes(range(256)) * 20,
        b"\x00" * 9,
    ],
)
def test_binary_data_is_refused_with_a_reason(payload: bytes) -> None:
    with pytest.raises(NotText, match="not a page: ") as caught:
        decode(payload)
    assert isinstance(caught.value, PageError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [f"{UKRAINIAN}\0\0\0", "Сло\0во і ді\0ло\0", "\0".join(UKRAINIAN)])
def test_text_with_nul_bytes_is_not_binary(text: str) -> None:
    assert decode(text.encode()).text == text.replace("\0", "")


def test_an_empty_payload_is_an_empty_text() -> None:
    assert decode(b"").text == ""


@given(st.text(st.characters(exclude_characters="\x00\ufeff", exclude_categories=["Cs"]), max_size=80))
def test_decoded_text_only_loses_invalid_characters(text: str) -> None:
    assert decode(text).text == text


@given(
    st.binary(max_size=200), st.sampled_from([*LIES, "text/html; charset=utf-7", "text/html; charset=hex", "x" * 50])
)
def test_any_bytes_and_header_are_decoded_or_refused(payload: bytes, content_type: str | None) -> None:
    try:
        text = decode(payload, content_type).text
    except PageError:
        return
    assert "\x00" not in text
    text.encode()
