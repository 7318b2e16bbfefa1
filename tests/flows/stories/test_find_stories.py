"""The same stories whatever came when, and nothing done twice."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.cli.main import main
from flows.export.story_rows import StoryRows
from flows.stories.find_stories import find_stories
from flows.stories.index import DayFiles, only_run
from flows.stories.spread import Spread
from flows.stories.stories_table import story_files
from flows.stories.verify import verify_stories
from flows.tables.rows import DocumentRow, failed_row
from flows.tables.schema import DOCUMENTS, STORIES
from flows.tables.shard_tables import ShardTables
from flows.tables.tables_writer import TablesWriter

FIRST = datetime(2026, 3, 30, 9, tzinfo=UTC)
FERRY = (
    "Пором «Чайка» вранці сів на мілину біля причалу в Липовому. На борту було 48 пасажирів, ніхто не постраждав. "
    "Рятувальники зняли людей двома човнами за 40 хвилин, а рух поромів обіцяють відновити ввечері."
)
RAID = "{} область: повітряну тривогу оголошено о {}:15. Просимо всіх пройти в укриття і залишатися там до відбою."
SHARDS: dict[tuple[str, str], list[tuple[int, str, str]]] = {
    ("harbour", "one"): [(0, "ferry", FERRY), (1, "raid", RAID.format("Липова", 4))],
    ("harbour", "two"): [
        (1, "ferry-again", FERRY + " Пором зняли з мілини опівночі."),
        (9, "raid-2", RAID.format("Степова", 9)),
    ],
    ("noon", "one"): [(0, "f", FERRY.replace("вранці ", "")), (2, "short", FERRY.partition(", а рух")[0])],
    ("noon", "two"): [(3, "f", FERRY.replace("вранці ", "на світанку ")), (3, "none", "")],
}
"""Source and shard -> days after the first, address and text of each page."""


def document(source: str, shard: str, offset: int, page: tuple[int, str, str]) -> DocumentRow:
    day, url, text = page
    at = FIRST + timedelta(days=day)
    row: dict[str, Any] = failed_row(
        {
            **dict.fromkeys(DOCUMENTS.names),
            "id": url,
            "url": f"https://{source}.example/{url}",
            "source": source,
            "shard": f"{shard}.warc.gz",
            "offset": offset,
            "digest": str(offset),
            "fetched_at": at,
            "reservations": [],
            "reader": "1",
            "cleaners": "1",
        },
        "",
    )
    return row | {"status": "kept" if text else "empty", "reason": None, "text": text}


def write(data: Path, source: str, shard: str, pages: list[tuple[int, str, str]]) -> None:
    tables = ShardTables.of(data, source, f"{shard}.warc.gz")
    tables.documents.parent.mkdir(parents=True, exist_ok=True)
    tables.ledger.parent.mkdir(parents=True, exist_ok=True)
    with TablesWriter(tables) as writer:
        for offset, page in enumerate(pages):
            writer.add(document(source, shard, offset, page), [])


def stories(data: Path) -> dict[str, list[dict[str, Any]]]:
    return {path.name: pq.read_table(path).to_pylist() for path in story_files(data)}


def find(data: Path, since: date | None = None, until: date | None = None, **options: Any) -> Any:
    sources = [path.name.removeprefix("source=") for path in (data / "clean" / "documents").iterdir()]
    return find_stories(data, sources, since, until, **options)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("at-once")
    for key, pages in SHARDS.items():
        write(data, *key, pages)
    find(data)
    return data


def test_a_row_for_each_document_with_text(at_once: Path) -> None:
    rows = [row for rows in stories(at_once).values() for row in rows]
    assert len(rows) == 7
    assert set(rows[0]) == set(STORIES.names)
    ferry = [row for row in rows if row["documents"] > 1]
    assert len({row["story"] for row in ferry}) == 1
    assert {row["documents"] for row in ferry} == {4}
    assert {row["sources"] for row in ferry} == {2}
    assert [row["representative_url"] for row in ferry] == ["https://harbour.example/ferry"] * 5
    assert sorted(row["kind"] or "-" for row in ferry) == ["-", "edited", "edited", "edited", "version"]
    assert {(row["first_seen"].day, row["last_seen"].day) for row in ferry} == {(30, 2)}


def test_exports_find_the_story_of_a_document(at_once: Path) -> None:
    row = document("harbour", "two", 0, SHARDS["harbour", "two"][0])
    found = StoryRows(at_once, ["harbour"]).of_shard("harbour", row["shard"])
    (stored,) = [
        each
        for rows in stories(at_once).values()
        for each in rows
        if (each["shard"], each["offset"]) == (row["shard"], row["offset"]) and each["source"] == "harbour"
    ]
    assert stored["url"] == row["url"]
    assert found[row["offset"]] == (stored["story"], stored["representative"], stored["kind"])
    assert 99 not in found


@given(order=st.permutations(sorted(SHARDS)), together=st.sets(st.integers(0, 3)))
@settings(max_examples=12, deadline=None)
def test_the_same_stories_whatever_came_when(
    order: list[tuple[str, str]], together: set[int], at_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("order")
    for n, key in enumerate(order):
        write(data, *key, SHARDS[key])
        if n not in together:
            find(data)
    find(data)
    assert [path.read_bytes() for path in story_files(data)] == [path.read_bytes() for path in story_files(at_once)]


def test_nothing_new_is_nothing_done_and_no_day_of_the_past_is_read(
    at_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((DayFiles, "_entries"), (DayFiles, "known_links"), (ShardTables, "marker")):
        monkeypatch.delattr(owner, name)
    found = find(at_once)
    assert (found.shards, found.days, found.files) == (0, 0, 0)


def test_days_can_be_taken_in_one_by_one(at_once: Path, tmp_path: Path) -> None:
    for key, pages in SHARDS.items():
        write(tmp_path, *key, pages)
    for n in (9, 2, 0, 3, 1):
        day = (FIRST + timedelta(days=n)).date()
        find(tmp_path, day, day)
    assert stories(tmp_path) == stories(at_once)
    find(tmp_path)
    assert stories(tmp_path) == stories(at_once)


def test_a_shard_that_changes_or_goes_changes_the_stories(at_once: Path, tmp_path: Path) -> None:
    write(tmp_path, "harbour", "three", [(0, "early", FERRY), (40, "late", FERRY)])
    for key, pages in SHARDS.items():
        write(tmp_path, *key, pages)
    find(tmp_path)
    assert stories(tmp_path) != stories(at_once)
    write(tmp_path, "harbour", "three", [(5, "other", "Інше.")])
    find(tmp_path)
    tables = ShardTables.of(tmp_path, "harbour", "three.warc.gz")
    tables.documents.unlink()
    find(tmp_path)
    assert stories(tmp_path) == stories(at_once)


def test_pages_that_lie_in_another_shard_tell_the_same_stories_from_there(at_once: Path, tmp_path: Path) -> None:
    shutil.copytree(at_once, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.glob("clean/*/source=harbour/one.parquet"):
        path.unlink()
    write(tmp_path, "harbour", "one-r1", SHARDS["harbour", "one"])
    find(tmp_path)
    assert list(verify_stories(tmp_path)) == []
    found = stories(tmp_path)
    for row in (row for rows in found.values() for row in rows):
        row["shard"] = row["shard"].replace("-r1", "")
    assert found == stories(at_once)


@pytest.mark.parametrize("lost", ["clean/stories/_index/shards.json", "clean/stories/_index"])
def test_a_lost_index_is_made_again(at_once: Path, tmp_path: Path, lost: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(at_once, data)
    path = data / lost
    shutil.rmtree(path) if path.is_dir() else path.write_text("{")
    find(data)
    assert stories(data) == stories(at_once)


@pytest.mark.parametrize("name", ["*.entries", "*.links"])
def test_a_damaged_index_is_made_again(at_once: Path, tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(at_once, data)
    for path in (data / "clean" / "stories" / "_index").glob(name):
        path.write_bytes(path.read_bytes()[:-40])
    write(data, "noon", "three", [(1, "late", FERRY)])
    find(data)
    write(tmp_path / "new", "noon", "three", [(1, "late", FERRY)])
    for key, pages in SHARDS.items():
        write(tmp_path / "new", *key, pages)
    find(tmp_path / "new")
    assert stories(data) == stories(tmp_path / "new")


def far_away(function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """As another machine does it: with what was sent, in an order of its own."""
    results = [pickle.loads(pickle.dumps(function(pickle.loads(pickle.dumps(job))))) for job in reversed(jobs)]
    return results[::-1]


@pytest.mark.parametrize("bands", [2, 7])
def test_the_same_stories_by_bands_and_elsewhere(at_once: Path, tmp_path: Path, bands: int) -> None:
    for key, pages in SHARDS.items():
        write(tmp_path, *key, pages)
    find(tmp_path, spread=Spread(far_away, bands, least_texts=0))
    assert stories(tmp_path) == stories(at_once)


def test_the_same_stories_over_dask(at_once: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    for key, pages in SHARDS.items():
        write(tmp_path, *key, pages)
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        spread = Spread(lambda function, jobs: client.gather(client.map(function, jobs)), 3, least_texts=0)
        find(tmp_path, spread=spread)
    assert stories(tmp_path) == stories(at_once)


def test_two_runs_at_once_are_one_too_many(at_once: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with only_run(at_once):
        assert main(["stories", "--data", str(at_once)]) == 2
    assert "another run is at work" in capsys.readouterr().err


def test_the_command(at_once: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stories", "--data", str(at_once)]) == 0
    assert "0 documents" in capsys.readouterr().out
    assert main(["stories", "nowhere", "--data", str(at_once)]) == 2
    assert "sito ingest nowhere" in capsys.readouterr().err
