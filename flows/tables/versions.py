"""The versions table of a source: which rows of documents are versions of one page, which is the latest, what is gone.

It is a table of its own, as the tables of a shard are final: a later shard, or an answer 404, must not rewrite them. It
is derived from all documents of the source and replaced as a whole, at the end of each run that changed any. Of which
documents it was made stands in the manifest, so that what did not change is taken from the table that is there.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.archive.pruned_versions import read_pruned
from flows.archive.rewrites import is_rewritten
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.store.present import present
from flows.tables.given_again import confirmed, revisited
from flows.tables.merged_rows import merged_rows
from flows.tables.schema import DOCUMENTS, VERSIONS
from flows.tables.shard_tables import COMMIT_MARKER, OWN_MARKER, UNREADABLE
from flows.tables.summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from sqlite3 import Connection

    from flows.archive.pruned_versions import PrunedVersion

__all__ = ["gone_since", "versions_path", "write_versions"]

_MADE_OF = b"sito.made_of"
_FORM = "2 "
"""Begins what a table is made of; one of another form is made anew."""
_GROUP = 100_000
"""Rows of a row group: the writer holds one."""
_COLUMNS = ["url", "shard", "offset", "fetched_at", "digest", "status"]
_NOTHING = pa.schema([DOCUMENTS.field(name) for name in _COLUMNS]).empty_table()
_AT = VERSIONS.field("gone_at").type
_GONE = pa.schema([("url", pa.string()), ("gone_at", _AT)])
_PRUNED = pa.schema([("url", pa.string()), ("digest", pa.string()), ("fetched_at", _AT)])
# What was pruned has no rows, but is counted: a version keeps its number.
# A page may come back to bytes that it had before: these have no new row, but the last answer gave them.
# The text of a page whose last capture has none is in an earlier one, which then is the latest: as in an export.
_QUESTION = """
SELECT url, shard, "offset", version, latest, gone_at
FROM (
    SELECT *, dense_rank() OVER (PARTITION BY url ORDER BY first)::INT AS version,
        row_number() OVER (
            PARTITION BY url
            ORDER BY status = 'kept' DESC, greatest(fetched_at, given_at) DESC,
                fetched_at DESC, shard DESC, "offset" DESC
        ) = 1 AS latest
    FROM (
        SELECT every.*, gone.gone_at, given.given_at,
            min((fetched_at, shard, "offset")) OVER (PARTITION BY url, digest) AS first
        FROM (FROM documents UNION ALL BY NAME FROM pruned) AS every
        LEFT JOIN gone USING (url) LEFT JOIN given USING (url, digest)
    )
)
WHERE status IS NOT NULL
ORDER BY shard, "offset"
"""


def versions_path(data: Path, source: str) -> Path:
    """Where the table of a source is."""
    return data / "clean" / "versions" / f"source={source}" / "versions.parquet"


def gone_since(data: Path, source: str, url: str) -> datetime | None:
    """Since when the site no longer has the page, as the table says; None: it has it, or the table cannot be read."""
    with suppress(*UNREADABLE):
        path = versions_path(data, source)
        rows = pq.read_table(path, columns=["gone_at"], filters=[("url", "=", url)], partitioning=None).to_pylist()
        return next((row["gone_at"] for row in rows), None)
    return None


def write_versions(
    data: Path, source: str, tables: Summaries | None = None, gone: Mapping[str, datetime] | None = None
) -> bool:
    """Write the table, unless it is made of the same already; gives whether it was written.

    `tables` are the summaries of the source, None: they are read. `gone` are the pages that their site no longer has,
    with the time since when; None: those in the table. Only documents that changed since the table was written are
    read, and those that hold other captures of the same pages. Documents that cannot be read are left out; `sito check`
    names them. The caller holds the source's lock. Raises SitoError where clean/ cannot be written.
    """
    path = versions_path(data, source)
    if gone is None:
        gone = _gone(path)
    documents = data / "clean" / "documents" / f"source={source}"
    markers = _markers(documents, tables or Summaries(data, source))
    if not markers and not path.exists():
        return False
    made_of, before = _made_of(markers, gone), _footer(path)
    if made_of == before:
        return False
    archive = Archive(data, source)
    with closing(archive.manifest) as manifest:
        listed: dict[str, str] = {}
        known = "SELECT 1 FROM facts WHERE name = 'versions' AND value = ?"
        if before and before.startswith(_FORM) and manifest.rows(known, before):
            listed = dict(manifest.rows("SELECT shard, marker FROM listed"))
        pruned = _pruned(archive.folder, markers)
        table = _updated(path, documents, listed, markers, gone, pruned, archive) if listed else None
        if table is None:
            table = _numbered([_read(_file(documents, shard)) for shard in markers], gone, pruned, archive)
        _write(path, table.replace_schema_metadata({_MADE_OF: made_of.encode()}))
        manifest.write(partial(_keep, listed, markers, made_of))
    return True


def _markers(documents: Path, tables: Summaries) -> dict[str, str]:
    """The marker of the documents of each shard, opened where it is not known otherwise; empty: cannot be read."""
    found: dict[str, str] = {}
    for shard, known in tables.markers().items():
        found[shard] = known or ""
        if known is None:
            with suppress(*UNREADABLE):
                footer = pq.read_metadata(present(_file(documents, shard))).metadata or {}
                found[shard] = (footer.get(COMMIT_MARKER, b"") + footer.get(OWN_MARKER, b"")).decode()
    return found


def _made_of(markers: Mapping[str, str], gone: Mapping[str, datetime]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for shard, marker in markers.items():
        digest.update(f"{shard} {marker}\n".encode())
    for url, at in sorted(gone.items()):
        digest.update(f"{url} {at.isoformat()}\n".encode())
    return _FORM + digest.hexdigest()


def _footer(path: Path) -> str | None:
    """What the table that is there is made of."""
    with suppress(*UNREADABLE):
        return str((pq.read_metadata(path).metadata or {}).get(_MADE_OF, b""), "utf-8")
    return None


def _keep(listed: Mapping[str, str], markers: Mapping[str, str], made_of: str, connection: Connection) -> None:
    """Keep in the manifest of which tables the table is made."""
    if not listed:
        connection.execute("DELETE FROM listed")
    connection.executemany("DELETE FROM listed WHERE shard = ?", [(shard,) for shard in listed.keys() - markers.keys()])
    new = sorted(markers.items() - listed.items())
    connection.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?)", new)
    connection.execute("INSERT OR REPLACE INTO facts VALUES ('versions', ?)", (made_of,))


def _gone(path: Path) -> dict[str, datetime]:
    with suppress(*UNREADABLE):
        own = pc.field("gone_at").is_valid()
        rows = pq.read_table(path, columns=["url", "gone_at"], filters=own, partitioning=None).to_pylist()
        return {row["url"]: row["gone_at"] for row in rows}
    return {}


def _pruned(folder: Path, shards: Iterable[str]) -> pa.Table:
    """The versions that were pruned from the shards; one that was moved away counts for nothing."""
    found: list[PrunedVersion] = []
    for shard in filter(is_rewritten, shards):
        with suppress(SitoError):
            found += read_pruned(folder / shard)
    return pa.Table.from_arrays(
        [
            pa.array([getattr(each, name) for each in found], _PRUNED.field(at).type)
            for at, name in enumerate(("url", "digest", "at"))
        ],
        schema=_PRUNED,
    )


def _updated(
    path: Path,
    documents: Path,
    listed: Mapping[str, str],
    markers: Mapping[str, str],
    gone: Mapping[str, datetime],
    pruned: pa.Table,
    archive: Archive,
) -> pa.Table | None:
    """The table, made of the one that is there and of what changed.

    None: something cannot be read, or a shard that was made of others came or went, with what was pruned from it.
    """
    changed = [shard for shard in sorted(listed.keys() | markers.keys()) if listed.get(shard) != markers.get(shard)]
    if any(map(is_rewritten, changed)):
        return None
    try:
        before = pq.read_table(path, partitioning=None)
        own = pc.is_in(before["shard"], pa.array([*changed, *map(_stem, changed)], pa.string()))
        new = pa.concat_tables([_read(_file(documents, shard)) for shard in changed if shard in markers] or [_NOTHING])
        several = before["url"].filter(pc.greater(before["version"], 1))
        given = several.filter(pc.is_in(several, revisited(archive, changed)))
        urls = [*before["url"].filter(own).chunks, *new["url"].chunks, *given.chunks]
        urls = pc.unique(pa.chunked_array(urls, pa.string()))
        again = pc.is_in(before["url"], urls)
        others = pc.unique(before["shard"].filter(pc.and_not(again, own))).to_pylist()
        read = [_columns(_file(documents, shard)) for shard in others]
    except UNREADABLE:
        return None
    numbered = _numbered([new, *read], gone, pruned, archive, urls)
    times = pa.array(list(gone.values()), _AT)
    at = pc.take(times, pc.index_in(before["url"], pa.array(list(gone), pa.string())))
    before = before.set_column(before.schema.get_field_index("gone_at"), VERSIONS.field("gone_at"), at)
    return merged_rows(before.cast(VERSIONS), pc.indices_nonzero(again).to_pylist(), numbered)


def _stem(shard: str) -> str:
    return shard.removesuffix(".warc.gz")


def _file(documents: Path, shard: str) -> Path:
    return documents / f"{_stem(shard)}.parquet"


def _read(file: Path) -> pa.Table:
    """What is asked of the documents of a shard; no rows where they cannot be read."""
    with suppress(*UNREADABLE):
        return _columns(file)
    return _NOTHING


def _columns(file: Path) -> pa.Table:
    return pq.read_table(present(file), columns=_COLUMNS, partitioning=None).cast(_NOTHING.schema)


def _numbered(
    documents: Sequence[pa.Table],
    gone: Mapping[str, datetime],
    pruned: pa.Table,
    archive: Archive,
    urls: pa.Array | None = None,
) -> pa.Table:
    """The versions of all captures of these pages, None: of all."""
    import duckdb  # here: most commands that import this room ask nothing of it

    captures = pa.concat_tables([_NOTHING, *documents])
    if urls is not None:
        captures, pruned = (each.filter(pc.is_in(each["url"], urls)) for each in (captures, pruned))
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("documents", captures)
        connection.register("gone", pa.table({"url": list(gone), "gone_at": list(gone.values())}, _GONE))
        connection.register("pruned", pruned)
        connection.register("given", confirmed(archive, captures))
        return connection.sql(_QUESTION).to_arrow_table().cast(VERSIONS)


def _write(path: Path, table: pa.Table) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part, compression="zstd", row_group_size=_GROUP)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SitoError(f"{path.parent}: cannot be written ({error.strerror or error})") from error
