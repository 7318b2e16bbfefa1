"""A manifest that cannot be read, is cut off, or is somebody else's, counts for nothing, and is made anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from flows.manifest.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FACTS = "SELECT name, value FROM facts ORDER BY name"


def put(manifest: Manifest, **facts: str) -> None:
    manifest.write(lambda connection: connection.executemany("INSERT INTO facts VALUES (?, ?)", [*facts.items()]))


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """With a fact in it, and closed."""
    (tmp_path / "raw" / "town").mkdir(parents=True)
    made = Manifest(tmp_path, "town")
    put(made, pages="3", filler="x" * 20_000)
    made.close()
    return made


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE facts (name TEXT, value TEXT)")
        connection.execute("INSERT INTO facts VALUES ('pages', '7')")
        connection.commit()


def _of_another_release(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: -4 * 4096])


def test_what_was_written_is_there(tmp_path: Path, manifest: Manifest) -> None:
    assert dict(manifest.rows(FACTS))["pages"] == "3"
    assert manifest.one("SELECT value FROM facts WHERE name = ?", "pages") == "3"
    assert manifest.one("SELECT value FROM facts WHERE name = ?", "none") is None
    assert Manifest(tmp_path, "village").rows(FACTS) == []
    with pytest.raises(sqlite3.Error):  # not the same as an answer without rows
        Manifest(tmp_path, "village").one(FACTS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database" * 1_000),
        _cut,
        _foreign,
        _of_another_release,
    ],
)
def test_one_that_is_no_good_counts_for_nothing(manifest: Manifest, spoil: Callable[[Path], None]) -> None:
    spoil(manifest.path)
    assert manifest.rows(FACTS) == []
    put(manifest, pages="4")
    assert manifest.rows(FACTS) == [("pages", "4")]


def test_damage_inside_gives_no_rows_and_the_next_writing_removes_it(manifest: Manifest) -> None:
    whole = manifest.path.read_bytes()
    manifest.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert manifest.rows(FACTS) == []
    with pytest.raises(sqlite3.Error):
        manifest.one(FACTS)
    put(manifest, pages="4")
    put(manifest, pages="5")
    assert manifest.rows(FACTS) == [("pages", "5")]


def test_a_place_that_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    put(Manifest(tmp_path, "nowhere"), pages="3")
    assert not (tmp_path / "raw").exists()


def test_what_ends_in_an_error_changes_nothing(manifest: Manifest) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM facts")
        raise KeyError

    with pytest.raises(KeyError):
        manifest.write(work)
    assert len(manifest.rows(FACTS)) == 2


def test_a_mistake_of_ours_is_not_passed_over(manifest: Manifest) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        manifest.write(lambda connection: connection.execute("DELETE FROM unknown"))
