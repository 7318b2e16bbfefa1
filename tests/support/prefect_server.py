"""A Prefect server for tests, that of a `sito serve`: it takes longer to start than most tests, so it is one for all.

Its database is migrated once for all test runs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from datetime import UTC, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from filelock import FileLock

from flows.orchestration.prefect_settings import child_environment
from flows.report.run_record import record_run, save_run

IDLE = {
    f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false"
    for service in ("LATE_RUNS", "FOREMAN", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP", "REPOSSESSOR")
} | {"PREFECT_API_BLOCKS_REGISTER_ON_START": "false"}
"""Without what no test here needs: services that take processor time while the server is idle, and blocks."""

EARLIER = "terminal-0badcafe"
"""A run of `news` that no server saw: its record is in the data folder before `sito serve` begins."""

PATIENCE = 150
PAGE = """<html lang="uk"><head><title>Новина {n}</title></head><body><article><h1>Новина {n}</h1>
<p>Уранці на площі розставили столи, і кожен охочий міг принести стару книжку та взяти собі іншу.</p>
<p>До обіду обміняли кількасот томів, а найстаріший із них надрукували понад століття тому.</p>
<p>Читайте також: Де в місті читають на лавках</p></article></body></html>"""
SOURCE = """[sources.{name}]
kind = "folder"
path = "pages"
schedule = {{cron = "0 4 * * *", timezone = "Europe/Kyiv"}}
"""

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
            subprocess.run(
                [sys.executable, "-c", MIGRATE], env=child_environment(PREFECT_HOME=str(part)), check=True, cwd=root
            )
            part.rename(home)
    return home


class Served:
    """`sito serve` with a server of its own in an empty home, and its API."""

    def __init__(self, folder: Path, home: Path) -> None:
        (folder / "pages").mkdir()
        for n in range(3):
            (folder / "pages" / f"{n}.html").write_text(PAGE.format(n=n))
        (folder / "pages" / "3.html").write_bytes(b"\x1f\x8b broken gzip")
        (folder / "sources.toml").write_text(SOURCE.format(name="news"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.alarms: list[tuple[str, bytes]] = []
        self.receiver = ThreadingHTTPServer(("127.0.0.1", 0), self._receiver())
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        there = f"127.0.0.1:{self.receiver.server_address[1]}"
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SITO_"))},
            "PREFECT_HOME": str(shutil.copytree(home, folder / "prefect")),
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            **IDLE,
            "SITO_SOURCES": str(folder / "sources.toml"),
            "SITO_DATA": str(folder / "data"),
            "SITO_WORKERS": "1",
            # A webhook, and an address of Apprise: as e-mail and Telegram are, which no test can receive.
            "SITO_ALARMS": f"http://{there}/webhook json://{there}/apprise",
        }
        earlier = record_run("news", "ingest", EARLIER, datetime(2026, 3, 1, tzinfo=UTC), [], [])
        save_run(folder / "data", earlier)
        self.log = (folder / "serve.log").open("w+")
        self.process = self.start([sys.executable, "-m", "flows.cli", "serve"])

    def _receiver(self) -> type[BaseHTTPRequestHandler]:
        alarms = self.alarms

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                alarms.append((self.path.rstrip("/"), self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Receiver

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self.environment | environment, stderr=self.log, stdout=self.log)

    def said(self) -> str:
        return (self.folder / "serve.log").read_text()

    @cached_property
    def secret(self) -> str:
        return (Path(self.environment["PREFECT_HOME"]) / "sito-api-secret").read_text()

    @cached_property
    def csrf(self) -> dict[str, str]:
        token = self.ask("/csrf-token?client=tests")["token"]
        return {"prefect-csrf-client": "tests", "prefect-csrf-token": token}

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": "Basic " + b64encode(self.secret.encode()).decode()}

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"} | self.headers | (self.csrf if data else {})
        request = Request(self.api + path, data, headers, method=method)
        for _ in range(20):
            try:
                with urlopen(request, timeout=20) as response:
                    return json.loads(response.read() or "null")
            except HTTPError as error:
                if error.code != 503:  # SQLite is busy, say it again
                    raise
                time.sleep(0.2)
        raise AssertionError(f"503 again and again: {path}")

    def wait(self, path: str, body: dict[str, Any] | None, until: Any, what: str) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := until(self.ask(path, body)):
                return found
            time.sleep(0.2)
        raise AssertionError(f"waited in vain for {what}:\n{self.said()}")

    def finished(self, run: str) -> Any:
        over = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        return self.wait(f"/flow_runs/{run}", None, lambda got: got if got["state_type"] in over else None, "the run")

    def submit(self, deployment: str, parameters: dict[str, Any], at: datetime | None = None) -> str:
        """Ask for a run, at once or at some time."""
        found = self.ask(f"/deployments/name/{deployment}")["id"]
        details = {"scheduled_time": at.isoformat()} if at else {}
        state = {"type": "SCHEDULED", "state_details": details}
        run = self.ask(f"/deployments/{found}/create_flow_run", {"parameters": parameters, "state": state})
        return str(run["id"])

    def artifacts(self, run: str) -> dict[str, Any]:
        found = self.ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run]}}})
        return {artifact["key"]: artifact for artifact in found}


_SERVED = pytest.StashKey[Served]()


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest, new_prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The one server of all tests that need one: mark them with `xdist_group("serve")`."""
    served = Served(tmp_path_factory.mktemp("served"), new_prefect_home)
    request.session.stash[_SERVED] = served
    end = time.monotonic() + PATIENCE
    while "reprocess form" not in served.said():
        assert served.process.poll() is None, served.said()
        assert time.monotonic() < end, served.said()
        time.sleep(0.1)
    return served


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of the server one after another, also where one process runs all."""
    items.sort(key=lambda item: not _needs_server(item))


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the server with the last of its tests: an idle one takes a tenth of a processor from all others."""
    if _SERVED in item.session.stash and not (nextitem and _needs_server(nextitem)):
        served = item.session.stash[_SERVED]
        del item.session.stash[_SERVED]
        served.process.send_signal(signal.SIGTERM)
        served.receiver.shutdown()
        served.receiver.server_close()
        assert served.process.wait(60) == 0, served.said()
        with pytest.raises(URLError):
            urlopen(served.api + "/health", timeout=5)


def _needs_server(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("xdist_group")
    return mark is not None and mark.args == ("serve",)
