"""The two tables of shards beside the same columns as JSON Lines in zstd of the same level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pages import write_shards
from benchmarks.scale.gold import gold_pages
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.ingest_source import BATCH

WANTED = 1.2
LEVEL = 3
OTHERS: Mapping[str, Mapping[str, object]] = {
    "level 1": {"compression_level": 1},
    "level 9": {"compression_level": 9},
    "no dictionaries": {"use_dictionary": False, "compression_level": LEVEL},
    "statistics of all": {"write_statistics": True, "compression_level": LEVEL},
    "no statistics": {"write_statistics": False, "compression_level": LEVEL},
    "no dictionary, level 9": {"use_dictionary": False, "compression_level": 9},
}
"""Other ways to write the same rows; with statistics where nothing else is said."""


def measure(every: int) -> None:
    """Print bytes of each table, and of the ways to write it."""
    payloads = [payload for _, payload in gold_pages(every)]
    with TemporaryDirectory(prefix="sito-formats-") as folder:
        data = Path(folder)
        shards = write_shards(data, [payloads[at : at + BATCH] for at in range(0, len(payloads), BATCH)])
        with CleaningPool(1) as pool:
            for shard in shards:
                pool.clean(CleaningJob(shard, data, "bench", None))
        print(f"{len(payloads)} pages in {len(shards)} shards; KiB, and the part of zstd JSON Lines")
        for name in ("documents", "ledger"):
            compare(name, sorted((data / "clean" / name).rglob("*.parquet")))


def compare(name: str, files: list[Path]) -> None:
    """Print the sizes of one table."""
    tables = [pq.read_table(file) for file in files]
    lines = sum(_compressed(_json_lines(table)) for table in tables)
    print(f"{name}: {sum(table.num_rows for table in tables):,} rows, {len(tables[0].schema)} columns")
    ways: dict[str, Callable[[], int]] = {
        "on disk": lambda: sum(file.stat().st_size for file in files),
        **{way: lambda how=how: sum(_written(table, how) for table in tables) for way, how in OTHERS.items()},  # type: ignore[misc]
    }
    print(f"  {'zstd JSON Lines':24}{lines / 1024:10,.0f}")
    for way, size in ways.items():
        part = size() / lines
        said = f"   wanted: at most {WANTED}" if way == "on disk" else ""
        print(f"  {way:24}{part * lines / 1024:10,.0f}{part:8.2f}{said}")
    columns = {
        column: sum(_compressed(_json_lines(table.select([column]))) for table in tables)
        for column in tables[0].schema.names
    }
    sizes = _column_sizes(files)
    most = sorted(columns, key=lambda column: -sizes[column])[:8]
    print("  the biggest columns, KiB in Parquet and alone as JSON Lines: ", end="")
    print(", ".join(f"{column} {sizes[column] / 1024:,.0f} / {columns[column] / 1024:,.0f}" for column in most))


def _json_lines(table: pa.Table) -> bytes:
    return b"".join(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE) for row in table.to_pylist())


def _compressed(text: bytes) -> int:
    return len(pa.Codec("zstd", LEVEL).compress(text, asbytes=True))


def _written(table: pa.Table, how: Mapping[str, object]) -> int:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True, **how)
    return int(sink.getvalue().size)


def _column_sizes(files: list[Path]) -> dict[str, int]:
    """Compressed bytes of each column at the top."""
    sizes: dict[str, int] = {}
    for file in files:
        metadata = pq.ParquetFile(file).metadata
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                name = column.path_in_schema.partition(".")[0]
                sizes[name] = sizes.get(name, 0) + column.total_compressed_size
    return sizes
