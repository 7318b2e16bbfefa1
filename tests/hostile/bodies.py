"""Whole answers whose body is not what it should be."""

from __future__ import annotations

import gzip
import random
import zlib
from typing import TYPE_CHECKING

from support.hostile.answers import ARTICLE, article, page
from support.hostile.stage import fails, keeps

if TYPE_CHECKING:
    from support.hostile.stage import Behaviour

__all__ = ["BODIES", "BOMB"]

BOMB = gzip.compress(b"\0" * 20_000_000, mtime=0)
_PACKED = gzip.compress(ARTICLE, mtime=0)
_BARE = zlib.compressobj(wbits=-15)
_DEFLATED = _BARE.compress(ARTICLE) + _BARE.flush()
_LETTERS = article("Річка розлилася").decode().replace("charset=utf-8", "charset=CHARSET")
_NOISE = random.Random(3).randbytes(3000)
_DEEP = b"<!doctype html><title>t</title><body>" + b"<div>" * 20_000 + b"deep"
_META = b'<head><meta name="robots" content="noindex, nofollow">'
_TDM = b'<head><meta name="tdm-reservation" content="1">'


def _coded(body: bytes, coding: str) -> Behaviour:
    return keeps(page(body, 200, f"Content-Encoding: {coding}"), body=body)


def _uncoded(body: bytes, coding: str) -> Behaviour:
    return fails(page(body, 200, f"Content-Encoding: {coding}"))


def _typed(body: bytes, kind: str | None) -> Behaviour:
    return keeps(page(body, kind=kind), body=body)


def _untyped(body: bytes, kind: str) -> Behaviour:
    return fails(page(body, kind=kind))


BODIES: dict[str, Behaviour] = {
    "gzip": _coded(_PACKED, "gzip"),
    "gzip bomb": _uncoded(BOMB, "gzip"),
    "gzip bomb in a bomb": _uncoded(gzip.compress(BOMB, mtime=0), "gzip, gzip"),
    "gzip cut": _uncoded(_PACKED[:-30], "gzip"),
    "gzip damaged": _uncoded(_PACKED[:60] + b"\0\0\0\0" + _PACKED[64:], "gzip"),
    "gzip said, plain sent": _coded(ARTICLE, "gzip"),
    "gzip sent, nothing said": keeps(page(_PACKED), body=_PACKED),
    "gzip twice": _coded(gzip.compress(_PACKED, mtime=0), "gzip, gzip"),
    "deflate": _coded(zlib.compress(ARTICLE), "deflate"),
    "deflate without its frame": _coded(_DEFLATED, "deflate"),
    "brotli said, gzip sent": _coded(_PACKED, "br"),
    "encoding unknown": _coded(ARTICLE, "x-sieve"),
    "encoding unknown, packed": _uncoded(_DEFLATED, "x-sieve"),
    "encodings, 5 of them": _uncoded(ARTICLE, ", ".join(["gzip"] * 5)),
    "charset that lies": _typed(_LETTERS.replace("CHARSET", "utf-8").encode("cp1251"), "text/html; charset=utf-8"),
    "charset unknown": _typed(ARTICLE, "text/html; charset=x-no-such"),
    "charset of 10,000 letters": _typed(ARTICLE, "text/html; charset=" + "x" * 10_000),
    "UTF-16 without a mark": _typed(_LETTERS.replace("CHARSET", "utf-16").encode("utf-16-le"), "text/html"),
    "UTF-16 with a mark": _typed(_LETTERS.replace("CHARSET", "utf-16").encode("utf-16"), "text/html"),
    "body with NULs": _typed(ARTICLE.replace(b" ", b" \0", 5), "text/html; charset=utf-8"),
    "body of noise": _typed(_NOISE, "text/html"),
    "body of 20,000 tags in one another": _typed(_DEEP, "text/html"),
    "body too long": fails(page(ARTICLE + b" " * 400_000)),
    "nothing": keeps(page(b""), body=b""),
    "blanks": keeps(page(b" \n " * 100), body=b" \n " * 100),
    "no type": _typed(ARTICLE, None),
    "type of plain text": _typed(
        "Берег укріпили.\n\nЛюди повернулися до роботи.".encode(), "text/plain; charset=utf-8"
    ),
    "PDF": _untyped(b"%PDF-1.7\n", "application/pdf"),
    "PDF that says it is a page": keeps(
        page(b"%PDF-1.7\n%\xe2\xe3\n" + _NOISE), body=b"%PDF-1.7\n%\xe2\xe3\n" + _NOISE
    ),
    "image": _untyped(b"\x89PNG\r\n\x1a\n", "image/png"),
    "archive": _untyped(b"PK\x03\x04", "application/zip"),
    "type that is no type": _untyped(ARTICLE, "///"),
    "noindex in the head": keeps(page(ARTICLE, 200, "X-Robots-Tag: noindex")),
    "noindex in the page": _typed(ARTICLE.replace(b"<head>", _META), "text/html"),
    "TDM reserved in the head": keeps(page(ARTICLE, 200, "TDM-Reservation: 1")),
    "TDM reserved in the page": _typed(ARTICLE.replace(b"<head>", _TDM), "text/html"),
    "noindex in the head, obeyed": fails(page(ARTICLE, 200, "X-Robots-Tag: noindex")),
    "noindex in the page, obeyed": fails(page(ARTICLE.replace(b"<head>", _META))),
    "TDM reserved in the head, obeyed": fails(page(ARTICLE, 200, "TDM-Reservation: 1")),
    "TDM reserved in the page, obeyed": fails(page(ARTICLE.replace(b"<head>", _TDM))),
    "noindex for another robot, obeyed": keeps(page(ARTICLE, 200, "X-Robots-Tag: otherbot: noindex")),
    "refresh to itself": _typed(
        ARTICLE.replace(b"<head>", b'<head><meta http-equiv="refresh" content="0;url=/page">'), "text/html"
    ),
}
