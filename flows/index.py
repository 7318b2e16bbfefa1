"""The CDXJ index beside a shard: derived from it alone, so that it can be made again at any time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING

from flows.errors import SitoError

if TYPE_CHECKING:
    from pathlib import Path

INDEX_SUFFIX = ".cdxj"
SHARD_SUFFIX = ".warc.gz"


@dataclass(frozen=True, slots=True)
class Entry:
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

    `name` is the shard's final file name, as the shard may still have another one. Damage ends the index there: the
    good records before it stay in use.
    """
    import zlib

    from cdxj_indexer import CDXJIndexer
    from warcio.exceptions import ArchiveLoadFailed

    out = StringIO()
    damage: str | None = None
    with shard.open("rb") as file:
        indexer = CDXJIndexer(
            out, file, filename=name, fields="warc-date", records="response,resource,revisit", verify_http=False
        )
        try:
            indexer.process_all()
        except (ArchiveLoadFailed, EOFError, ValueError, zlib.error) as error:
            damage = str(error).strip() or type(error).__name__
    return "".join(sorted(out.getvalue().splitlines(keepends=True))), damage


def read_index(path: Path) -> list[Entry]:
    """The captures of one index in the order of capture. Raises SitoError where the file is no index of ours."""
    try:
        entries = [_entry(line) for line in path.read_text("utf-8").split("\n") if line]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SitoError(
            f"{path}: cannot be read as an index ({error}); delete it, the next run makes it anew"
        ) from error
    return sorted(entries, key=lambda entry: entry.offset)


def _entry(line: str) -> Entry:
    fields = json.loads(line[line.index("{") :])
    return Entry(
        url=fields["url"],
        digest=fields["digest"],
        at=datetime.fromisoformat(fields["warc-date"]),
        status=int(fields["status"]) if "status" in fields else None,
        revisit=fields.get("mime") == "warc/revisit",
        offset=int(fields["offset"]),
    )
