"""The files of clean/stories/: which ones a run writes, and that one which was killed loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.stories.day import Entry
from flows.stories.find_stories import Found, link_days
from flows.stories.index import Index
from flows.stories.stories_table import story_files, write_days
from flows.stories.words import to_words
from flows.tables.schema import STORIES

from .test_find_stories import SHARDS, at_once, find, stories, write

__all__ = ["at_once"]

FIRST = date(2026, 3, 1).toordinal()
WORDS = ("пором", "сад", "міст", "школа", "річка", "ярмарок", "хор", "млин", "потяг", "книга", "берег", "вітер")


def text(number: int) -> str:
    """A text that shares no run of words with one of another number."""
    return " ".join(f"{word}{number}" for word in WORDS)


def entry(day: int, row: int, said: str) -> Entry:
    return Entry("harbour", f"{day}-{row}", f"{day}", row, (f"{row}",), "", to_words(said))


def run(data: Path, day: int, *said: str) -> int:
    """Take in a day; gives how many files were written."""
    index = Index(data)
    index.put_entries(FIRST + day, [entry(day, row, each) for row, each in enumerate(said)])
    index.save_shards()
    return write_days(index, data, link_days(index, Found()), lambda *_: None)


@pytest.mark.parametrize("history", [6, 12])
def test_a_day_writes_itself_and_the_days_of_the_stories_that_it_joins(tmp_path: Path, history: int) -> None:
    for day in range(history):
        said = [text(100 * day), text(100 * day + 1)]
        assert run(tmp_path, day, *said) == 1
    before = {path: path.stat().st_mtime_ns for path in story_files(tmp_path)}
    assert run(tmp_path, history, text(9_999), text(100 * (history - 2)), text(100 * (history - 5) + 1)) == 3
    same = [path for path in before if path.stat().st_mtime_ns == before[path]]
    assert len(same) == history - 2
    assert run(tmp_path, history + 1, text(100 * (history - 2))) == 3  # all days on which that story stands


def test_a_file_is_a_day_of_all_sources_in_their_order(tmp_path: Path) -> None:
    index = Index(tmp_path)
    said = [("noon", 0), ("harbour", 1), ("noon", 2), ("harbour", 3)]
    index.put_entries(FIRST, [Entry(s, f"{n}", "a", n, (f"{n}",), "", to_words(text(n))) for s, n in said])
    index.save_shards()
    write_days(index, tmp_path, link_days(index, Found()), lambda *_: None)
    assert [path.name for path in story_files(tmp_path)] == ["2026-03-01.parquet"]
    table = pq.read_table(story_files(tmp_path)[0], partitioning=None)
    assert table.schema.equals(STORIES)
    assert list(zip(table["source"].to_pylist(), table["url"].to_pylist(), strict=True)) == [
        ("harbour", "1"),
        ("harbour", "3"),
        ("noon", "0"),
        ("noon", "2"),
    ]


def test_duckdb_and_pandas_read_the_folder(at_once: Path) -> None:
    folder = at_once / "clean" / "stories"
    assert duckdb.sql(f"SELECT source, count(*) FROM '{folder}/*.parquet' GROUP BY 1 ORDER BY 1").fetchall() == [
        ("harbour", 4),
        ("noon", 3),
    ]
    assert len(pytest.importorskip("pandas").read_parquet(folder)) == 7


@pytest.mark.parametrize("written", range(5))
def test_a_run_that_was_killed_between_two_files_loses_nothing(
    at_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    for key, pages in SHARDS.items():
        write(tmp_path, *key, pages)
    replace = Path.replace

    def kill_after(part: Path, path: Path) -> Path:
        if path.suffix == ".parquet" and len(story_files(tmp_path)) == written:
            raise KeyboardInterrupt
        return replace(part, path)

    with monkeypatch.context() as killed:
        killed.setattr(Path, "replace", kill_after)
        with pytest.raises(KeyboardInterrupt):
            find(tmp_path)
    assert len(story_files(tmp_path)) == written
    assert find(tmp_path).files == 5 - written
    assert stories(tmp_path) == stories(at_once)


def test_a_file_of_a_day_that_is_gone_goes(tmp_path: Path) -> None:
    run(tmp_path, 0, text(1))
    run(tmp_path, 1, text(2))
    assert run(tmp_path, 0) == 0
    assert [path.name for path in story_files(tmp_path)] == ["2026-03-02.parquet"]


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("breaks", [lose, cut])
def test_a_file_that_is_not_whole_is_written_again_with_its_neighbours(
    tmp_path: Path, breaks: Callable[[Path], None]
) -> None:
    run(tmp_path, 0, text(1))
    run(tmp_path, 1, text(2))
    before = stories(tmp_path)
    breaks(story_files(tmp_path)[0])
    assert run(tmp_path, 1, text(2), text(3)) == 2
    assert stories(tmp_path)["2026-03-01.parquet"] == before["2026-03-01.parquet"]
