"""The versions of pages that were pruned from a shard, in a record of its own at the shard's beginning.

So nothing is lost count of: the versions that stay keep their numbers, and a source that still offers a pruned version
(a WARC file) does not give it again. It is a WARC record `metadata` with JSON, which other readers pass over.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecordType

from flows.common.errors import SitoError
from flows.store.present import beginning, present

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from warcio.recordloader import ArcWarcRecord

__all__ = ["PrunedVersion", "pruned_record", "read_pruned"]

_ADDRESS = "urn:sito:pruned"
_BEGINNING = 2**16
"""Bytes of a shard in a store that are read first: the record is the second one, and most shards have none."""


class PrunedVersion(NamedTuple):
    """A payload that was captured at an address, when (UTC), and that is not kept."""

    url: str
    digest: str
    at: datetime


def pruned_record(versions: Iterable[PrunedVersion]) -> ArcWarcRecord:
    """The record that names them."""
    from warcio.recordbuilder import RecordBuilder

    body = json.dumps([[each.url, each.digest, each.at.isoformat()] for each in versions]).encode()
    return RecordBuilder(warc_version="1.1").create_warc_record(
        _ADDRESS, "metadata", payload=BytesIO(body), length=len(body), warc_content_type="application/json"
    )


def read_pruned(shard: Path) -> list[PrunedVersion]:
    """The versions that were pruned from what the shard holds. Raises SitoError where the shard cannot be read."""
    if (first := beginning(shard, _BEGINNING)) is not None:
        with suppress(OSError, ValueError, TypeError), BytesIO(first) as file:  # else the record is longer than that
            return _read(file, whole=False)
    try:
        with present(shard).open("rb") as file:
            return _read(file, whole=True)
    except (OSError, ValueError, TypeError) as error:
        raise SitoError(f"{shard}: what was pruned from it cannot be read ({error}); put back a copy") from error


def _read(file: BinaryIO, *, whole: bool) -> list[PrunedVersion]:
    """What the record says. Raises ValueError where it, or what is there in its place, does not begin in the file."""
    for record in ArchiveIterator(file, parse_http=False):
        if record.record_type == WarcRecordType.warcinfo:
            continue
        if record.headers.get("WARC-Target-URI") != _ADDRESS:
            return []
        found = json.loads(record.reader.read())
        return [PrunedVersion(url, digest, datetime.fromisoformat(at)) for url, digest, at in found]
    if not whole:
        raise ValueError("more has to be read")
    return []
