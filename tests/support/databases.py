"""A state in each database: SQLite always, PostgreSQL by a server of our own that ends with the tests."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from flows.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_TO_START = 60


def binaries() -> Path | None:
    """The folder of the newest server's programs."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    found = debian[-1] if debian else Path(on_path).resolve() if on_path else None
    return found.parent if found and (found.parent / "postgres").exists() else None


def needed() -> bool:
    return os.environ.get("CI") == "true" or bool(os.environ.get("SITO_NEEDS_POSTGRESQL"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The folder of a server's socket. It listens to no network, and trusts whoever can reach the socket."""
    programs = binaries()
    if programs is None:
        reason = "PostgreSQL's server (initdb, postgres) is not installed: only SQLite is tested here"
        if needed():
            pytest.fail(f"{reason}; apt-get install postgresql")
        pytest.skip(reason)
    user: dict[str, object] = {}
    folder = Path(tempfile.mkdtemp(prefix="sito-pg-"))  # not tmp_path: a socket's path must be short
    try:
        if os.geteuid() == 0:  # the server refuses to run as root
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            entry = names.get("postgres") or names["nobody"]
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        data = str(folder / "data")
        init = [str(programs / "initdb"), "-D", data, "-U", "sito", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(init, check=True, capture_output=True, cwd=folder, **user)  # type: ignore[call-overload]
        options = ("listen_addresses=", "fsync=off", "max_connections=100")
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(  # type: ignore[call-overload]
                [str(programs / "postgres"), "-D", data, "-k", str(folder), *(f"-c{option}" for option in options)],
                stdout=log,
                stderr=log,
                cwd=folder,
                **user,
            )
        try:
            _wait(server, folder)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)  # "fast": ends the sessions, then itself
            server.wait(SECONDS_TO_START)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(SECONDS_TO_START * 20):
        try:
            with psycopg.connect(host=str(folder), user="sito", dbname="postgres"):
                return
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
    pytest.fail(f"PostgreSQL does not start: {(folder / 'log').read_text('utf-8', 'replace')[-2000:]}")


_numbers = itertools.count()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: a new file, or a new schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    folder = request.getfixturevalue("postgresql")
    schema = f"s{next(_numbers)}"
    with psycopg.connect(host=str(folder), user="sito", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"postgresql://sito@/postgres?host={folder}&options=-csearch_path%3D{schema}"


@pytest.fixture
def state(address: str) -> Iterator[State]:
    with State.open(address) as state:
        yield state
