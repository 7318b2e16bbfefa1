"""Which captures are versions of one page, which is the latest, and what is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.tables.schema import VERSIONS
from flows.tables.versions import versions_path, write_versions

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_TYPES = pa.schema(
    [
        *(("url", pa.string()), ("shard", pa.string()), ("offset", pa.int64())),
        *(("fetched_at", pa.timestamp("us", "UTC")), ("digest", pa.string()), ("status", pa.string())),
    ]
)


def documents(data: Path, shard: str, *rows: tuple[str, int, str, str]) -> None:
    """Rows of a documents table, with no more columns than are looked at: address, hour, digest, status."""
    folder = data / "clean" / "documents" / "source=town"
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        {"url": url, "shard": shard, "offset": n, "fetched_at": NOON + timedelta(hours=hour)}
        | {"digest": digest, "status": status}
        for n, (url, hour, digest, status) in enumerate(rows)
    ]
    pq.write_table(pa.Table.from_pylist(found, schema=_TYPES), folder / f"{shard}.parquet")


def versions(data: Path) -> list[dict[str, Any]]:
    table = pq.read_table(versions_path(data, "town"), partitioning=None)
    assert table.schema.remove_metadata() == VERSIONS.remove_metadata()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


@pytest.mark.parametrize(
    ("captures", "numbers", "latest"),
    [
        ([(0, "A", "kept")], [1], 0),
        ([(0, "A", "kept"), (1, "B", "kept"), (2, "C", "kept")], [1, 2, 3], 2),
        ([(5, "A", "kept"), (1, "B", "kept")], [2, 1], 0),  # imported later, captured earlier
        ([(0, "A", "kept"), (1, "A", "kept")], [1, 1], 1),  # captured again, as its record was lost
        ([(0, "A", "kept"), (1, "B", "empty"), (2, "C", "failed")], [1, 2, 3], 0),  # the last with text
        ([(0, "A", "empty"), (1, "B", "failed")], [1, 2], 1),
    ],
)
def test_a_page_has_one_latest_version(
    tmp_path: Path, captures: list[tuple[int, str, str]], numbers: list[int], latest: int
) -> None:
    for n, (hour, digest, status) in enumerate(captures):
        documents(
            tmp_path, f"s{n}", ("https://a.example/1", hour, digest, status), ("https://a.example/2", 0, "Z", "kept")
        )
    assert write_versions(tmp_path, "town")
    rows = [row for row in versions(tmp_path) if row["url"] == "https://a.example/1"]
    assert [row["version"] for row in rows] == numbers
    assert [row["latest"] for row in rows] == [n == latest for n in range(len(captures))]
    assert sum(row["latest"] for row in versions(tmp_path)) == 2


def test_what_is_gone_stands_with_all_its_versions_until_it_comes_back(tmp_path: Path) -> None:
    documents(tmp_path, "s0", ("https://a.example/1", 0, "A", "kept"), ("https://a.example/2", 0, "B", "kept"))
    assert write_versions(tmp_path, "town", {"https://a.example/1": NOON})
    assert [row["gone_at"] for row in versions(tmp_path)] == [NOON, None]
    documents(tmp_path, "s1", ("https://a.example/1", 1, "C", "kept"))
    assert write_versions(tmp_path, "town"), "a reprocess asks no site, and keeps what is known"
    assert [row["gone_at"] for row in versions(tmp_path)] == [NOON, None, NOON]
    assert write_versions(tmp_path, "town", {})
    assert [row["gone_at"] for row in versions(tmp_path)] == [None, None, None]


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    assert not write_versions(tmp_path, "town")
    assert not versions_path(tmp_path, "town").exists()
    documents(tmp_path, "s0", ("https://a.example/1", 0, "A", "kept"))
    assert write_versions(tmp_path, "town")
    assert not write_versions(tmp_path, "town")
    assert not write_versions(tmp_path, "town", {})


def test_damaged_tables_are_left_out_and_a_damaged_one_of_ours_is_made_anew(tmp_path: Path) -> None:
    documents(tmp_path, "s0", ("https://a.example/1", 0, "A", "kept"))
    documents(tmp_path, "s1", ("https://a.example/1", 1, "B", "kept"))
    (tmp_path / "clean/documents/source=town/s1.parquet").write_bytes(b"no table")
    versions_path(tmp_path, "town").parent.mkdir(parents=True)
    versions_path(tmp_path, "town").write_bytes(b"PAR1")
    assert write_versions(tmp_path, "town")
    assert [(row["shard"], row["latest"]) for row in versions(tmp_path)] == [("s0", True)]
