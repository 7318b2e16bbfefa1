"""A record of an archive made fit to be read: its headers, and the beginning of its payload as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.errors import PageError
from cleaners.read.decode import decode
from cleaners.read.hidden import reveal
from flows.archive.raw_record import read_heads

if TYPE_CHECKING:
    from pathlib import Path

    from flows.archive.shard_reader import StoredPage
    from flows.look.page_view import Version

__all__ = ["RecordView", "record_text", "record_view"]

HEAD_CHARACTERS = 20_000
PAYLOAD_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class RecordView:
    """The headers of a record, the status line and headers of the answer (empty for a file), and the payload unpacked.

    Each is cut; `more` characters of the payload are not shown.
    """

    warc: str
    http: str
    payload: str
    more: int


def record_view(data: Path, version: Version, stored: StoredPage) -> RecordView:
    """The record of a capture. Raises SitoError where it cannot be read."""
    heads = read_heads(data / "raw" / version.source / version.shard, version.offset)
    try:
        text = stored.error or decode(stored.body, stored.content_type).text
    except PageError as error:
        text = str(error)
    text = text.replace("\r\n", "\n")
    warc, http = (
        head if len(head) <= HEAD_CHARACTERS else f"{head[:HEAD_CHARACTERS]}…" for head in (heads.warc, heads.http)
    )
    return RecordView(warc, http, text[:PAYLOAD_CHARACTERS], max(0, len(text) - PAYLOAD_CHARACTERS))


def record_text(view: RecordView) -> str:
    """The record for a terminal, which nothing in it can control: what hides is shown as `?`."""
    rest = f"… {view.more:,} more characters; --capture prints all" if view.more else ""
    parts = [part for part in (view.warc, view.http, view.payload.rstrip("\n"), rest) if part]
    return reveal("\n\n".join(parts), "?") + "\n"
