"""Bytes to text: the encoding that the page declares, checked against its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cleaners.errors import NotText
from cleaners.read.likelihood import MIN_LEAD, MIN_LIKELIHOOD, likelihood

__all__ = ["BYTES", "Decoded", "decode"]

BYTES = "bytes: "
"""How flags about encodings begin."""

MAX_SAMPLE = 100_000
"""Bytes beyond ASCII that are used as evidence."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_BINARY = (
    (b"%PDF-", "a PDF"), (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "gzip data"), (b"RIFF", "RIFF data (WebP, WAV or AVI)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"), (b"\x7fELF", "a program"), (b"wOF", "a font"),
    (b"ID3", "an MP3"), (b"OggS", "Ogg data"), (b"7z\xbc\xaf", "a 7-Zip archive"), (b"Rar!", "a RAR archive"),
    (b"BZh", "bzip2 data"), (b"\xfd7zXZ", "xz data"), (b"\x28\xb5\x2f\xfd", "zstd data"), (b"{\\rtf", "RTF"),
)  # fmt: skip

_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{2,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^>]{0,1000}|<\?xml\s[^>]{0,200}", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"encoding\s{0,9}=\s{0,9}[\"']([\w:.-]{2,40})", re.IGNORECASE)
_INVALID = re.compile("[\x00\ud800-\udfff]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")

_BLOCK = re.compile(rb"[<>\n]|[^<>\n]+")
"""Between tags, and lines of text: what a template or an editor puts together keeps its encoding within these."""

_FEWEST_VALID = 12
"""Characters of valid UTF-8 beyond ASCII in blocks of such: other encodings have a few by chance, in other blocks."""

_MOST_FOREIGN = 4
"""How many bytes that are no UTF-8 may stand beside each of those characters."""

_DAMAGE = 3
"""Bytes of a block up to which they are damage, such as a cut end, and tell no encoding."""

_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_WIDER |= {"koi8-r": "koi8-u", "shift_jis": "cp932", "euc_kr": "cp949", "tis-620": "cp874"}
"""Encodings that are read as a larger one that contains them, as browsers do."""

_CYRILLIC = ("cp1251", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic")
MIN_TEXT_SHARE = 0.3
"""Share of the first bytes of a text that must not be NUL."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the name of its encoding (None: it was text already).

    `note` says in words what of the bytes is in another encoding, or in none; see BYTES.
    """

    text: str
    encoding: str | None
    note: str | None = None


def decode(payload: bytes | str, content_type: str | None = None) -> Decoded:
    """The text of a payload, without BOM, NUL characters and lone surrogates.

    Evidence comes first: a BOM, the zeros of UTF-16, valid UTF-8, and for single-byte Cyrillic how likely the letters
    are. A charset in `content_type` (an HTTP header's value), then one in the page's `<meta>`, is used unless the bytes
    contradict it; a detector decides the rest. Of a UTF-8 page, blocks in a Cyrillic encoding are read in that, and
    other bytes that are invalid become U+FFFD.
    Raises NotText (a ValueError) for images, archives, PDFs and other binary data.
    """
    if isinstance(payload, str):
        return Decoded(_valid(payload).removeprefix("\ufeff"), None)
    for bom, encoding in _BOMS:
        if payload.startswith(bom):
            return _decoded_as(payload[len(bom) :], encoding)
    if wide := _utf16(payload[:4000]):
        return _decoded_as(payload, wide)
    _refuse_binary(payload)
    declared = [*_declared_in_header(content_type), *_declared_in_page(payload[:10_000])]
    if not any(name.startswith("iso2022") for name in declared) and (found := _utf8(payload)):
        return found
    return _decoded_as(payload, _single_byte(payload, [name for name in declared if not name.startswith("utf")]))


def _decoded_as(payload: bytes, encoding: str, errors: str = "replace") -> Decoded:
    return Decoded(_valid(payload.decode(encoding, errors)), encoding)


def _valid(text: str) -> str:
    """The text without what is invalid; most texts can be encoded, and so have no surrogates, which costs less."""
    try:
        if "\0" not in text and text.encode():
            return text
    except UnicodeEncodeError:
        pass
    return _INVALID.sub("", text)


def _utf16(start: bytes) -> str | None:
    """UTF-16 without a BOM: every other byte is 0 (markup, Latin) or 4 (Cyrillic)."""
    if len(start) < 4 or 0 not in start:
        return None
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = start[offset::2], start[1 - offset :: 2]
        if high.count(0) + high.count(4) > 0.9 * len(high) and high.count(0) > 0 and low.count(0) < 0.1 * len(low):
            return encoding
    return None


def _refuse_binary(payload: bytes) -> None:
    for magic, name in _BINARY:
        if payload.startswith(magic):
            raise NotText(f"not a page: {name}")
    start = payload[:4000]
    if payload[4:8] == b"ftyp":
        raise NotText("not a page: an MP4 video")
    # Broken exports and files cut off by a crash leave NUL bytes in texts; in binary data other control characters
    # come with them.
    rest = start.replace(b"\0", b"")
    controls = sum(rest.count(c) for c in range(1, 32) if c not in b"\t\n\r\f\x1b\x1a")
    if controls > 0.05 * len(rest) or len(rest) < MIN_TEXT_SHARE * len(start):
        raise NotText("not a page: binary data")


def _declared_in_header(content_type: str | None) -> list[str]:
    found = _CHARSET.search((content_type or "").encode("ascii", "replace"))
    return _known(found[1]) if found else []


def _declared_in_page(start: bytes) -> list[str]:
    names: list[str] = []
    for tag in _META.findall(start):
        if found := _CHARSET.search(tag) or _XML_ENCODING.search(tag):
            names += _known(found[1])
    return names


def _known(label: bytes) -> list[str]:
    name = label.decode("ascii", "replace").lower().strip("'\"").removeprefix("x-")
    try:
        name = codecs.lookup({"win-1251": "cp1251", "cp-1251": "cp1251", "1251": "cp1251"}.get(name, name)).name
    except LookupError:
        return []
    try:
        b"a".decode(name)  # hex, rot13 and the like are codecs too, but not of text
    except UnicodeError:
        pass  # an encoding of two or four bytes a unit
    except LookupError:
        return []
    return [_WIDER.get(name, name)]


def _utf8(payload: bytes) -> Decoded | None:
    """The text where the page is UTF-8: all of it, or its blocks but for some in another encoding, or with damage."""
    try:
        return Decoded(payload.decode("utf-8").replace("\0", ""), "utf-8")  # which gives no lone surrogates
    except UnicodeDecodeError:
        pass
    blocks = [(block, *_counts(block)) for block in _BLOCK.findall(payload)]
    right = sum(valid for _, valid, wrong in blocks if valid > wrong)
    foreign = {block for block, valid, wrong in blocks if wrong > max(valid, _DAMAGE)}
    other = sum(wrong for _, _, wrong in blocks)
    if right <= 2 * other and (right < _FEWEST_VALID or right * _MOST_FOREIGN < other):
        return None
    name = _cyrillic(b" ".join(foreign))
    read = [block.decode(name if name and block in foreign else "utf-8", "replace") for block, _, _ in blocks]
    lost = sum(part.count("\ufffd") for part in read) - payload.count("\ufffd".encode())
    notes = [f"{len(foreign)} blocks in {name}"] if name else []
    notes += [f"{lost} no UTF-8 and replaced"] if lost > 0 else []
    return Decoded(_valid("".join(read)), "utf-8", BYTES + ", ".join(notes) if notes else None)


def _counts(block: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII are valid UTF-8, and how many bytes are not."""
    if block.isascii():
        return 0, 0
    text = block.decode("utf-8", "ignore")
    valid = sum(char > "\x7f" for char in text)
    return valid, len(block) - len(text.encode())


def _cyrillic(payload: bytes, declared: str | None = None) -> str | None:
    """The Cyrillic encoding that this is likely in: the declared one, unless another is likelier by far."""
    sample = b" ".join(_HIGH.findall(payload[: 10 * MAX_SAMPLE]))[:MAX_SAMPLE]
    scores = {name: likelihood(sample.decode(name, "replace")) for name in _CYRILLIC}
    best = max(scores, key=lambda name: scores[name])
    if declared is not None and scores[best] < scores[declared] + MIN_LEAD:
        return declared
    return best if scores[best] > MIN_LIKELIHOOD else None


def _single_byte(payload: bytes, declared: list[str]) -> str:
    """The encoding of bytes that are not UTF-8."""
    for name in declared:
        if name not in _CYRILLIC and name not in ("cp1252", "cp1254") and _fits(payload, name):
            return name
    cyrillic = next((name for name in declared if name in _CYRILLIC), None)
    dense = _is_dense(payload)
    if dense and (likely := _cyrillic(payload, cyrillic)):
        return likely
    if declared and cyrillic is None:
        return declared[0]
    return cyrillic or (_detected(payload) if dense else "cp1252")


def _fits(payload: bytes, name: str) -> bool:
    return payload.decode(name, "replace").count("\ufffd") * 200 <= len(_HIGH.findall(payload))


def _is_dense(payload: bytes) -> bool:
    """Whether whole words are bytes beyond ASCII; in Latin scripts those are single ones between ASCII letters."""
    words = [w for w in _HIGH_WORD.findall(payload[: 10 * MAX_SAMPLE]) if max(w) > 127][:5000]
    dense: int = sum(min(w) > 127 for w in words)
    return dense > 0.6 * len(words)


def _detected(payload: bytes) -> str:
    """charset-normalizer's answer, for scripts that are neither Cyrillic nor Latin, where it errs on accents."""
    from charset_normalizer import from_bytes  # 40 ms to import, seldom needed

    best = from_bytes(payload[:MAX_SAMPLE]).best()
    return str(best.encoding) if best is not None and best.encoding != "ascii" else "cp1252"
