"""Bytes to text: what the page says of its encoding, checked against what its bytes show."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cleaners.errors import NotText

__all__ = ["Decoded", "decode"]

SAMPLE = 100_000
"""Bytes beyond ASCII that are weighed as evidence."""

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
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")

_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_WIDER |= {"koi8-r": "koi8-u", "shift_jis": "cp932", "euc_kr": "cp949", "tis-620": "cp874"}
"""Encodings that pages name while they use the larger one that holds it, as browsers read them too."""

_CYRILLIC = ("cp1251", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic")
_COMMON = "оаніитевсрклмдупязьбгчйхжцшюыєїщфэёґъ"
"""Letters of Ukrainian and Russian, the most frequent first."""
_WEIGHT = {c: 1.2 - 1.2 * i / len(_COMMON) for i, c in enumerate(_COMMON)}
_WEIGHT |= {c.upper(): w * 0.8 for c, w in _WEIGHT.items()} | dict.fromkeys("«»—–“”„’‘…№•©° \xad", 0.3)

_TURNED = re.compile("[а-яіїєґ][А-ЯІЇЄҐ]")
"""A capital after a small letter: the cases of KOI8 and of the others are the wrong way round in each other."""

LEAST_TEXT = 0.3
"""Share of the first bytes of a text that are not NUL."""

LIKELY = 0.65
"""How well a Cyrillic text reads at least: sentences 0.8 to 0.9, Greek read as Cyrillic 0.6."""

CLEARLY = 0.15
"""By how much another Cyrillic encoding must read better than the declared one to overrule it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the name of the encoding that gave it (None: it came as text)."""

    text: str
    encoding: str | None


def decode(payload: bytes | str, content_type: str | None = None) -> Decoded:
    """The text of a payload, without BOM, NUL characters and lone surrogates.

    Evidence comes first: a BOM, the zeros of UTF-16, valid UTF-8, and for single-byte Cyrillic how likely the letters
    are. A charset in `content_type` (an HTTP header's value), then one in the page's `<meta>`, is believed where the
    bytes do not speak against it; a detector decides the rest. Bytes that fit nowhere become U+FFFD.
    Raises NotText (a ValueError) for images, archives, PDFs and other binary data.
    """
    if isinstance(payload, str):
        return Decoded(_UNFIT.sub("", payload).removeprefix("\ufeff"), None)
    for bom, encoding in _BOMS:
        if payload.startswith(bom):
            return _as(payload[len(bom) :], encoding)
    if wide := _utf16(payload[:4000]):
        return _as(payload, wide)
    _refuse_binary(payload)
    declared = [*_declared_in_header(content_type), *_declared_in_page(payload[:10_000])]
    if _is_utf8(payload) and not any(name.startswith("iso2022") for name in declared):
        return _as(payload, "utf-8")
    return _as(payload, _single_byte(payload, [name for name in declared if not name.startswith("utf")]))


def _as(payload: bytes, encoding: str) -> Decoded:
    return Decoded(_UNFIT.sub("", payload.decode(encoding, "replace")), encoding)


def _utf16(start: bytes) -> str | None:
    """UTF-16 without a BOM: every other byte is 0 (markup, Latin) or 4 (Cyrillic)."""
    if len(start) < 4:
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
    # NUL bytes come into texts through broken exports and files cut off by a crash; those of binary data do not come
    # alone, as its other bytes are of all values.
    rest = start.replace(b"\0", b"")
    controls = sum(rest.count(c) for c in range(1, 32) if c not in b"\t\n\r\f\x1b\x1a")
    if controls > 0.05 * len(rest) or len(rest) < LEAST_TEXT * len(start):
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
        pass  # an encoding of wider units
    except LookupError:
        return []
    return [_WIDER.get(name, name)]


def _is_utf8(payload: bytes) -> bool:
    """Valid UTF-8, or so nearly that the rest is damage: a cut end, a few foreign bytes in a template."""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        text = payload.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        right = len(text.encode("utf-8")) - len(text) - 2 * wrong  # each character beyond ASCII counts for one or more
        return right > 20 * wrong
    return True


def _single_byte(payload: bytes, declared: list[str]) -> str:
    """The encoding of bytes that are not UTF-8."""
    for name in declared:
        if name not in _CYRILLIC and name not in ("cp1252", "cp1254") and _fits(payload, name):
            return name
    cyrillic = next((name for name in declared if name in _CYRILLIC), None)
    dense = _is_dense(payload)
    if dense:
        sample = b" ".join(_HIGH.findall(payload[: 10 * SAMPLE]))[:SAMPLE]
        scores = {name: _likelihood(sample, name) for name in _CYRILLIC}
        best = max(scores, key=lambda name: scores[name])
        if cyrillic is not None and scores[best] < scores[cyrillic] + CLEARLY:
            return cyrillic
        if scores[best] > LIKELY:
            return best
    if declared and cyrillic is None:
        return declared[0]
    return cyrillic or (_detected(payload) if dense else "cp1252")


def _fits(payload: bytes, name: str) -> bool:
    return payload.decode(name, "replace").count("\ufffd") * 200 <= len(_HIGH.findall(payload))


def _is_dense(payload: bytes) -> bool:
    """Whether words are made of bytes beyond ASCII; in Latin scripts those stand alone between ASCII letters."""
    words = [w for w in _HIGH_WORD.findall(payload[: 10 * SAMPLE]) if max(w) > 127][:5000]
    dense: int = sum(min(w) > 127 for w in words)
    return dense > 0.6 * len(words)


def _likelihood(sample: bytes, name: str) -> float:
    text = sample.decode(name, "replace")
    letters = text.replace(" ", "")
    turned = len(_TURNED.findall(text))
    return (sum(_WEIGHT.get(c, -1.0) for c in letters) - turned) / len(letters) if letters else 0.0


def _detected(payload: bytes) -> str:
    """charset-normalizer's answer for scripts that are neither Latin, where it errs on accents, nor Cyrillic."""
    from charset_normalizer import from_bytes  # 40 ms to import, seldom needed

    best = from_bytes(payload[:SAMPLE]).best()
    return str(best.encoding) if best is not None and best.encoding != "ascii" else "cp1252"
