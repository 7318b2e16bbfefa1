"""Which captures are versions of one page, which is the latest, and what is gone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows.tables.versions
from flows.archive.pruned_versions import PrunedVersion
from flows.tables.schema import VERSIONS
from flows.tables.shard_tables import COMMIT_MARKER
from flows.tables.versions import versions_path, write_versions

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_TYPES = pa.schema(
    [
        *(("url", pa.string()), ("shard", pa.string()), ("offset", pa.int64())),
        *(("fetched_at", pa.timestamp("us", "UTC")), ("digest", pa.string()), ("status", pa.string())),
    ]
)


def _file(data: Path, shard: str) -> Path:
    return data / "clean" / "documents" / "source=town" / f"{shard.removesuffix('.warc.gz')}.parquet"


def documents(data: Path, shard: str, *rows: tuple[str, int, str, str], marker: str = "") -> None:
    """Rows of a documents table, with no more columns than are looked at: address, hour, digest, status."""
    path = _file(data, shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    found = [
        {"url": url, "shard": shard, "offset": n, "fetched_at": NOON + timedelta(hours=hour)}
        | {"digest": digest, "status": status}
        for n, (url, hour, digest, status) in enumerate(rows)
    ]
    table = pa.Table.from_pylist(found, schema=_TYPES)
    pq.write_table(table.replace_schema_metadata({COMMIT_MARKER: marker.encode()}), path)


def versions(data: Path) -> list[dict[str, Any]]:
    table = pq.read_table(versions_path(data, "town"), partitioning=None)
    assert table.schema.remove_metadata() == VERSIONS.remove_metadata()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def from_nothing(data: Path, gone: dict[str, datetime]) -> list[dict[str, Any]]:
    """The table as it is made without the one that is there."""
    with TemporaryDirectory() as other:
        shutil.copytree(data / "clean" / "documents", Path(other) / "clean" / "documents")
        write_versions(Path(other), "town", gone=gone)
        return versions(Path(other)) if versions_path(Path(other), "town").exists() else []


ROW = st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("AB"), st.sampled_from(["kept", "empty"]))
STEP = st.tuples(st.integers(0, 4), st.none() | st.lists(ROW, max_size=3), st.sets(st.integers(0, 3), max_size=2))


@settings(max_examples=4)
@given(steps=st.lists(STEP, min_size=2, max_size=6))
def test_what_is_made_of_the_table_before_is_what_is_made_of_all(
    steps: list[tuple[int, list[tuple[int, int, str, str]] | None, set[int]]],
) -> None:
    with TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "raw" / "town").mkdir(parents=True)
        documents(data, "s9.warc.gz", ("https://a.example/0", 0, "A", "kept"))
        for version, (number, rows, gone) in enumerate(steps):
            name = f"s{number}.warc.gz"
            if rows is None:
                _file(data, name).unlink(missing_ok=True)
            else:
                own = [(f"https://a.example/{url}", hour, digest, status) for url, hour, digest, status in rows]
                documents(data, name, *own, marker=f"{version}")
            missing = {f"https://a.example/{url}": NOON for url in gone}
            write_versions(data, "town", gone=missing)
            assert versions(data) == from_nothing(data, missing)


def test_only_what_is_new_is_read_and_what_holds_the_same_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw" / "town").mkdir(parents=True)
    for n in range(4):
        documents(tmp_path, f"s{n}.warc.gz", (f"https://a.example/{n}", n, "A", "kept"), marker=str(n))
    assert write_versions(tmp_path, "town")
    documents(tmp_path, "s4.warc.gz", ("https://a.example/2", 4, "B", "kept"), marker="4")
    read: list[str] = []
    whole = pq.read_table

    def noted(path: Path, **options: Any) -> pa.Table:
        read.append(path.name)
        return whole(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "read_table", noted)
        assert write_versions(tmp_path, "town", gone={})
    assert sorted(read) == ["s2.parquet", "s4.parquet"]
    assert [(row["version"], row["latest"]) for row in versions(tmp_path)] == [
        *[(1, True), (1, True), (1, False), (1, True), (2, True)]
    ]


def test_what_was_pruned_is_counted_when_a_later_version_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw" / "town").mkdir(parents=True)
    pruned = [PrunedVersion("https://a.example/1", "A", NOON), PrunedVersion("https://a.example/2", "A", NOON)]
    monkeypatch.setattr(flows.tables.versions, "read_pruned", lambda shard: pruned)
    documents(tmp_path, "s1-r1.warc.gz", ("https://a.example/1", 1, "B", "kept"), marker="1")
    assert write_versions(tmp_path, "town")
    documents(tmp_path, "s2.warc.gz", ("https://a.example/1", 2, "C", "kept"), marker="2")
    assert write_versions(tmp_path, "town")
    assert [(row["version"], row["latest"]) for row in versions(tmp_path)] == [(2, False), (3, True)]


def test_a_table_that_is_not_the_one_that_the_manifest_knows_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "raw" / "town").mkdir(parents=True)
    documents(tmp_path, "s0.warc.gz", ("https://a.example/1", 0, "A", "kept"), marker="0")
    assert write_versions(tmp_path, "town")
    first = versions_path(tmp_path, "town").read_bytes()
    documents(tmp_path, "s1.warc.gz", ("https://a.example/1", 1, "B", "kept"), marker="1")
    assert write_versions(tmp_path, "town")
    versions_path(tmp_path, "town").write_bytes(first)
    assert write_versions(tmp_path, "town")
    assert [(row["version"], row["latest"]) for row in versions(tmp_path)] == [(1, False), (2, True)]


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
    assert write_versions(tmp_path, "town", gone={"https://a.example/1": NOON})
    assert [row["gone_at"] for row in versions(tmp_path)] == [NOON, None]
    documents(tmp_path, "s1", ("https://a.example/1", 1, "C", "kept"))
    assert write_versions(tmp_path, "town"), "a reprocess asks no site, and keeps what is known"
    assert [row["gone_at"] for row in versions(tmp_path)] == [NOON, None, NOON]
    assert write_versions(tmp_path, "town", gone={})
    assert [row["gone_at"] for row in versions(tmp_path)] == [None, None, None]


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    assert not write_versions(tmp_path, "town")
    assert not versions_path(tmp_path, "town").exists()
    documents(tmp_path, "s0", ("https://a.example/1", 0, "A", "kept"))
    assert write_versions(tmp_path, "town")
    assert not write_versions(tmp_path, "town")
    assert not write_versions(tmp_path, "town", gone={})


def test_damaged_tables_are_left_out_and_a_damaged_one_of_ours_is_made_anew(tmp_path: Path) -> None:
    documents(tmp_path, "s0", ("https://a.example/1", 0, "A", "kept"))
    documents(tmp_path, "s1", ("https://a.example/1", 1, "B", "kept"))
    (tmp_path / "clean/documents/source=town/s1.parquet").write_bytes(b"no table")
    versions_path(tmp_path, "town").parent.mkdir(parents=True)
    versions_path(tmp_path, "town").write_bytes(b"PAR1")
    assert write_versions(tmp_path, "town")
    assert [(row["shard"], row["latest"]) for row in versions(tmp_path)] == [("s0", True)]
