"""What `sito check` finds damaged in clean/stories/, and that what mends it does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from flows.cli.main import main
from flows.stories.stories_table import story_files
from flows.stories.verify import verify_stories

from .test_find_stories import FERRY, SHARDS, find, stories, write


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("whole")
    for key, pages in SHARDS.items():
        write(data, *key, pages)
    find(data)
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "data")
    return tmp_path / "data"


def first(data: Path) -> Path:
    return story_files(data)[0]


def bit(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[40] ^= 1
    path.write_bytes(raw)


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path, partitioning=None)), path)


def all_stand(rows: pa.Table) -> pa.Table:
    return rows.set_column(6, rows.schema.field("representative"), pa.array([True] * len(rows)))


def elsewhere(rows: pa.Table) -> pa.Table:
    return rows.set_column(2, rows.schema.field("shard"), pc.binary_join_element_wise(rows["shard"], "x", ""))


def test_what_is_whole(data: Path) -> None:
    assert not [*verify_stories(data)]


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (lambda data: bit(first(data)), "cannot be read"),
        (lambda data: first(data).write_bytes(first(data).read_bytes()[:-9]), "cannot be read"),
        (lambda data: first(data).unlink(), "documents are missing"),
        (lambda data: rewrite(first(data), lambda rows: rows.slice(1)), "1 documents are missing"),
        (lambda data: rewrite(first(data), all_stand), "no document that stands for them, or several"),
        (lambda data: rewrite(first(data), elsewhere), "never taken in"),
    ],
)
def test_what_is_damaged_and_that_the_mending_mends(
    whole: Path, data: Path, breaks: Callable[[Path], None], said: str
) -> None:
    breaks(data)
    found = [*verify_stories(data)]
    assert any(said in each.what for each in found), found
    assert f"remove {data / 'clean' / 'stories'} and run `sito stories`" in found[0].mends
    shutil.rmtree(data / "clean" / "stories")
    find(data)
    assert stories(data) == stories(whole)


def test_an_index_that_is_damaged_is_made_by_the_next_run(data: Path) -> None:
    for path in (data / "clean" / "stories" / "_index").glob("*.entries"):
        path.write_bytes(b"")
    (found,) = verify_stories(data)
    assert found.mends == "the next `sito stories` makes it"
    write(data, "noon", "three", [(1, "late", FERRY)])
    find(data)
    assert not [*verify_stories(data)]


def test_tables_that_came_since_are_no_damage(data: Path) -> None:
    write(data, "noon", "three", [(1, "late", FERRY)])
    write(data, "noon", "two", [(1, "other", FERRY)])
    assert not [*verify_stories(data)]


def test_the_command(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sources.toml").write_text('[sources.away]\nkind = "folder"\npath = "."\n')
    options = ["--data", str(data), "--sources", str(tmp_path / "sources.toml")]
    main(["check", *options])
    assert capsys.readouterr().out.endswith("stories: 5 files: whole\n")
    first(data).unlink()
    assert main(["check", *options]) == 1
    assert "documents are missing" in capsys.readouterr().out
