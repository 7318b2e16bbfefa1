"""The database of the state: opens it, migrates it to the newest tables, and runs short transactions.

SQLite uses write-ahead logging (WAL): readers and the one writer do not wait for each other, and with
`synchronous=NORMAL` a power loss may lose the last transactions but never the database; they are read from raw/ again.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.schema import CreateTable

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.state.migrations import HEAD, VERSION_TABLE
from flows.state.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT = 60
"""Seconds to wait for another process's transaction; ours last milliseconds, importing a shard perhaps a second."""

_SQLITE_PREFIXES = ("sqlite:///", "sqlite+pysqlite:///")
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_OLDEST_SQLITE = (3, 35)  # RETURNING
_MIGRATING = threading.Lock()  # Alembic's context is one of the whole process
_LOCK_NUMBER = 0x5170_0001
"""Of the advisory lock under which PostgreSQL tables are made: any number that nothing else uses."""

_VERSION = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
"""As Alembic makes it."""


class StateError(SitoError):
    """The state cannot be reached or used; the message contains no password."""


class Database:
    """An engine with the settings above; safe to share between threads. An up-to-date one opens in milliseconds."""

    def __init__(self, address: str) -> None:
        url = _url(address)
        self.name = _name(url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        # One queue for the writers of this process: SQLite's own waiting is polling, and unfair.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            self._engine = _sqlite_engine(url)
        else:
            # At most one connection for each thread that fetches; a server that was restarted is noticed.
            self._engine = create_engine(
                url, pool_size=5, max_overflow=25, pool_pre_ping=True, connect_args={"connect_timeout": 10}
            )
        self._writer = self._engine.execution_options(writes=True)
        with self.errors():
            self._prepare(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises StateError."""
        with self.errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed as a whole or rolled back. Raises StateError."""
        with self.errors(), self._turn, self._writer.begin() as connection:
            yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that supports `on_conflict_do_...`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def upsert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that overwrites an existing row with the same key."""
        insert = self.insert(table)
        rest = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
        return insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=rest)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn errors of the database into StateError: the driver's first line, without statement and values."""
        try:
            yield
        except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
            # The whole text would quote the statement with its addresses.
            said: object = error.orig if isinstance(error, DBAPIError) else error
            if isinstance(error, PoolTimeout):
                said = "no connection became free"
            advice = (
                "`sito state rebuild` moves it aside and reads raw/ again"
                if _is_damage(said)
                else "free some space, fix its permissions, or delete it: it is rebuilt from raw/"
                if self.is_sqlite
                else "check that the server is running and that SITO_STATE is correct"
            )
            raise StateError(f"state {self.name}: {_first_line(said)}; {advice}") from None

    def _prepare(self, url: URL) -> None:
        """Make or migrate the tables, under a lock: if two open a new database, the second waits."""
        if self._revision() == HEAD:
            return
        with _MIGRATING, self._file_lock(url):
            if self.is_sqlite:
                with self._engine.connect() as connection:  # no transaction may be open
                    connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
            with self._writer.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
                self._migrate(connection)

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            return _revision(connection)

    def _migrate(self, connection: Connection) -> None:
        now = _revision(connection)
        if now is None:  # new: its revisions would come to the same tables, and Alembic takes its time
            metadata.create_all(connection, checkfirst=False)
            connection.execute(CreateTable(_VERSION))
            connection.execute(_VERSION.insert().values(version_num=HEAD))
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if now not in known:
            raise StateError(
                f"state {self.name}: made by a newer sito (its tables are of revision {now[:40]}, ours up to "
                f"{HEAD}); update sito, or name another database with SITO_STATE"
            )
        command.upgrade(config, "head")

    @contextmanager
    def _file_lock(self, url: URL) -> Iterator[None]:
        # SQLite does not wait for a lock when it changes the journal mode.
        if not self.is_sqlite:
            yield
            return
        path = Path(str(url.database))
        lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=_WAIT, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise StateError(f"state {self.name}: another process has been making its tables for {_WAIT} s") from None
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            yield
        finally:
            lock.release()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - our constant
    return None if found is None else str(found)


def _url(address: str) -> URL:
    for prefix in _SQLITE_PREFIXES:  # by hand: a path may hold ? and %
        if address.startswith(prefix):
            path = address.removeprefix(prefix)
            if not path or path.startswith((":memory:", "file:")):
                break
            return URL.create("sqlite", database=str(Path(path).absolute()))
    try:
        url = make_url(address)
        if url.drivername in _POSTGRESQL and url.database:
            return url.set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        pass
    raise StateError(
        "SITO_STATE is not a database address; write sqlite:////path/to/state.sqlite (a file, with four slashes for "
        "an absolute path) or postgresql://user:password@host/database"
    )


def sqlite_path(address: str) -> Path | None:
    """The file of a SQLite address; None for another database. Raises StateError for what is no address."""
    url = _url(address)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    where = f"{url.host or 'localhost'}{f':{url.port}' if url.port else ''}"
    return one_line(f"postgresql://{where}/{url.database}", 200)  # no user, password or options


def _sqlite_engine(url: URL) -> Engine:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StateError(f"this Python's SQLite is {sqlite3.sqlite_version}; 3.35 or newer is needed")
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    engine = create_engine(url, pool_size=5, max_overflow=25, connect_args={"timeout": _WAIT, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-16384")  # 16 MiB; a source of a million pages has 40 MiB of keys
        # A batch of pages touches some 3 MiB in scattered places: a checkpoint at every 4 MiB, the default, takes twice
        # as long.
        connection.execute("PRAGMA wal_autocheckpoint=8192")
        connection.execute(f"PRAGMA journal_size_limit={64 * 2**20}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver itself begins only at the first change, and another writer may come in between.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _is_damage(error: object) -> bool:
    """Whether SQLite says that the file's content is broken: "malformed", "not a database"."""
    return isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", None) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def _unwritable(path: Path, error: OSError) -> StateError:
    return StateError(
        f"state {path}: cannot be written: {error.strerror or error}; "
        "fix its permissions, or choose another with SITO_STATE"
    )


def _first_line(error: object) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return one_line(lines[0], 200)
