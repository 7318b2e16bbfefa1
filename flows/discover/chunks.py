"""The chunks of an HTTP body, joined: of those that FastWARC does not read."""

from __future__ import annotations

import re

__all__ = ["begins_with_chunk", "join_chunks"]

# The line before a chunk (RFC 9112, 7.1): its size, and extensions, of which nobody makes use.
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]{0,16}(?:;[^\r\n]{0,4096})?\r?\n")
_END = re.compile(rb"\r?\n")


def begins_with_chunk(body: bytes) -> bool:
    """Whether the first line may be that before a chunk."""
    return _SIZE.match(body) is not None


def join_chunks(body: bytes) -> bytes | None:
    """What the chunks of a body hold, to the last one; the trailer after it is left out.

    Lines may end in a line feed alone. None: the body is not in chunks, or breaks off in one.
    """
    pieces: list[bytes] = []
    at = 0
    while size := _SIZE.match(body, at):
        at = size.end() + int(size[1], 16)
        if at == size.end():
            return b"".join(pieces)
        end = _END.match(body, at)
        if not end:
            return None
        pieces.append(body[size.end() : at])
        at = end.end()
    return None
