"""From a stored payload to the page in it: content encodings decoded, gzip files unpacked, always with a size limit."""

from __future__ import annotations

import base64
import hashlib
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from fastwarc.stream_io import BrotliReader, ZstdReader

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_BYTES = 64 * 2**20
"""The largest page after decompression: a gzip bomb of 64 KiB would otherwise fill 64 MiB, and one of 1 MiB a GiB."""

UNKNOWN_TYPE = "application/octet-stream"
"""The label of a payload that came without a media type."""

_GZIP = b"\x1f\x8b"
_CODINGS = 4  # more are only stacked as an attack
_PIECE = 2**18
_PACKED_PIECE = 2**12


class PayloadError(ValueError):
    """Why a payload cannot be decoded, in one line."""


def payload_digest(body: bytes) -> str:
    """`sha1:` and base32, the form that WARC and CDX tools expect. Not for security: it only distinguishes payloads."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


class _Reader(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def open_payload(payload: bytes, content_encoding: str | None = None, limit: int = PAGE_BYTES) -> bytes:
    """The page's own bytes. `content_encoding` is the HTTP header; whatever begins like gzip is unpacked once more.

    Raises PayloadError for a broken or unknown encoding and for a page of more than `limit` bytes.
    """
    codings = [name for part in (content_encoding or "").lower().split(",") if (name := part.strip())]
    if len(codings) > _CODINGS:
        raise PayloadError(f"{len(codings)} content encodings on one page")
    for coding in reversed(codings):
        if payload:  # empty in the answer to HEAD, or for an empty page
            payload = _open(coding, payload, limit)
    if payload.startswith(_GZIP):
        payload = _gunzip(payload, limit)
    if len(payload) > limit:
        raise PayloadError(_too_large(limit))
    return payload


def _open(coding: str, payload: bytes, limit: int) -> bytes:
    match coding:
        case "identity":
            return payload
        case "gzip" | "x-gzip":
            # Some servers label plain pages as gzip.
            return _gunzip(payload, limit) if payload.startswith(_GZIP) else payload
        case "deflate":
            # RFC 9110 means zlib; some servers send the raw stream.
            bare = zlib.decompressobj(-zlib.MAX_WBITS)
            wrapped = payload[0] & 0x0F == 8 and int.from_bytes(payload[:2]) % 31 == 0
            page = bytearray()
            _inflate(zlib.decompressobj() if wrapped else bare, payload, 0, page, limit)
            return bytes(page)
        case "br":
            return _read(BrotliReader, payload, limit)
        case "zstd":
            return _read(ZstdReader, payload, limit)
    raise PayloadError(f"unknown content encoding {coding[:40]!r}")


def _gunzip(payload: bytes, limit: int) -> bytes:
    page, start = bytearray(), 0
    while payload.startswith(_GZIP, start):  # what follows the members is padding
        start = _inflate(zlib.decompressobj(zlib.MAX_WBITS | 16), payload, start, page, limit)
    return bytes(page)


def _inflate(stream: zlib._Decompress, payload: bytes, start: int, page: bytearray, limit: int) -> int:
    """Unpack the stream that begins at `start` and append it to `page`; returns the offset of its end."""
    while not stream.eof:
        # In small pieces: after each stream zlib copies what is left of its piece, and a page may be a million streams.
        piece = payload[start : start + _PACKED_PIECE]
        if not piece:
            raise PayloadError("broken gzip: it ends in the middle")
        try:
            page += stream.decompress(piece, limit + 1 - len(page))
        except zlib.error as error:
            raise PayloadError(f"broken gzip: {error}") from error
        if len(page) > limit:
            raise PayloadError(_too_large(limit))
        start += len(piece) - len(stream.unused_data)
    return start


def _read(reader: Callable[[BytesIO], _Reader], payload: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    left = limit
    try:
        stream = reader(BytesIO(payload))
        while left >= 0 and (piece := stream.read(_PIECE)):
            pieces.append(piece)
            left -= len(piece)
    except OSError as error:
        raise PayloadError(f"broken compression: {error}") from error
    if left < 0:
        raise PayloadError(_too_large(limit))
    return b"".join(pieces)


def _too_large(limit: int) -> str:
    return f"over {limit / 2**20:g} MiB when unpacked"
