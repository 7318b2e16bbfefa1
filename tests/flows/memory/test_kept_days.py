"""Marks of whole days in the manifest: what a new day needs of the days before is read once."""

from __future__ import annotations

import sqlite3
from array import array
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.rules.site_memory import Marks
from flows.manifest.manifest import Manifest
from flows.memory import source_memory
from flows.memory.kept_days import KeptDays, MarkedPage
from flows.memory.source_memory import Memories
from flows.tables.shard_tables import ShardTables
from support.captures import file, keep
from support.newspaper import SOURCE, cleaned

if TYPE_CHECKING:
    from pathlib import Path

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAYS = 6
NEXT = (FIRST + timedelta(days=DAYS)).date()
HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=5).map(lambda found: array("Q", found))
PAGES = st.lists(st.builds(MarkedPage, st.binary(min_size=8, max_size=8), st.builds(Marks, HASHES, HASHES)))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    data = tmp_path_factory.mktemp("data")
    (data / "raw" / SOURCE).mkdir(parents=True)
    return Manifest(data, SOURCE)


@given(PAGES)
def test_pages_come_back_as_they_were_kept(manifest: Manifest, pages: list[MarkedPage]) -> None:
    days = KeptDays(manifest)
    days.keep(NEXT, "name", pages)
    assert days.read(NEXT, "name") == pages
    assert days.read(NEXT, "other") is None
    assert days.read(NEXT + timedelta(days=1), "name") is None


def captured(data: Path, day: int) -> ShardTables:
    """A shard of two pages of that day, judged."""
    at = FIRST + timedelta(days=day)
    texts = [f"Про подію {2 * day + n} розповіли мешканці, які бачили все своїми очима з вікна." for n in (0, 1)]
    pages = [file(f"file:///{day}-{n}.html", f"<p>{text}</p>".encode(), at) for n, text in enumerate(texts)]
    archive, _, _ = keep(data, pages)
    return cleaned(data, archive.shards()[-1])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a shard a day."""
    for day in range(DAYS):
        captured(tmp_path, day)
    return tmp_path


def made(data: Path, day: date, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """The memory for a day, made by a run of its own, and the shards that were read for it."""
    read: list[str] = []
    extract = source_memory.extract

    def noted(tables: ShardTables) -> source_memory.Extract:
        read.append(tables.documents.stem)
        return extract(tables)

    memories = Memories(data, SOURCE)
    for shard in ShardTables.shards(data, SOURCE):
        memories.summarize(shard)
    with monkeypatch.context() as patch:
        patch.setattr(source_memory, "extract", noted)
        path = memories.of([day])[day].path
    assert path is not None
    text = path.read_text()
    memories.remove_unused()
    memories.tables.close()
    return text, read


def test_a_new_day_reads_the_shards_of_the_last_day_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, read = made(data, NEXT, monkeypatch)
    assert len(read) == DAYS
    last = captured(data, DAYS)
    text, read = made(data, NEXT + timedelta(days=1), monkeypatch)
    assert read == [last.documents.stem]
    Manifest(data, SOURCE).remove()
    again, read = made(data, NEXT + timedelta(days=1), monkeypatch)
    assert (again, len(read)) == (text, DAYS + 1)


@pytest.mark.parametrize("damage", ["UPDATE marked SET pages = substr(pages, 1, 90)", "UPDATE marked SET name = 'x'"])
def test_what_cannot_be_read_or_is_of_other_pages_is_read_again(
    data: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, _ = made(data, NEXT, monkeypatch)
    with closing(sqlite3.connect(Manifest(data, SOURCE).path)) as connection, connection:
        assert connection.execute(damage).rowcount == DAYS
    again, read = made(data, NEXT, monkeypatch)
    assert (again, len(read)) == (text, DAYS)


def test_a_changed_byte_is_seen(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(data, NEXT, monkeypatch)
    with closing(sqlite3.connect(Manifest(data, SOURCE).path)) as connection, connection:
        for day, packed in connection.execute("SELECT day, pages FROM marked").fetchall():
            place = packed.index(b"PAR1") + 60  # inside the first pages of values
            changed = packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]
            connection.execute("UPDATE marked SET pages = ? WHERE day = ?", (changed, day))
    assert len(made(data, NEXT, monkeypatch)[1]) == DAYS


def test_days_that_a_new_day_does_not_look_back_to_are_not_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_memory, "PAGES", 8)  # four days of two pages
    made(data, NEXT - timedelta(days=1), monkeypatch)
    kept = "SELECT day FROM marked ORDER BY day"
    with closing(Manifest(data, SOURCE)) as manifest:
        assert [day for (day,) in manifest.rows(kept)] == ["2026-03-03", "2026-03-04", "2026-03-05"]
    made(data, NEXT, monkeypatch)
    with closing(Manifest(data, SOURCE)) as manifest:
        assert [day for (day,) in manifest.rows(kept)] == ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
