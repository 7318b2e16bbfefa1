"""The CDXJ index beside a shard: derived from it alone, so that it can be made again at any time."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, NamedTuple

from flows.errors import SitoError
from flows.members import first_damage

if TYPE_CHECKING:
    from pathlib import Path

INDEX_SUFFIX = ".cdxj"
SHARD_SUFFIX = ".warc.gz"


class Entry(NamedTuple):  # made by the million; a tuple is the quickest
    """One line of an index: a capture, new (`revisit` false) or the same payload again."""

    url: str
    digest: str
    at: datetime
    status: int | None
    revisit: bool
    offset: int


def index_path(shard: Path) -> Path:
    """Where the shard's index lies."""
    return shard.with_name(shard.name.removesuffix(SHARD_SUFFIX) + INDEX_SUFFIX)


def make_index(shard: Path, name: str) -> tuple[str, str | None]:
    """The sorted lines of the shard's index, and what is damaged in the shard (None: nothing).

    `name` is the shard's final file name, as the shard may still have another one. Of a damaged shard the records
    before the damage are indexed: a page after it must not count as held.
    """
    from cdxj_indexer import CDXJIndexer
    from warcio.exceptions import ArchiveLoadFailed

    with shard.open("rb") as file:
        damage = first_damage(file)
        file.seek(0)
        sound = file if damage is None else BytesIO(file.read(damage))
        reason = None if damage is None else f"at offset {damage}"
        lines = StringIO()
        indexer = CDXJIndexer(lines, sound, filename=name, fields="warc-date", records="response,resource,revisit")
        try:
            indexer.process_all()
        except (ArchiveLoadFailed, ValueError) as error:
            reason = " ".join(str(error).split())
    return "".join(sorted(lines.getvalue().splitlines(keepends=True))), reason


def read_entries(shard: Path) -> list[Entry]:
    """The shard's captures in their order, by its index; where that is missing, as after a kill, by the shard itself.

    Raises SitoError where there is a file in the index's place that is none of ours.
    """
    index = index_path(shard)
    try:
        text = index.read_text("utf-8") if index.exists() else make_index(shard, shard.name)[0]
        lines = (line.split(" ", 2)[2] for line in text.split("\n") if line)
        entries = [_entry(fields) for fields in json.loads(f"[{','.join(lines)}]")]  # one call: half the time of many
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SitoError(f"{index}: cannot be read ({error}); delete it, the next run makes it anew") from error
    return sorted(entries, key=lambda entry: entry.offset)


def _entry(fields: dict[str, str]) -> Entry:
    return Entry(
        url=fields["url"],
        digest=fields["digest"],
        at=datetime.fromisoformat(fields["warc-date"]),
        status=int(fields["status"]) if "status" in fields else None,
        revisit=fields.get("mime") == "warc/revisit",
        offset=int(fields["offset"]),
    )
