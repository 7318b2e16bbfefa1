"""The manifest of a source: what its shards and tables hold, as far as a run asks for it.

It is a SQLite file in raw/SOURCE/, drawn from the files there and in clean/, each with the state in which it was read:
what has another state now is read again. So it may be deleted at any time, and one that cannot be read, is not complete
or is of another release counts for nothing. Only who holds the source's lock writes it.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Manifest"]

VERSION = 2
"""Of the tables below, and of what is written into them; a manifest of another version is made anew."""
_APPLICATION = 0x5170_0002
"""Tells our files from other SQLite files: any number that nothing else uses."""
_WAIT = 10
"""Seconds to wait for a run that is just writing."""
_CACHE = "PRAGMA cache_size = -16384"  # KiB; a million pages have some 200 MiB
_TABLES = f"""
CREATE TABLE shards (number INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, whole INTEGER NOT NULL);
CREATE TABLE captured (key BLOB PRIMARY KEY, entry BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE queries (key BLOB PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pruned (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE tables (
    shard TEXT PRIMARY KEY, documents TEXT NOT NULL, ledger TEXT NOT NULL, marker TEXT NOT NULL,
    versions TEXT NOT NULL, corrections TEXT NOT NULL, days TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE listed (shard TEXT PRIMARY KEY, marker TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE marked (day TEXT PRIMARY KEY, name TEXT NOT NULL, pages BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {VERSION};
"""


class Manifest:
    """The file of one source, opened when it is first asked; safe to share between threads that take turns."""

    def __init__(self, data: Path, source: str) -> None:
        self.path = data / "raw" / source / ".manifest.sqlite"
        self._connection: sqlite3.Connection | None = None

    def rows(self, query: str, *values: Any) -> list[Any]:
        """The rows that answer a query; none where there is no manifest that can be read."""
        with suppress(sqlite3.Error):
            connection = self._open()
            return [] if connection is None else connection.execute(query, values).fetchall()
        return []

    def one(self, query: str, *values: Any) -> Any:
        """The first value of the answer, None: there is none. Raises sqlite3.Error where nothing can be read."""
        connection = self._open()
        if connection is None:
            raise sqlite3.OperationalError("there is no manifest")
        row = connection.execute(query, values).fetchone()
        return None if row is None else row[0]

    def write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Have this done in one transaction, in a manifest that is made anew where there was none that was good.

        The caller holds the source's lock. What SQLite refuses (no space, no rights, damage) is passed over: the
        manifest is then as before or, where it is damaged, gone. Nothing depends on it. Other errors of `work` pass.
        """
        try:
            connection = self._open() or self._make()
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                work(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # our own mistake
                raise
            self.close()
        except sqlite3.DatabaseError:
            self.remove()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def remove(self) -> None:
        """Delete the file; the caller holds the source's lock."""
        self.close()
        for suffix in ("", "-journal"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is None and self.path.exists():
            connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            if _is_ours(connection, self.path):
                self._connection = connection
            else:
                connection.close()
        return self._connection

    def _make(self) -> sqlite3.Connection:
        self.remove()
        self._connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        self._connection.executescript(f"BEGIN; {_TABLES} COMMIT;")
        self._connection.execute(_CACHE)
        return self._connection


def _is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is a manifest of this release, and as long as it says."""
    try:
        ours, version, pages, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "page_count", "page_size")
        )
        connection.execute(_CACHE)
        return (ours, version, pages * size) == (_APPLICATION, VERSION, path.stat().st_size)
    except (sqlite3.Error, OSError):
        return False
