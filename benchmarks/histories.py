"""Long histories of a source, made in seconds: shards of invented pages with tables, as runs over years leave them.

Pages are captured and archived as a run does it; what cleaning makes of them is made of one page's rows under other
addresses, as nothing that is measured here looks at texts.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
from pyarrow import RecordBatch, array

from flows.archive.captured_index import CapturedIndex
from flows.archive.cdxj import read_entries
from flows.archive.source_archive import Archive
from flows.common.page_types import Capture
from flows.memory.source_memory import Memories
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.form import form
from flows.tables.days import Days
from flows.tables.schema import DOCUMENTS, LEDGER
from flows.tables.shard_tables import ShardTables
from flows.tables.tables_writer import TablesWriter

if TYPE_CHECKING:
    from pyarrow import Schema

    from flows.tables.rows import PageRows
    from flows.tables.tables_writer import SizedRows

SOURCE = "news"
SHARDS_A_DAY = 4
PAGE = (
    "<html lang=uk><head><title>Новина {0}</title></head><body><article><h1>Новина {0}</h1>"
    "<p>Сьогодні вранці на набережній відкрили маленьку бібліотеку просто неба, і це вже полиця номер {0}.</p>"
    "<p>Читачі приносять книжки з дому й лишають їх на дерев’яних полицях.</p>"
    "<p>The shelves were built by pupils of the local school during the spring holidays.</p></article></body></html>"
)


def body(number: int) -> bytes:
    """The page of that number."""
    return PAGE.format(number).encode()


def make_history(data: Path, address: str, shards: int, pages: int) -> None:
    """Shards of `pages` pages each, four a day up to yesterday; page N is at `address`/N, the last one is N = 0."""
    archive = Archive(data, SOURCE)
    memories = Memories(data, SOURCE)
    today = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0)
    number = shards * pages
    model = _model()
    with archive.lock(), patch.object(os, "fsync", lambda descriptor: None):
        for n in range(shards):
            left = shards - 1 - n
            at = today - timedelta(days=1 + left // SHARDS_A_DAY) + timedelta(hours=3 - left % SHARDS_A_DAY)
            with archive.writer(CapturedIndex()) as writer:
                for _ in range(pages):
                    number -= 1
                    writer.add(_capture(address, number, at))
            shard = archive.folder / writer.shards[-1]
            _write_tables(data, shard, model, memories.name(at.date()))
            memories.summarize(shard.name)


def _capture(address: str, number: int, at: datetime) -> Capture:
    return Capture(
        f"{address}/{number}",
        body(number),
        at,
        "text/html",
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        request_headers=(("User-Agent", "sito"),),
    )


def _model() -> PageRows:
    """The rows of one page, as cleaning makes them."""
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder), SOURCE)
        with archive.writer(CapturedIndex()) as writer:
            writer.add(_capture("http://127.0.0.1", 0, datetime.now(UTC)))
        shard = archive.folder / writer.shards[0]
        clean_shard(CleaningJob(shard, Path(folder), SOURCE, None))
        return next(ShardTables.of(Path(folder), SOURCE, shard.name).pages())


def _write_tables(data: Path, shard: Path, model: PageRows, memory: str | None) -> None:
    """All pages of the shard at once, in columns: rows one by one would take most of the time."""
    document, lines = model
    entries = list(read_entries(shard))
    where = {"url": [entry.url for entry in entries], "offset": [entry.offset for entry in entries]}
    own = {
        "id": [f"{SOURCE}/{shard.name.removesuffix('.warc.gz')}/{entry.offset}" for entry in entries],
        "name": [entry.url.rpartition("/")[2] for entry in entries],
        "digest": [entry.digest for entry in entries],
        "fetched_at": [entry.at for entry in entries],
    }
    of_all = {"shard": shard.name}
    days = Days()
    for n in range(len(entries)):
        days.add(document | {name: column[n] for name, column in (where | own).items()} | {"memory": memory}, lines)
    with TablesWriter(ShardTables.of(data, SOURCE, shard.name), form("keep")) as writer:
        writer.copy(
            _repeated([document | of_all | {"memory": memory}], len(entries), DOCUMENTS, where | own),
            _repeated([line | of_all for line in lines], len(entries), LEDGER, where),
        )
        writer.set_days(days)


def _repeated(rows: list[dict[str, Any]], times: int, schema: Schema, columns: dict[str, list[Any]]) -> SizedRows:
    """These rows so many times, with these columns, which have a value for each time; sizes are made up."""
    once = RecordBatch.from_pylist(rows, schema=schema)
    arrays = once.take(np.tile(np.arange(len(rows)), times)).columns
    for name, values in columns.items():
        column = array(values, schema.field(name).type).take(np.repeat(np.arange(times), len(rows)))
        arrays[schema.get_field_index(name)] = column
    return RecordBatch.from_arrays(arrays, schema=schema), np.full(len(rows) * times, 500, np.int64)


def days(shards: int) -> tuple[date, date]:
    """The first and the last day of such a history."""
    last = datetime.now(UTC).date() - timedelta(days=1)
    return last - timedelta(days=(shards - 1) // SHARDS_A_DAY), last
