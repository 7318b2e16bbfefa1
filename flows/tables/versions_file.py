"""The file of a versions table, read and written some rows at a time: a million rows take 80 MiB."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.tables.schema import VERSIONS
from flows.tables.shard_tables import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

__all__ = ["UnreadableVersions", "gone", "made_of", "parts", "write"]

_MADE_OF = b"sito.made_of"
_GROUP = 100_000
"""Rows of a row group: the writer holds one."""
_PART = 20_000
"""Rows that are read at once."""


class UnreadableVersions(Exception):  # noqa: N818 - a state of the file
    """The table cannot be read to its end."""


def made_of(path: Path) -> str | None:
    """What the table that is there is made of; None where there is none that can be read."""
    with suppress(*UNREADABLE):
        return str((pq.read_metadata(path).metadata or {}).get(_MADE_OF, b""), "utf-8")
    return None


def gone(path: Path) -> dict[str, datetime]:
    """The pages that their site no longer has, with the time since when; none where the table cannot be read."""
    with suppress(*UNREADABLE):
        own = pc.field("gone_at").is_valid()
        rows = pq.read_table(path, columns=["url", "gone_at"], filters=own, partitioning=None).to_pylist()
        return {row["url"]: row["gone_at"] for row in rows}
    return {}


def parts(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """These columns of the table, some rows at a time, in order. Raises UnreadableVersions."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_PART, columns=columns):
                yield pa.Table.from_batches([batch])
    except UNREADABLE as error:
        raise UnreadableVersions from error


def write(path: Path, rows: Iterable[pa.Table], made_of: str) -> None:
    """Replace the table by these rows, whole groups of them at a time.

    Raises SitoError where it cannot be written, and what `rows` raises, other than OSError: then nothing has changed.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    schema = VERSIONS.with_metadata({_MADE_OF: made_of.encode()})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for group in _groups(rows):
                writer.write_table(group.cast(schema), row_group_size=_GROUP)
        part.replace(path)
    except OSError as error:
        raise SitoError(f"{path.parent}: cannot be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _groups(rows: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of whole row groups, and the rest."""
    held: list[pa.Table] = []
    number = 0
    for table in rows:
        held.append(table)
        number += table.num_rows
        if number >= _GROUP:
            whole = pa.concat_tables(held)
            number %= _GROUP
            yield whole.slice(0, whole.num_rows - number)
            held = [whole.slice(whole.num_rows - number)]
    if number:
        yield pa.concat_tables(held)
