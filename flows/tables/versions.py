"""The versions table of a source: which rows of documents are versions of one page, which is the latest, what is gone.

It is a table of its own, as the tables of a shard are final: a later shard, or an answer 404, must not rewrite them. It
is derived from all documents of the source and replaced as a whole, at the end of each run that changed any. Of which
documents it was made stands in the manifest, so that what did not change is taken from the table that is there.
"""

from __future__ import annotations

import hashlib
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
from flows.tables.merged_rows import merged_parts
from flows.tables.numbered import gone_at, numbered
from flows.tables.schema import DOCUMENTS, VERSIONS
from flows.tables.shard_tables import COMMIT_MARKER, OWN_MARKER, UNREADABLE
from flows.tables.summaries import Summaries
from flows.tables.versions_file import UnreadableVersions, made_of, parts, write
from flows.tables.versions_file import gone as kept_gone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from sqlite3 import Connection

    from flows.archive.pruned_versions import PrunedVersion

__all__ = ["gone_since", "versions_path", "write_versions"]

_FORM = "2 "
"""Begins what a table is made of; one of another form is made anew."""
_COLUMNS = ["url", "shard", "offset", "fetched_at", "digest", "status"]
_NOTHING = pa.schema([DOCUMENTS.field(name) for name in _COLUMNS]).empty_table()
_AT = VERSIONS.field("gone_at").type
_PRUNED = pa.schema([("url", pa.string()), ("digest", pa.string()), ("fetched_at", _AT)])


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
        gone = kept_gone(path)
    documents = data / "clean" / "documents" / f"source={source}"
    markers = _markers(documents, tables or Summaries(data, source))
    if not markers and not path.exists():
        return False
    now, before = _made_of(markers, gone), made_of(path)
    if now == before:
        return False
    archive = Archive(data, source)
    with closing(archive.manifest) as manifest:
        listed: dict[str, str] = {}
        known = "SELECT 1 FROM facts WHERE name = 'versions' AND value = ?"
        if before and before.startswith(_FORM) and manifest.rows(known, before):
            listed = dict(manifest.rows("SELECT shard, marker FROM listed"))
        pruned = _pruned(archive.folder, markers)
        rows = _updated(path, documents, listed, markers, gone, pruned, archive) if listed else None
        anew = partial(_anew, documents, markers, gone, pruned, archive)
        try:
            write(path, rows or anew(), now)
        except UnreadableVersions:
            write(path, anew(), now)
        manifest.write(partial(_keep, listed, markers, now))
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


def _keep(listed: Mapping[str, str], markers: Mapping[str, str], made_of: str, connection: Connection) -> None:
    """Keep in the manifest of which tables the table is made."""
    if not listed:
        connection.execute("DELETE FROM listed")
    connection.executemany("DELETE FROM listed WHERE shard = ?", [(shard,) for shard in listed.keys() - markers.keys()])
    new = sorted(markers.items() - listed.items())
    connection.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?)", new)
    connection.execute("INSERT OR REPLACE INTO facts VALUES ('versions', ?)", (made_of,))


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
) -> Iterator[pa.Table] | None:
    """The table, made of the one that is there and of what changed, a part at a time.

    None: something cannot be read, or a shard that was made of others came or went, with what was pruned from it.
    Raises UnreadableVersions for a table that proves to be damaged later.
    """
    changed = [shard for shard in sorted(listed.keys() | markers.keys()) if listed.get(shard) != markers.get(shard)]
    if any(map(is_rewritten, changed)):
        return None
    try:
        new = pa.concat_tables([_read(_file(documents, shard)) for shard in changed if shard in markers] or [_NOTHING])
        urls, others = _touched(path, changed, new["url"], revisited(archive, changed))
        read = [_columns(_file(documents, shard)) for shard in others]
    except (UnreadableVersions, *UNREADABLE):
        return None
    rows = _numbered([new, *read], gone, pruned, archive, urls)
    before = (_with_gone(part, gone) for part in parts(path, VERSIONS.names))
    return merged_parts(before, lambda part: pc.is_in(part["url"], urls), rows)


def _touched(path: Path, changed: Sequence[str], new: pa.ChunkedArray, again: pa.Array) -> tuple[pa.Array, list[str]]:
    """The pages whose rows are made anew, and the shards beside the changed ones that have captures of them.

    They are the `new` ones, those of a shard that `changed`, and those with several versions that were given `again`.
    """
    ours = pa.array([*changed, *map(_stem, changed)], pa.string())
    found = [*new.chunks]
    for part in parts(path, ["url", "shard", "version"]):
        given = pc.and_(pc.greater(part["version"], 1), pc.is_in(part["url"], again))
        found += part["url"].filter(pc.or_(pc.is_in(part["shard"], ours), given)).chunks
    urls = pc.unique(pa.chunked_array(found, pa.string()))
    others: set[str] = set()
    for part in parts(path, ["url", "shard"]):
        theirs = pc.and_not(pc.is_in(part["url"], urls), pc.is_in(part["shard"], ours))
        others.update(part["shard"].filter(theirs).to_pylist())
    return urls, sorted(others)


def _with_gone(rows: pa.Table, gone: Mapping[str, datetime]) -> pa.Table:
    at = gone_at(rows["url"], gone)
    return rows.set_column(rows.schema.get_field_index("gone_at"), VERSIONS.field("gone_at"), at).cast(VERSIONS)


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


def _anew(
    documents: Path, shards: Iterable[str], gone: Mapping[str, datetime], pruned: pa.Table, archive: Archive
) -> Iterator[pa.Table]:
    yield _numbered([_read(_file(documents, shard)) for shard in shards], gone, pruned, archive)


def _numbered(
    documents: Sequence[pa.Table],
    gone: Mapping[str, datetime],
    pruned: pa.Table,
    archive: Archive,
    urls: pa.Array | None = None,
) -> pa.Table:
    """The versions of all captures of these pages, None: of all."""
    captures = pa.concat_tables([_NOTHING, *documents])
    if urls is not None:
        captures, pruned = (each.filter(pc.is_in(each["url"], urls)) for each in (captures, pruned))
    return numbered(captures, pruned, confirmed(archive, captures), gone)
