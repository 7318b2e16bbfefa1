"""What the pages of all sources come to, a small row each: drawn from the tables in clean/, shard by shard.

It is a DuckDB file beside the tables, `clean/look.duckdb`: derived, and replaceable at any time. Only shards that are
new or have changed are read again. Where another process has the file open, or it cannot be written, the index is made
in memory instead.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import duckdb

from flows.archive.rewrites import load_rewrites
from flows.store.present import present
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

__all__ = ["Index"]

VERSION = 2
"""Of the tables below; an index of another version is made anew."""
BATCH = 24
"""Shards read by one statement, between two signs of progress."""
FRESH_SECONDS = 2.0
"""How long nobody looks again whether shards have changed."""

_WORDS = "(length({0}) - length(translate({0}, ' ' || chr(10), '')) + (length({0}) > 0)::INT)"
"""The words of a text in which single blanks and line breaks divide them, as in all of ours."""
_TABLES = f"""
CREATE TABLE shards (source VARCHAR, shard VARCHAR, seen VARCHAR, whole BOOLEAN);
CREATE TABLE pages (
    source VARCHAR, shard VARCHAR, record BIGINT, url VARCHAR, id VARCHAR, title VARCHAR, status VARCHAR,
    reason VARCHAR, language VARCHAR, flags VARCHAR[], published VARCHAR, captured TIMESTAMP, kept INT, lost INT,
    cleaners VARCHAR, search VARCHAR, origin VARCHAR
);
CREATE TABLE struck (
    source VARCHAR, shard VARCHAR, record BIGINT, category VARCHAR, rule VARCHAR, times INT, words INT,
    origin VARCHAR
);
CREATE TABLE version AS SELECT {VERSION} AS number;
"""
_PAGES = f"""
INSERT INTO pages
SELECT $source, d.shard, d."offset", d.url, d.id, d.title, d.status, d.reason, d.language, d.flags, d.published,
    d.fetched_at AT TIME ZONE 'UTC', {_WORDS.format("d.text")}, coalesce(s.words, 0), d.cleaners,
    lower(concat_ws(chr(10), d.title, d.url)), d.shard
FROM read_parquet($documents, union_by_name = true, hive_partitioning = false) AS d
LEFT JOIN (
    SELECT shard, record, sum(words) AS words FROM struck WHERE source = $source GROUP BY ALL
) AS s ON s.shard = d.shard AND s.record = d."offset"
"""  # noqa: S608 - no value of a user's is in it
_STRUCK = f"""
INSERT INTO struck
SELECT $source, shard, "offset", cut.category, cut.rule, count(*), sum({_WORDS.format("passage")}), shard
FROM (
    SELECT shard, "offset", cut, trim(substring(text, cut.start + 1, cut."end" - cut.start)) AS passage
    FROM (
        SELECT shard, "offset", text, unnest(cuts) AS cut
        FROM read_parquet($ledgers, union_by_name = true, hive_partitioning = false)
        WHERE verdict IN ('cut', 'dropped')
    )
) GROUP BY ALL
"""  # noqa: S608
_ORIGIN = """
UPDATE {} SET origin = part.origin
FROM (SELECT unnest($origins) AS origin, unnest($first) AS first, unnest($last) AS last) AS part
WHERE source = $source AND shard = $shard AND record >= part.first AND record < part.last
"""


class Index:
    """The tables `pages` and `struck` over all sources below `data`; safe to share between threads."""

    def __init__(self, data: Path) -> None:
        self._clean = data / "clean"
        self._lock = threading.Lock()
        self._looked = 0.0
        self._connection = _open(self._clean / "look.duckdb")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def damaged(self) -> list[str]:
        """The shards whose tables could not be read."""
        found = self.rows("SELECT source || '/' || shard AS name FROM shards WHERE NOT whole ORDER BY ALL")
        return [row["name"] for row in found]

    def rows(self, question: str, *values: Any) -> list[dict[str, Any]]:
        """The answer to a question in SQL, with `?` for the values, as rows by the names of columns."""
        with self._connection.cursor() as cursor:
            cursor.execute(question, values)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def refresh(self, tell: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Read what is new or has changed, at most every `FRESH_SECONDS`; `tell` hears how many shards are done."""
        if not self._lock.acquire(blocking=not self._looked):
            return  # another thread is reading: until it is done, what was known will do
        try:
            if not self._looked or time.monotonic() - self._looked >= FRESH_SECONDS:
                self._refresh(tell)
                self._looked = time.monotonic()
        finally:
            self._lock.release()

    def _refresh(self, tell: Callable[[int, int], None]) -> None:
        now = self._on_disk()
        known = {(row["source"], row["shard"]): row["seen"] for row in self.rows("SELECT * FROM shards")}
        gone: dict[str, list[str]] = {}
        for source, shard in known.keys() - now.keys():
            gone.setdefault(source, []).append(shard)
        stale: dict[str, list[str]] = {}
        for (source, shard), seen in sorted(now.items()):
            if known.get((source, shard)) != seen:
                stale.setdefault(source, []).append(shard)
        done, of = 0, sum(map(len, stale.values()))
        for source in {**stale, **gone}:
            shards = stale.get(source, [])
            # Pages of a shard that is gone may be in a new one: whoever asks meanwhile sees each of them once.
            batch = max(len(shards), 1) if source in gone else BATCH
            for start in range(0, max(len(shards), 1), batch):
                part = shards[start : start + batch]
                self._read(source, {shard: now[source, shard] for shard in part}, gone.get(source, []))
                done += len(part)
                tell(done, of)

    def _on_disk(self) -> dict[tuple[str, str], str]:
        """Every shard with tables, and what tells that they have changed."""
        found = {}
        for folder in (self._clean / "documents").glob("source=*"):
            source = folder.name.removeprefix("source=")
            for shard in ShardTables.shards(self._clean.parent, source):
                tables = ShardTables.of(self._clean.parent, source, shard)
                with suppress(OSError):
                    of = (tables.documents.stat(), tables.ledger.stat())
                    seen = " ".join(f"{each.st_size}.{each.st_mtime_ns}" for each in of)
                    found[source, tables.documents.stem] = seen
        return found

    def _read(self, source: str, shards: dict[str, str], gone: Sequence[str] = ()) -> None:
        """Read these shards, together, and forget those that are gone; where that fails, one by one.

        So only the damaged ones are left out.
        """
        try:
            self._insert(source, shards, gone)
        except duckdb.Error:
            self._forget(source, gone)
            if len(shards) > 1:
                for shard, seen in shards.items():
                    self._read(source, {shard: seen})
                return
            for shard, seen in shards.items():
                self._forget(source, [shard])
                self._connection.execute("INSERT INTO shards VALUES (?, ?, ?, false)", (source, shard, seen))

    def _insert(self, source: str, shards: dict[str, str], gone: Sequence[str]) -> None:
        tables = [ShardTables.of(self._clean.parent, source, shard) for shard in shards]
        self._connection.begin()
        try:
            self._forget(source, [*shards, *gone])
            if tables:
                ledgers = {"source": source, "ledgers": [str(present(each.ledger)) for each in tables]}
                documents = {"source": source, "documents": [str(present(each.documents)) for each in tables]}
                self._connection.execute(_STRUCK, ledgers)
                self._connection.execute(_PAGES, documents)
                self._tell_origins(source, shards)
            for shard, seen in shards.items():
                self._connection.execute("INSERT INTO shards VALUES (?, ?, ?, true)", (source, shard, seen))
            self._connection.commit()
        except duckdb.Error:
            self._connection.rollback()
            raise

    def _tell_origins(self, source: str, shards: Iterable[str]) -> None:
        """Say of the pages of shards that were made of others in which shard a run once wrote them: `origin`."""
        rewrites = load_rewrites(self._clean.parent / "raw" / source)
        for shard in (f"{name}.warc.gz" for name in shards):
            if parts := rewrites.written(shard):
                first, last = map(list, zip(*parts.values(), strict=True))
                values = {"origins": list(parts), "first": first, "last": last, "source": source, "shard": shard}
                for table in ("pages", "struck"):
                    self._connection.execute(_ORIGIN.format(table), values)

    def origins(self, source: str, shards: Iterable[str]) -> list[str]:
        """By which `origin` the pages are found that a run wrote into these shards, whatever was made of them."""
        return sorted(load_rewrites(self._clean.parent / "raw" / source).origins(shards))

    def _forget(self, source: str, shards: Sequence[str]) -> None:
        if not shards:
            return
        for table, ending in (("shards", ""), ("pages", ".warc.gz"), ("struck", ".warc.gz")):
            names = [shard + ending for shard in shards]
            self._connection.execute(f"DELETE FROM {table} WHERE source = ? AND shard IN ?", (source, names))  # noqa: S608


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    """The database at the path, made anew where it cannot be used; in memory where it cannot be there."""
    with suppress(duckdb.Error):
        connection = duckdb.connect(str(path))
        if _is_current(connection):
            return connection
        connection.close()
    with suppress(duckdb.Error, OSError):
        if not _is_open_elsewhere(path):
            path.unlink(missing_ok=True)
            return _made(str(path))
    return _made(":memory:")


def _made(name: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(name)
    connection.execute(_TABLES)
    return connection


def _is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    with suppress(duckdb.Error):
        return connection.execute("SELECT number FROM version").fetchone() == (VERSION,)
    return False


def _is_open_elsewhere(path: Path) -> bool:
    try:
        duckdb.connect(str(path)).close()
    except duckdb.IOException as error:
        return "lock" in str(error).lower()
    except duckdb.Error:
        pass
    return False
