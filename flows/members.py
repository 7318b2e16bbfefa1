"""The gzip members of a shard, one for each record, and where they stop to be whole."""

from __future__ import annotations

import zlib
from typing import BinaryIO

_PIECE = 2**16


def first_damage(file: BinaryIO, offset: int = 0) -> int | None:
    """Where the first member that is not whole begins, from the member at `offset` on; None: all are whole.

    An empty file is not whole. WARC readers take a file that ends in the middle of a member for one that ends there, so
    we look for ourselves.
    """
    file.seek(offset)
    left = file.read(_PIECE)
    if not left and offset == 0:
        return 0
    while left:
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            while left and not stream.eof:
                stream.decompress(left, _PIECE)  # in bounded pieces: what they hold does not matter
                left = stream.unused_data if stream.eof else stream.unconsumed_tail or file.read(_PIECE)
        except zlib.error:
            return offset
        if not stream.eof:
            return offset
        left = left or file.read(_PIECE)
        offset = file.tell() - len(left)
    return None
