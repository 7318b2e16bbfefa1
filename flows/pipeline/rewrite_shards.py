"""Shards of a source made into one other, with its tables: published in one step, the old files removed a while later.

`flows.archive.rewrites` says what readers make of it. Whatever moment a kill comes at, each page that stays can be read
once: from the old shards before that step, from the new one after it.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from flows.archive.merged_shard import is_whole, write_merged
from flows.archive.rewrites import load_rewrites, remove_shard, remove_unsaved, rewritten_name, save_rewrites
from flows.common.errors import SitoError
from flows.tables.merged_tables import MovedRows, merge_tables, why_not_copied
from flows.tables.shard_tables import ShardTables
from flows.tables.versions import write_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.archive.cdxj import CdxjEntry
    from flows.archive.merged_shard import KeptRecords

__all__ = ["finish_rewrites", "rewrite_shards", "why_not_rewritten"]


def why_not_rewritten(data: Path, source: str, shard: Path, entries: Sequence[CdxjEntry]) -> str | None:
    """Why a shard, with these captures, must stay as it is; None: it can be rewritten. Reads its tables."""
    if not is_whole(shard):
        return "it or its index is damaged"
    pages = {entry.offset: entry.digest for entry in entries if entry.is_page}
    return why_not_copied(ShardTables.of(data, source, shard.name), pages)


def rewrite_shards(data: Path, source: str, parts: Sequence[KeptRecords]) -> str:
    """Put one new shard, with all that is to stay of some that follow each other, in their place; gives its name.

    The caller holds the source's lock, has finished what was begun before (`finish_rewrites`), and writes the versions
    table afterwards. Raises SitoError where something cannot be written or is not what it should be; the old shards
    then stay.
    """
    folder = data / "raw" / source
    rewrites = load_rewrites(folder)
    made = rewritten_name(parts[-1].shard.name, rewrites.number + 1)
    if (folder / made).exists():
        raise SitoError(f"{folder / made}: is there, and is not known as one that was made; move it away")
    tables = ShardTables.of(data, source, made)
    with _refusals(folder):
        rewrites = rewrites.begin(made)
        save_rewrites(folder, rewrites)
        try:
            moved = write_merged(folder / made, source, parts)
            rows = [MovedRows(ShardTables.of(data, source, old.name), of) for old, of in moved.items()]
            merge_tables(tables, made, source, rows)
        except BaseException:
            _remove(data, source, made)
            raise
        places = {old.name: of for old, of in moved.items()}
        size = (folder / made).stat().st_size
        save_rewrites(folder, rewrites.publish(made, places, size, datetime.now(UTC)))
    return made


def finish_rewrites(data: Path, source: str, now: datetime) -> str | None:
    """Remove what an unfinished rewrite left, and the shards that were replaced long enough ago; under the lock.

    Gives a sentence where one was not finished. Raises SitoError where something cannot be removed.
    """
    folder = data / "raw" / source
    rewrites = load_rewrites(folder)
    rest, names = rewrites.end(now, partial(_is_there, data, source))
    with _refusals(folder):
        remove_unsaved(folder)
    if rest.published == rewrites.published and not names:
        return None
    write_versions(data, source)  # else it names shards that are gone, if a kill came before it was written
    with _refusals(folder):
        removed = [name for name in names if _remove(data, source, name)]
        save_rewrites(folder, rest)
    if rewrites.making not in removed:
        return None
    return f"{rewrites.making}: was being made out of other shards, which stay; removed"


def _is_there(data: Path, source: str, shard: str) -> bool:
    return (data / "raw" / source / shard).exists() or ShardTables.of(data, source, shard).documents.exists()


def _remove(data: Path, source: str, shard: str) -> bool:
    tables = ShardTables.of(data, source, shard).remove()
    return remove_shard(data / "raw" / source / shard) or tables


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SitoError(
            f"{folder}: cannot be rewritten ({error.strerror or error}); free some space or fix the permissions, then "
            "run again: nothing is lost"
        ) from error
