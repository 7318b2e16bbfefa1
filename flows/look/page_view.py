"""One page as it is kept: its versions, the lines of one of them, and what the capture says of its metadata."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.archive.shard_reader import read_page
from flows.common.errors import SitoError
from flows.common.nearest import nearest
from flows.look.provenance import where_stated
from flows.store.present import present
from flows.tables.given_again import latest_capture
from flows.tables.rows import rebuild_document
from flows.tables.shard_tables import UNREADABLE, ShardTables
from flows.tables.versions import gone_since, versions_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from cleaners.document import Document
    from flows.archive.shard_reader import StoredPage
    from flows.tables.rows import DocumentRow, LedgerRow

__all__ = ["PageView", "Version", "current", "find_page", "read_capture", "view_page"]

_NEAREST = 3
_AGAIN = "; the site has given this one again since"
_KEYS = ("url", "id", "name", "canonical_url")


@dataclass(frozen=True, slots=True)
class Version:
    """A capture of a page that has a row: where it lies, and when it was made (UTC)."""

    source: str
    url: str
    shard: str
    offset: int
    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class PageView:
    """A page in one of its versions, with all of them, oldest first.

    `stored` is its capture, None where raw/ no longer has it; `damage` then says why. `origins` names the places of the
    capture at which values of its metadata stand. `gone` is since when the site no longer has the page, `now` the place
    of the version that it gave last.
    """

    version: Version
    versions: tuple[Version, ...]
    row: DocumentRow
    document: Document
    stored: StoredPage | None
    damage: str | None
    origins: dict[str, list[str]]
    gone: datetime | None = None
    now: int = -1

    def facts(self, *, origins: bool = True) -> list[tuple[str, str]]:
        """What is known of the page beside its document, as names and values; `origins` with where values stand."""
        row, here = self.row, self.version
        found = [
            ("status", f"{row['status']}: {row['reason']}" if row["reason"] else row["status"]),
            ("section", row["section"]),
            ("agency", row["agency"]),
            *((f"{name} stands in", ", ".join(places)) for name, places in self.origins.items() if origins),
            ("reserved", ", ".join(row["reservations"])),
            ("gone since", f"{self.gone:%Y-%m-%d %H:%M:%S} UTC" if self.gone else None),
            ("captured", f"{here.at:%Y-%m-%d %H:%M:%S} UTC"),
            ("record", f"raw/{here.source}/{here.shard} at {here.offset}, {row['digest']}"),
            ("capture", self.damage),
            ("encoding", row["encoding"]),
            ("cleaners", row["cleaners"]),
            ("corrections", row["corrections"]),
        ]
        if len(self.versions) > 1:
            number = self.versions.index(here) + 1
            days = ", ".join(f"{each.at:%Y-%m-%d %H:%M}" for each in self.versions)
            again = self.versions[self.now] == here != self.versions[-1]
            found.append(("version", f"{number} of {len(self.versions)}: {days}{_AGAIN if again else ''}"))
        return [(name, value) for name, value in found if value]


def find_page(data: Path, source: str, wanted: str) -> tuple[Version, ...]:
    """The captures of the page with this address, oldest first; its last part (`name`) will do if one page has it.

    So will the `id` of a row. Raises SitoError where nothing of the source is cleaned, and where no page or several
    have it, with the nearest.
    """
    shards = ShardTables.shards(data, source)
    if not shards:
        raise SitoError(f"of the source '{source}' nothing is cleaned in {data / 'clean'}; `sito ingest {source}`")
    found: list[Version] = []
    for shard in shards:
        found += _captures(ShardTables.of(data, source, shard), source, wanted)
    addresses = dict.fromkeys(each.url for each in found)
    if wanted in addresses:
        found = [each for each in found if each.url == wanted]
    elif len(addresses) > 1:
        raise SitoError(f"several pages of '{source}' are '{wanted}': {', '.join(list(addresses)[:5])}")
    if not found:
        raise SitoError(_unknown(data, source, shards, wanted))
    return tuple(sorted(found, key=lambda each: (each.at, each.shard, each.offset)))


def current(data: Path, versions: Sequence[Version]) -> int:
    """The place of the version that the page has now: the last, or an earlier one that its site has given again."""
    last = versions[-1]
    if len(versions) > 1 and last.status == "kept":
        found = latest_capture(versions_path(data, last.source), last.url)
        return next((n for n, each in enumerate(versions) if (each.shard, each.offset) == found), len(versions) - 1)
    return len(versions) - 1


def view_page(data: Path, versions: Sequence[Version], number: int | None = None) -> PageView:
    """The page in the version at this place, None: that which it has now.

    Raises SitoError where its rows cannot be read.
    """
    now = current(data, versions)
    version = versions[now if number is None else number]
    row, lines = rows_of(data, version)
    stored, damage = read_capture(data, version)
    document = rebuild_document(row, lines)
    origins = {} if stored is None or stored.error else where_stated(stored, _values(document))
    gone = gone_since(data, version.source, version.url)
    return PageView(version, tuple(versions), row, document, stored, damage, origins, gone, now)


def read_capture(data: Path, version: Version) -> tuple[StoredPage | None, str | None]:
    """The capture itself, None where raw/ no longer has it, and what is wrong with it, if anything."""
    try:
        stored = read_page(data / "raw" / version.source / version.shard, version.offset)
    except SitoError as error:
        return None, str(error)
    return stored, stored.error


def rows_of(data: Path, version: Version) -> tuple[DocumentRow, list[LedgerRow]]:
    """The rows of one capture. Raises SitoError where there are none, or they cannot be read."""
    tables = ShardTables.of(data, version.source, version.shard)
    found = tables.page(version.offset)
    if found is None:
        raise SitoError(f"{tables.documents} holds no page at offset {version.offset}")
    return found


def _values(document: Document) -> dict[str, str | None]:
    metadata = document.metadata
    return {
        "title": metadata.title,
        **{f"author {name}": name for name in metadata.authors},
        "date": metadata.published and metadata.published[:10],
        "site": metadata.site_name,
    }


def _captures(tables: ShardTables, source: str, wanted: str) -> list[Version]:
    columns = ["url", "shard", "offset", "fetched_at", "status"]
    with suppress(*UNREADABLE):  # `sito check` names damaged tables
        known = pq.read_schema(present(tables.documents)).names  # an earlier release had no `name`
        same: Any = reduce(or_, (pc.field(name) == wanted for name in _KEYS if name in known))
        rows: list[dict[str, Any]] = pq.read_table(
            present(tables.documents), columns=columns, filters=same, partitioning=None
        ).to_pylist()
        return [
            Version(source, row["url"], row["shard"], row["offset"], row["fetched_at"], row["status"]) for row in rows
        ]
    return []


def _unknown(data: Path, source: str, shards: Sequence[str], wanted: str) -> str:
    known: list[str] = []
    for shard in shards[-20:]:
        with suppress(*UNREADABLE):
            path = ShardTables.of(data, source, shard).documents
            known += pq.read_table(present(path), columns=["url"], partitioning=None)["url"].to_pylist()
    near = nearest(wanted, known, _NEAREST)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    return f"the source '{source}' holds no page '{wanted}'{hint}"
