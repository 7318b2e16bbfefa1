"""The gzip members of a shard, one for each record, and where the first damaged one begins."""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 2**16


def member_ends(file: BinaryIO, offset: int = 0) -> Iterator[int]:
    """The end offset of each complete member, from the one at `offset` on, up to the first incomplete one."""
    file.seek(offset)
    left = file.read(_PIECE)
    while left:
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            while left and not stream.eof:
                stream.decompress(left, _PIECE)  # in bounded pieces; their content does not matter
                left = stream.unused_data if stream.eof else stream.unconsumed_tail or file.read(_PIECE)
        except zlib.error:
            return
        if not stream.eof:
            return
        left = left or file.read(_PIECE)
        yield file.tell() - len(left)


def first_damage(file: BinaryIO, offset: int = 0) -> int | None:
    """The offset of the first incomplete member, from the member at `offset` on; None if all are complete.

    An empty file is incomplete. WARC readers do not notice that a file ends in the middle of a member, so we check that
    ourselves.
    """
    end = offset
    for each in member_ends(file, offset):
        end = each
    size = file.seek(0, os.SEEK_END)
    return end if end < size or not size else None
