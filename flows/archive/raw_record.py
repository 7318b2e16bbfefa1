"""A record as it stands in its shard, for people to read: what the archive says of it, and what the server said."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.archive.cdxj import HEAD_BYTES
from flows.common.errors import SitoError
from flows.store.present import present

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Heads", "read_heads"]

_END = b"\r\n\r\n"
_PIECE = 2**16


@dataclass(frozen=True, slots=True)
class Heads:
    """The header block of a record, and that of the answer in it with its status line, empty for a file.

    They are as they were written, decoded as UTF-8 or else as Latin-1, line ends as LF.
    """

    warc: str
    http: str


def read_heads(path: Path, offset: int) -> Heads:
    """The heads of the record that begins at `offset`. Raises SitoError where none can be read."""
    try:
        with present(path).open("rb") as file:
            file.seek(offset)
            stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            got, left = b"", b""
            warc: bytes | None = None
            while len(got) < 2 * HEAD_BYTES and not stream.eof:
                left = left or file.read(_PIECE)
                if not left:
                    break
                got += stream.decompress(left, _PIECE)
                left = stream.unconsumed_tail
                if warc is None and _END in got:
                    warc, _, got = got.partition(_END)
                if warc is not None and (not _has_answer(warc) or _END in got):
                    return Heads(_text(warc), _text(got.partition(_END)[0]) if _has_answer(warc) else "")
    except OSError as error:
        raise SitoError(f"{path}: cannot be read: {error.strerror or error}") from error
    except zlib.error:
        pass
    raise SitoError(f"{path}: no record begins at offset {offset}")


def _has_answer(warc: bytes) -> bool:
    return b"\r\ncontent-type: application/http" in warc.lower()


def _text(head: bytes) -> str:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    return text.replace("\r\n", "\n")
