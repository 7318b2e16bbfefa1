"""The versions table of a source: which rows of documents are versions of one page, which is the latest, what is gone.

It is a table of its own, as the tables of a shard are final: a later shard, or an answer 404, must not rewrite them. It
is derived from all documents of the source and replaced as a whole, at the end of each run that changed any.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from flows.archive.pruned_versions import read_pruned
from flows.archive.rewrites import is_rewritten
from flows.common.errors import SitoError
from flows.tables.schema import VERSIONS
from flows.tables.shard_tables import COMMIT_MARKER, OWN_MARKER, UNREADABLE, ShardTables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from flows.archive.pruned_versions import PrunedVersion

__all__ = ["gone_since", "versions_path", "write_versions"]

_MADE_OF = b"sito.made_of"
_COLUMNS = ["url", "shard", "offset", "fetched_at", "digest", "status"]
# What was pruned has no rows, but is counted: a version keeps its number.
# The text of a page whose last capture has none is in an earlier one, which then is the latest: as in an export.
_QUESTION = """
SELECT url, shard, "offset", version, latest, gone_at
FROM (
    SELECT *, dense_rank() OVER (PARTITION BY url ORDER BY first)::INT AS version,
        row_number() OVER (
            PARTITION BY url ORDER BY status = 'kept' DESC, fetched_at DESC, shard DESC, "offset" DESC
        ) = 1 AS latest
    FROM (
        SELECT every.*, gone.gone_at, min((fetched_at, shard, "offset")) OVER (PARTITION BY url, digest) AS first
        FROM (FROM documents UNION ALL BY NAME FROM pruned) AS every LEFT JOIN gone USING (url)
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


def write_versions(data: Path, source: str, gone: Mapping[str, datetime] | None = None) -> bool:
    """Write the table, unless it is made of the same already; gives whether it was written.

    `gone` are the pages that their site no longer has, with the time since when; None: those in the table. Documents
    that cannot be read are left out; `sito check` names them. Raises SitoError where clean/ cannot be written.
    """
    path = versions_path(data, source)
    if gone is None:
        gone = _gone(path)
    shards = ShardTables.shards(data, source)
    files = [ShardTables.of(data, source, shard).documents for shard in shards]
    if not files and not path.exists():
        return False
    made_of = _made_of(files, gone)
    with suppress(*UNREADABLE):
        if (pq.read_metadata(path).metadata or {}).get(_MADE_OF) == made_of:
            return False
    pruned = [each for shard in shards if is_rewritten(shard) for each in _pruned(data / "raw" / source / shard)]
    _write(path, _table(files, gone, pruned).replace_schema_metadata({_MADE_OF: made_of}))
    return True


def _made_of(files: list[Path], gone: Mapping[str, datetime]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        marker = b""
        with suppress(*UNREADABLE):
            footer = pq.read_metadata(file).metadata or {}
            marker = footer.get(COMMIT_MARKER, b"") + footer.get(OWN_MARKER, b"")
        digest.update(file.name.encode() + b" " + marker + b"\n")
    for url, at in sorted(gone.items()):
        digest.update(f"{url} {at.isoformat()}\n".encode())
    return digest.hexdigest().encode()


def _gone(path: Path) -> dict[str, datetime]:
    with suppress(*UNREADABLE):
        rows = pq.read_table(path, columns=["url", "gone_at"], partitioning=None).to_pylist()
        return {row["url"]: row["gone_at"] for row in rows if row["gone_at"] is not None}
    return {}


def _pruned(shard: Path) -> list[PrunedVersion]:
    with suppress(SitoError):  # a shard that was moved away counts for nothing
        return read_pruned(shard)
    return []


def _table(files: list[Path], gone: Mapping[str, datetime], pruned: Sequence[PrunedVersion]) -> pa.Table:
    import duckdb  # here: most commands that import this room ask nothing of it

    read: list[pa.Table] = []
    for file in files:
        with suppress(*UNREADABLE):
            read.append(pq.read_table(file, columns=_COLUMNS, partitioning=None))
    at = pa.timestamp("us", "UTC")
    of_state = pa.schema([("url", pa.string()), ("gone_at", at)])
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("documents", pa.concat_tables(read) if read else VERSIONS.empty_table())
        connection.register(
            "gone", pa.table({"url": list(gone), "gone_at": pa.array(list(gone.values()), at)}, of_state)
        )
        columns = [[getattr(each, name) for each in pruned] for name in ("url", "digest", "at")]
        types = (pa.string(), pa.string(), at)
        arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
        connection.register("pruned", pa.table(arrays, names=["url", "digest", "fetched_at"]))
        found: pa.Table = connection.sql(_QUESTION).to_arrow_table() if read else VERSIONS.empty_table()
        return found.cast(VERSIONS)


def _write(path: Path, table: pa.Table) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SitoError(f"{path.parent}: cannot be written ({error.strerror or error})") from error
