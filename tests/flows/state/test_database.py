"""A database is made, brought up to date, refused or recovered, whoever else opens it and whenever one is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import flows.state
from flows.common.errors import SitoError
from flows.state import ListingState, PageState, State, StateError, database
from flows.state.migrations import HEAD, VERSION_TABLE
from flows.state.schema import metadata
from support.killed_state import pages
from support.paths import TESTS

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = PageState("https://news.example/1", first_seen=NOON)

OPEN = """
import os, sys, traceback
from datetime import UTC, datetime
import alembic.command
from flows.state import State

begun, begin = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        os.close(begin)
        os.read(begun, 1)  # comes to its end when all are there
        try:
            with State.open(sys.argv[1]) as state:
                state.pages.seen("news", [f"https://news.example/{n}" for n in range(200)], datetime.now(UTC))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
os.close(begin)
sys.exit(any([os.wait()[1] for _ in range(4)]))
"""


def scripts(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(flows.state.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config


class TestMigrations:
    def test_end_at_the_named_head_in_one_line(self) -> None:
        directory = ScriptDirectory.from_config(scripts())
        assert directory.get_heads() == [HEAD]

    def test_have_been_run_for_alembic_where_a_new_database_got_its_tables_at_once(self, state: State) -> None:
        with state._database.reading() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert context.get_current_revision() == HEAD
            assert compare_metadata(context, metadata) == []

    def test_bring_an_older_database_up_and_keep_what_is_in_it(self, address: str) -> None:
        with State.open(address) as state:
            state.pages.record("news", [PAGE])
            with state._database.writing() as connection:
                connection.execute(text("DROP TABLE sources"))
                connection.execute(text("DROP INDEX pages_gone"))
                connection.execute(text("ALTER TABLE pages DROP COLUMN gone_at"))
                connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
        with State.open(address) as state:
            assert state.pages.get("news", [PAGE.url]) == {PAGE.url: PAGE}
            with state._database.reading() as connection:
                assert connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all() == [HEAD]
                assert connection.execute(text("SELECT count(*) FROM sources")).scalar() == 0

    def test_of_a_revision_each_run_alone(self, address: str) -> None:
        with State.open(address) as state, state._database.writing() as connection:
            for table in [*metadata.tables, VERSION_TABLE]:
                connection.execute(text(f"DROP TABLE {table}"))
            for script in reversed(list(ScriptDirectory.from_config(scripts()).walk_revisions())):
                command.upgrade(scripts(connection), script.revision)
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, metadata) == []

    def test_that_fail_leave_nothing_behind(self, address: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "CreateTable", _interrupt)
            with pytest.raises(KeyboardInterrupt):
                State.open(address)
        with State.open(address) as state:
            state.pages.record("news", [PAGE])
            with state._database.writing() as connection:
                connection.execute(text("DROP TABLE sources"))
                connection.execute(text("DROP INDEX pages_gone"))
                connection.execute(text("ALTER TABLE pages DROP COLUMN gone_at"))
                connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(command, "upgrade", _half)
            with pytest.raises(KeyboardInterrupt):
                State.open(address)
        with State.open(address) as state:
            assert state.pages.counts("news") == {"unasked": 1}


def test_a_database_of_a_newer_sito_is_refused_and_left_alone(address: str) -> None:
    with State.open(address) as state, state._database.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for _ in range(2):
        with pytest.raises(StateError, match=r"made by a newer sito .*9999.*; update sito"):
            State.open(address)


@pytest.mark.slow
def test_processes_that_open_a_new_database_at_once_all_succeed(address: str) -> None:
    subprocess.run([sys.executable, "-c", OPEN, address], check=True, timeout=120)
    with State.open(address) as state:
        assert state.pages.counts("news") == {"unasked": 200}


def test_threads_that_open_it_at_once_all_succeed(address: str) -> None:
    def enter(number: int) -> None:
        with State.open(address) as state:
            state.listings.record("news", ListingState(f"https://news.example/{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(8)))
    with State.open(address) as state:
        assert len(state.listings.all("news")) == 8


def test_threads_share_one_state(state: State) -> None:
    def enter(number: int) -> int:
        part = [PageState(f"https://news.example/{number}/{n}", first_seen=NOON) for n in range(20)]
        state.pages.record("news", part)
        return len(state.pages.get("news", [page.url for page in part]))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(enter, range(64))) == [20] * 64
    assert state.pages.counts("news") == {"unasked": 64 * 20}


def test_what_a_killed_transaction_wrote_is_gone_and_what_stood_before_stays(address: str) -> None:
    child = subprocess.run([sys.executable, "-m", "support.killed_state", address, "entering"], cwd=TESTS, check=False)
    assert child.returncode == -signal.SIGKILL
    with State.open(address) as state:
        assert state.pages.counts("news") == {"unasked": 500}
        state.pages.record("news", pages(500))  # nobody is locked out
        assert state.pages.counts("news") == {"unasked": 1000}


def test_tables_that_were_made_half_when_killed_are_made_again(address: str) -> None:
    child = subprocess.run([sys.executable, "-m", "support.killed_state", address, "migrating"], cwd=TESTS, check=False)
    assert child.returncode == -signal.SIGKILL
    with State.open(address) as state:
        state.pages.record("news", [PAGE])
        assert state.pages.counts("news") == {"unasked": 1}


class TestSqlite:
    def test_writes_ahead_and_waits_for_others(self, tmp_path: Path) -> None:
        with State.open(f"sqlite:///{tmp_path}/state.sqlite") as state, state._database.reading() as connection:
            values = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
            assert values == ["wal", 1]
            assert connection.execute(text("PRAGMA busy_timeout")).scalar() >= 30_000

    def test_readers_do_not_wait_for_the_writer(self, tmp_path: Path) -> None:
        address = f"sqlite:///{tmp_path}/state.sqlite"
        with State.open(address) as state, State.open(address) as other, state._database.writing() as connection:
            connection.execute(text("DELETE FROM pages"))
            assert other.pages.counts("news") == {}

    @pytest.mark.parametrize("name", ["a b.sqlite", "100%.sqlite", "what?.sqlite", "ї#1.sqlite", "new/folder/s.db"])
    def test_takes_any_path(self, tmp_path: Path, name: str) -> None:
        with State.open(f"sqlite:///{tmp_path}/{name}") as state:
            state.pages.record("news", [PAGE])
        assert (tmp_path / name).stat().st_size > 0

    def test_that_is_none_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "state.sqlite"
        path.write_text("this is a letter, and no database; " * 100)
        with pytest.raises(StateError, match=rf"^state {path}: file is not a database; .*reads raw/ again"):
            State.open(f"sqlite:///{path}")
        assert path.read_text().startswith("this is a letter")

    def test_that_may_only_be_read_is_said(self, tmp_path: Path) -> None:
        path = tmp_path / "state.sqlite"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE other (x)")
        connection.close()
        head = bytearray(path.read_bytes())
        head[18] = 3  # a way of writing that is not invented yet; a missing right would not hold for root
        path.write_bytes(head)
        told = rf"^state {path}: attempt to write a readonly database; .* its permissions"
        with pytest.raises(StateError, match=told):
            State.open(f"sqlite:///{path}")

    def test_that_cannot_be_made_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StateError, match=r"file/state.sqlite: cannot be written: .*SITO_STATE"):
            State.open(f"sqlite:///{tmp_path}/file/state.sqlite")

    def test_of_a_full_disk_is_said_and_goes_on_later(self, tmp_path: Path) -> None:
        with State.open(f"sqlite:///{tmp_path}/state.sqlite") as state:
            state.pages.record("news", [PAGE])
            with state._database.reading() as connection:
                room = connection.execute(text("PRAGMA page_count")).scalar()
            many = [PageState(f"https://news.example/{n}", first_seen=NOON) for n in range(5000)]
            with _room(state, room), pytest.raises(StateError, match="full"):
                state.pages.record("news", many)
            assert state.pages.counts("news") == {"unasked": 1}
            state.pages.record("news", many)
            assert state.pages.counts("news") == {"unasked": 5000}


class _room:  # noqa: N801 - a context manager
    """No more than so many database pages for the only connection of a state."""

    def __init__(self, state: State, room: int) -> None:
        self._state, self._room = state, room

    def __enter__(self) -> None:
        self._set(self._room)

    def __exit__(self, *_: object) -> None:
        self._set(2**30)

    def _set(self, room: int) -> None:
        with self._state._database.reading() as connection:
            connection.execute(text(f"PRAGMA max_page_count={room}"))


NO_ADDRESSES = [
    "",
    "state.sqlite",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "mysql://user:geheim@host/db",
    "postgresql://user:geheim@host",
    "postgresql://user:geheim@host:port/db",
    "postgresql+asyncpg://user:geheim@host/db",
    "http://user:geheim@host/",
]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused_without_quoting_it(address: str) -> None:
    with pytest.raises(StateError, match=r"SITO_STATE is not a database address; write sqlite:////") as caught:
        State.open(address)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:geheim@127.0.0.1:1/db",
        "postgres://user:geheim@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=user&password=geheim",
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_the_password(address: str) -> None:
    with pytest.raises(
        SitoError, match=r"^state postgresql://127.0.0.1:1/db: .*refused.*; check that the server is running"
    ) as e:
        State.open(address)
    assert "geheim" not in str(e.value)
    assert e.value.__cause__ is None


def test_a_name_holds_no_password(address: str) -> None:
    with State.open(address) as state:
        assert "@" not in state.name
        assert "options" not in state.name


def _half(config: Config, _to: str) -> None:
    config.attributes["connection"].execute(text("CREATE TABLE sources (url TEXT)"))
    raise KeyboardInterrupt


def _interrupt(_table: object) -> None:
    raise KeyboardInterrupt


def test_one_may_be_opened_after_a_fork(address: str) -> None:
    with State.open(address) as state:
        state.pages.record("news", [PAGE])
    child = os.fork()
    if child == 0:
        with State.open(address) as own:
            os._exit(len(own.pages.counts("news")) - 1)
    assert os.waitpid(child, 0)[1] == 0


def test_the_file_is_one_that_sqlite_reads(tmp_path: Path) -> None:
    with State.open(f"sqlite:///{tmp_path}/state.sqlite") as state:
        state.pages.record("news", [PAGE])
    rows = sqlite3.connect(tmp_path / "state.sqlite").execute("SELECT source, url, first_seen FROM pages").fetchall()
    assert rows == [("news", PAGE.url, NOON.timestamp() * 1_000_000)]
