"""A Prefect server for tests: its database is migrated once for all of them, which takes longer than most tests."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from filelock import FileLock

from flows.cli.main import main
from flows.orchestration.prefect_settings import child_environment
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS_TO_START = 120

IDLE = {
    f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false"
    for service in ("SCHEDULER", "LATE_RUNS", "FOREMAN", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP", "REPOSSESSOR")
} | {"PREFECT_API_BLOCKS_REGISTER_ON_START": "false"}
"""Without what no test here needs: services that take processor time while the server is idle, and blocks."""

MIGRATE = """
import asyncio
from prefect.server.database import provide_database_interface
asyncio.run(provide_database_interface().create_db())
"""


@pytest.fixture(scope="session")
def new_prefect_home(request: pytest.FixtureRequest) -> Path:
    """A folder for PREFECT_HOME with an empty database, made once for all test runs: it takes 10 s."""
    assert request.config.cache
    root = request.config.cache.mkdir(f"prefect-{version('prefect')}")
    home = root / "prefect-home"
    with FileLock(root / "prefect-home.lock"):
        if not home.exists():
            part = root / "prefect-home.part"
            shutil.rmtree(part, ignore_errors=True)
            subprocess.run([sys.executable, "-c", MIGRATE], env=_environment(part), check=True, cwd=root)
            part.rename(home)
    return home


@pytest.fixture
def prefect_home(new_prefect_home: Path, tmp_path: Path) -> Path:
    """A folder for the PREFECT_HOME of programs that start a server of their own."""
    return copy_home(new_prefect_home, tmp_path)


@pytest.fixture(scope="session")
def prefect_server(new_prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the API of a server, for tests that need any: give it to programs as PREFECT_API_URL."""
    home = copy_home(new_prefect_home, tmp_path_factory.mktemp("prefect-server"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    server = subprocess.Popen([*command, f"--port={port}", "--log-level=warning"], env=_environment(home), cwd=ROOT)
    try:
        api = f"http://127.0.0.1:{port}/api"
        _wait(server, f"{api}/health")
        yield api
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def sito(prefect_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[str]], int]]:
    """The command line in this process, over the server that tests share: a process of its own starts for seconds."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    monkeypatch.setenv("SITO_WORKERS", "1")
    before = signal.getsignal(signal.SIGTERM)
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        yield main
    signal.signal(signal.SIGTERM, before)


def copy_home(home: Path, folder: Path) -> Path:
    return shutil.copytree(home, folder / "prefect")


def _environment(home: Path) -> dict[str, str]:
    return child_environment(PREFECT_HOME=str(home), **IDLE)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        assert server.poll() is None, "the Prefect server ended"
        try:
            urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the Prefect server does not answer")
