"""Pages that came back to bytes that they had before: a revisit in the archive says so, and no row of documents.

`confirmed` is for the versions table; the rest reads from it which capture that is.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.archive.cdxj import read_entries
from flows.common.errors import SitoError
from flows.tables.schema import VERSIONS
from flows.tables.shard_tables import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flows.archive.source_archive import Archive

__all__ = ["confirmed", "given_again", "latest_capture", "revisited"]

_GIVEN = pa.schema([("url", pa.string()), ("digest", pa.string()), ("given_at", VERSIONS.field("gone_at").type)])


def revisited(archive: Archive, shards: Iterable[str]) -> pa.Array:
    """The addresses of the revisits in these shards; one that cannot be read has none."""
    found: set[str] = set()
    for shard in shards:
        with suppress(SitoError, OSError):
            found.update(entry.url for entry in read_entries(archive.folder / shard) if entry.revisit)
    return pa.array(found, pa.string())


def confirmed(archive: Archive, documents: pa.Table) -> pa.Table:
    """The payload that the last good answer gave, and when, of each page that has rows with several."""
    payloads = documents.select(["url", "digest"]).group_by(["url", "digest"]).aggregate([])
    counted = payloads.group_by("url").aggregate([("digest", "count")])
    several = counted.filter(pc.greater(counted["digest_count"], 1))["url"].to_pylist()
    rows: list[tuple[str, str, object]] = []
    if several:
        with suppress(SitoError):  # an index that cannot be read is made anew, and said, by the next run
            captured = archive.captured()
            rows = [(url, page.digest, page.at) for url in several if (page := captured.get(url))]
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table([pa.array(values, kind) for values, kind in zip(columns, _GIVEN.types, strict=True)], schema=_GIVEN)


def latest_capture(versions: Path, url: str) -> tuple[str, int] | None:
    """Shard and offset of the latest version of a page, as the table of its source at `versions` says."""
    with suppress(*UNREADABLE):
        wanted = (pc.field("url") == url) & pc.field("latest")
        rows = pq.read_table(versions, columns=["shard", "offset"], filters=wanted, partitioning=None).to_pylist()
        return next(((row["shard"], row["offset"]) for row in rows), None)
    return None


def given_again(versions: Path) -> dict[str, set[int]]:
    """By shard, the offsets of the latest versions of pages that have a later one, as the table of a source says."""
    found: dict[str, set[int]] = {}
    with suppress(*UNREADABLE):
        later = pq.read_table(
            versions, columns=["url", "version"], filters=pc.field("version") > 1, partitioning=None
        ).group_by("url")
        last = later.aggregate([("version", "max")])
        wanted = pc.field("url").isin(last["url"].combine_chunks()) & pc.field("latest")
        columns = ["url", "shard", "offset", "version"]
        table = pq.read_table(versions, columns=columns, filters=wanted, partitioning=None).join(last, "url")
        for row in table.filter(pc.less(table["version"], table["version_max"])).to_pylist():
            found.setdefault(row["shard"], set()).add(row["offset"])
    return found
