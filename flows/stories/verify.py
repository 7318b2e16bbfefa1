"""Everything about clean/stories/ that can be verified: its files, its rows against the documents, its index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.common.damage import Damage
from flows.store.present import present
from flows.stories.index import UNREADABLE, DamagedIndex, DayFiles, only_run, read_taken, shards_file
from flows.stories.stories_table import story_files
from flows.tables.schema import STORIES
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.stories.index import Taken

AGAIN = "remove {folder} and run `sito stories`: it makes all of it anew from clean/documents"


def verify_stories(data: Path, tell: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Damage]:
    """The damages of clean/stories/, under its lock; `tell` receives shards compared and of how many.

    Tables that came or changed since the last `sito stories` are no damage. Raises SitoError where another run is at
    work there, OSError where it cannot be locked.
    """
    with only_run(data):
        again = AGAIN.format(folder=data / "clean" / "stories")
        tables = []
        for path in story_files(data):
            try:
                tables.append(pq.read_table(path, schema=STORIES, page_checksum_verification=True, partitioning=None))
            except UNREADABLE as error:
                yield Damage(str(path), f"cannot be read ({error})", again)
                return
        rows = pa.concat_tables([STORIES.empty_table(), *tables])
        yield from _verify_representatives(data, rows, again)
        taken = read_taken(shards_file(data))
        if taken is not None:  # without the index nothing says which tables the rows are of: the next run makes it
            yield from _verify_rows(data, rows, taken, again, tell)
            yield from _verify_index(data, taken, again)


def _verify_representatives(data: Path, rows: pa.Table, again: str) -> Iterator[Damage]:
    by_story = rows.group_by("story").aggregate([("representative", "sum")])
    wrong = pc.sum(pc.not_equal(by_story["representative_sum"], 1)).as_py() or 0
    if wrong:
        where = str(data / "clean" / "stories")
        yield Damage(where, f"{wrong:,} stories have no document that stands for them, or several", again)


def _verify_rows(
    data: Path, rows: pa.Table, taken: dict[tuple[str, str], Taken], again: str, tell: Callable[[int, int], None]
) -> Iterator[Damage]:
    """Each document with text of the tables that were taken in has its row, and no other is there."""
    held: dict[tuple[str, str], set[tuple[int, str]]] = {}
    columns = (rows[name].to_pylist() for name in ("source", "shard", "offset", "url"))
    for source, shard, offset, url in zip(*columns, strict=True):
        held.setdefault((source, shard), set()).add((offset, url))
    for source, shard in sorted(held.keys() - taken.keys()):
        where = str(data / "clean" / "stories")
        yield Damage(where, f"has rows of {source}/{shard}, never taken in", again)
    for n, ((source, shard), of) in enumerate(sorted(taken.items()), start=1):
        tables = ShardTables.of(data, source, shard)
        if of.marker and of.marker == tables.marker():
            try:
                wanted = _documents(tables)
            except UNREADABLE:
                continue  # the check of its source says so
            found = held.get((source, shard), set())
            if found != wanted:
                missing, strange = len(wanted - found), len(found - wanted)
                what = f"of {source}/{shard} {missing:,} documents are missing, and {strange:,} rows are of no document"
                yield Damage(str(data / "clean" / "stories"), what, again)
        tell(n, len(taken))


def _documents(tables: ShardTables) -> set[tuple[int, str]]:
    table = pq.read_table(present(tables.documents), columns=["offset", "url", "status"], partitioning=None)
    kept = table.filter(pc.equal(table["status"].cast(pa.string()), "kept"))
    return set(zip(kept["offset"].to_pylist(), kept["url"].to_pylist(), strict=True))


def _verify_index(data: Path, taken: dict[tuple[str, str], Taken], again: str) -> Iterator[Damage]:
    files = DayFiles(data)
    for day in sorted({day for of in taken.values() for day in of.days}):
        try:
            entries, links = len(files.day(day)), files.links(day)
        except DamagedIndex as error:
            yield Damage(str(shards_file(data).parent), f"cannot be read ({error})", "the next `sito stories` makes it")
            return
        if links is not None and len(links.row) != entries:
            yield Damage(str(shards_file(data).parent), "entries and links of a day differ in number", again)
            return
