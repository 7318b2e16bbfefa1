"""A small invented newspaper in raw/, for tests of what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import CleaningJob
from flows.tables.shard_tables import ShardTables
from support.captures import file, keep

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

SOURCE = "news"
FIRST_DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)
BODY = (
    "<p>Сьогодні вранці на набережній відкрили маленьку бібліотеку просто неба.</p>"
    "<p>Читачі приносять книжки з дому й лишають їх на дерев’яних полицях.</p>"
    "<p>The shelves were built by pupils of the local school during the spring holidays.</p>"
    "<p>Читайте також: Як доглядати за старими книжками</p>"
)


def page(number: int, body: str = BODY) -> bytes:
    html = f"<html lang=uk><head><title>Новина {number}</title></head><body><article><h1>Новина {number}</h1>{body}"
    return html.encode()


def shard_of(data: Path, *bodies: bytes, start: int = 0) -> Path:
    """One shard with a page a day."""
    archive, _, _ = keep(
        data,
        [
            file(f"file:///{start + n}.html", body, FIRST_DAY + timedelta(days=start + n))
            for n, body in enumerate(bodies)
        ],
    )
    return archive.shards()[-1]


def job(data: Path, shard: Path, **options: Any) -> CleaningJob:
    return CleaningJob(shard, data, SOURCE, "uk", **options)


def cleaned(data: Path, shard: Path, **options: Any) -> ShardTables:
    clean_shard(job(data, shard, **options))
    return ShardTables.of(data, SOURCE, shard.name)


def documents(tables: ShardTables) -> list[dict[str, Any]]:
    return pq.ParquetFile(tables.documents).read().to_pylist()


def ledger(tables: ShardTables) -> list[dict[str, Any]]:
    return pq.ParquetFile(tables.ledger).read().to_pylist()


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but the list of shards that were read lately, and what is known of all files."""
    own = (".checked", ".manifest.sqlite")
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in own)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
