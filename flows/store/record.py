"""What is known on this machine of what is published: each file as it was when it was fetched or published.

A SQLite file in the working folder. Where it is lost, files are compared by their digests.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.store.listing import Listing, Published
from flows.store.stand_ins import is_same_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from flows.store.objects import Version

__all__ = ["Known", "Record"]

_VERSION = 1
_WAIT = 60
_TABLES = f"""
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE IF NOT EXISTS scopes (scope TEXT PRIMARY KEY, version TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    scope TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, mtime INTEGER NOT NULL,
    token TEXT NOT NULL, state TEXT, absent INTEGER NOT NULL, PRIMARY KEY (scope, name)
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A published file, the state in which it was put here, and whether its bytes are not here: only a stand-in is.

    The state of a stand-in that is about to be made is not known yet: None.
    """

    of: Published
    state: str | None
    absent: bool

    def stands_in(self, state: str | None) -> bool:
        """Whether the file that has this state now is the stand-in, also where it is half filled."""
        return self.absent and (self.state is None or is_same_file(self.state, state))


class Record:
    """The record of one working folder. Raises SitoError where it cannot be read or written."""

    def __init__(self, data: Path) -> None:
        self._path = data / ".published.sqlite"

    def files(self, scope: str) -> dict[str, Known]:
        """What is known of the files of a scope, by name."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT name, size, sha256, mtime, token, state, absent FROM files WHERE scope = ?", (scope,)
            )
            return {row[0]: Known(Published(*row[1:5]), row[5], bool(row[6])) for row in rows}

    def file(self, scope: str, name: str) -> Known | None:
        """What is known of one file."""
        with self._open() as connection:
            row = connection.execute(
                "SELECT size, sha256, mtime, token, state, absent FROM files WHERE scope = ? AND name = ?",
                (scope, name),
            ).fetchone()
            return None if row is None else Known(Published(*row[:4]), row[4], bool(row[5]))

    def version(self, scope: str) -> tuple[Version | None, int]:
        """The version of the listing that was last seen, and its number; None: none was."""
        with self._open() as connection:
            row = connection.execute("SELECT version, number FROM scopes WHERE scope = ?", (scope,)).fetchone()
            return (None, 0) if row is None else (json.loads(row[0]), row[1])

    def save(self, scope: str, version: Version | None, listing: Listing, known: Mapping[str, Known]) -> None:
        """Keep what a listing says, and how its files lie here."""
        rows = [
            (scope, name, *(of.of.size, of.of.sha256, of.of.mtime, of.of.token), of.state, of.absent)
            for name, of in known.items()
        ]
        with self._open() as connection:
            before = {row[1]: row for row in connection.execute("SELECT * FROM files WHERE scope = ?", (scope,))}
            gone = [(scope, name) for name in before.keys() - known.keys()]
            rows = [row for row in rows if before.get(row[1]) != row]
            connection.executemany("DELETE FROM files WHERE scope = ? AND name = ?", gone)
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            if version is not None:
                told = (scope, json.dumps(version), listing.number)
                connection.execute("INSERT OR REPLACE INTO scopes VALUES (?, ?, ?)", told)

    def announce(self, scope: str, standing_in: Iterable[tuple[str, Published]]) -> None:
        """Say that stand-ins are about to be made, so that none is ever taken for a file."""
        rows = [(scope, name, of.size, of.sha256, of.mtime, of.token) for name, of in standing_in]
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, NULL, 1)", rows)

    def fetched(self, scope: str, name: str, state: str, known: Known) -> None:
        """The bytes of this stand-in are there, which has the state; unless another one took its place meanwhile."""
        which = (state, scope, name, known.of.sha256, known.of.token, known.state)
        question = (
            "UPDATE files SET absent = 0, state = ? WHERE scope = ? AND name = ? AND sha256 = ? AND token = ? "
            "AND state IS ?"
        )
        with self._open(for_good=False) as connection:  # where it is lost, the bytes are fetched again
            connection.execute(question, which)

    @contextmanager
    def _open(self, *, for_good: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as connection:
                if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    connection.executescript(_TABLES)
                connection.execute(f"PRAGMA synchronous = {'FULL' if for_good else 'NORMAL'}")
                with connection:
                    yield connection
        except (sqlite3.Error, OSError) as error:
            raise SitoError(
                f"{self._path}: cannot be used ({error}); where everything is published, {self._path.parent} can be "
                "removed, and is fetched again"
            ) from error
