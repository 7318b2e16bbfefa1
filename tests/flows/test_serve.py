"""A real Prefect server: `sito serve`, the form, a deployment from prefect.yaml on a schedule. Slow, so one server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from flows.common.errors import SitoError
from flows.config.sources import load_sources
from flows.deployments import jobs, prefect_yaml
from flows.orchestration.prefect_settings import FLOW_RUN_SETTINGS
from flows.orchestration.server import local_server
from support.prefect_server import copy_home

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("serve")

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


PREFECT = """
import json, sys
from prefect.cli import app
for sys.argv[1:] in json.loads(sys.argv[1]):
    try:
        app()
    except SystemExit as end:
        if end.code:
            raise
"""
"""Commands of Prefect one after another in one process, which takes seconds to start."""


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
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SITO_"))},
            "PREFECT_HOME": str(copy_home(home, folder)),
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
            "SITO_SOURCES": str(folder / "sources.toml"),
            "SITO_DATA": str(folder / "data"),
            "SITO_WORKERS": "1",
        }
        (folder / "data").mkdir()
        self.log = (folder / "serve.log").open("w+")
        self.process = self.start([sys.executable, "-m", "flows.cli", "serve"])

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

    def submit(self, deployment: str, parameters: dict[str, Any]) -> str:
        found = self.ask(f"/deployments/name/{deployment}")["id"]
        run = self.ask(
            f"/deployments/{found}/create_flow_run", {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        )
        return str(run["id"])

    def artifacts(self, run: str) -> dict[str, Any]:
        found = self.ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run]}}})
        return {artifact["key"]: artifact for artifact in found}


@pytest.fixture(scope="module")
def served(new_prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"), new_prefect_home)
    end = time.monotonic() + PATIENCE
    while "reprocess form" not in served.said():
        assert served.process.poll() is None, served.said()
        assert time.monotonic() < end, served.said()
        time.sleep(0.1)
    yield served
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) == 0, served.said()
    with pytest.raises(URLError):
        urlopen(served.api + "/health", timeout=5)


@pytest.fixture(scope="module")
def smuggled(served: Served) -> Path:
    """What a stranger's step makes, if it is run; it stands in the deployment of the source from the beginning."""
    taken = served.folder / "taken"
    step = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {taken}"}}
    found = served.ask("/deployments/name/ingest/ingest-news")
    served.ask(f"/deployments/{found['id']}", {"pull_steps": [step]}, method="PATCH")
    return taken


@pytest.fixture(scope="module")
def ingested(served: Served, smuggled: Path) -> str:
    """The id of a finished run."""
    run = served.submit("ingest/ingest-news", {"source": "news"})
    served.finished(run)
    return run


def test_serving_running_and_reprocessing(served: Served, ingested: str) -> None:
    scheduled = served.ask("/deployments/name/ingest/ingest-news")
    assert [each["schedule"]["cron"] for each in scheduled["schedules"]] == ["0 4 * * *"]
    assert scheduled["schedules"][0]["schedule"]["timezone"] == "Europe/Kyiv"
    assert (scheduled["paused"], scheduled["concurrency_options"]["collision_strategy"]) == (False, "CANCEL_NEW")

    state = served.finished(ingested)
    assert (state["state_type"], state["name"]) == ("COMPLETED", "ingest news"), served.said()
    assert {"sito", "source:news"} <= set(state["tags"])
    artifacts = served.artifacts(ingested)
    assert set(artifacts) == {"news-pages", "news-report", "news-progress"}
    statuses = [row["status"] for row in json.loads(artifacts["news-pages"]["data"])]
    assert statuses == ["failed", "new", "new", "new"]
    assert "uk.also-read" in artifacts["news-report"]["data"]
    assert artifacts["news-progress"]["data"] == 100

    # As the form sends it: null where a field was left empty.
    asked = {"source": "news", "since": None, "until": None, "origin": "raw", "dry_run": False}
    run = served.submit("reprocess/reprocess", {"request": asked})
    state = served.finished(run)
    assert (state["state_type"], state["name"]) == ("COMPLETED", "reprocess news"), served.said()
    assert {"news-pages", "news-report", "news-changes"} <= set(served.artifacts(run))

    with pytest.raises(HTTPError):  # the form knows the sources
        served.submit("reprocess/reprocess", {"request": {"source": "elsewhere"}})


class TestStrangers:
    """Whoever can call the API can have commands run: pages of other sites and other users of the machine cannot."""

    def refused(self, served: Served, path: str, body: Any, method: str | None = None, **headers: str) -> HTTPError:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        request = Request(served.api + path, data, {"content-type": "application/json", **named}, method=method)
        with pytest.raises(HTTPError) as error:
            urlopen(request, timeout=20)
        assert error.value.headers["access-control-allow-origin"] is None
        return error.value

    @pytest.mark.parametrize(("path", "body"), [("/deployments/filter", {}), ("/admin/settings", None)])
    def test_without_the_secret_nothing_is_told(self, served: Served, path: str, body: Any) -> None:
        token = served.csrf
        assert self.refused(served, path, body, **token).code == 401
        wrong = "Basic " + b64encode(b"sito:guess").decode()
        assert self.refused(served, path, body, authorization=wrong, **token).code == 401

    def test_a_page_of_another_site_is_refused_though_it_had_the_secret(self, served: Served) -> None:
        for strange in ({"origin": "http://evil.example"}, {"host": f"evil.example:{served.port}"}):
            for path, body, method in (
                ("/deployments/filter", {}, "POST"),
                ("/deployments/filter", None, "OPTIONS"),  # the preflight
                ("/health", None, "GET"),
            ):
                headers = served.headers | {"access_control_request_method": "POST"} | strange
                assert self.refused(served, path, body, method, **headers).code == 403

    def test_the_secret_alone_changes_nothing_without_a_token_against_forged_requests(self, served: Served) -> None:
        assert self.refused(served, "/deployments/filter", {}, **served.headers).code == 403

    def test_a_step_smuggled_into_a_deployment_of_ours_is_not_run(
        self, served: Served, smuggled: Path, ingested: str
    ) -> None:
        found = served.ask("/deployments/name/ingest/ingest-news")
        assert "run_shell_script" in str(found["pull_steps"]), "it is still there"
        assert served.finished(ingested)["state_type"] == "COMPLETED", served.said()
        assert not smuggled.exists()


def test_a_deployment_of_prefect_yaml_is_started_by_the_server_on_its_schedule(served: Served) -> None:
    (served.folder / "evening.toml").write_text(SOURCE.format(name="evening"))
    plan = prefect_yaml(jobs(load_sources(served.folder / "evening.toml")))
    (served.folder / "prefect.yaml").write_text(plan)
    here = {
        "PREFECT_API_URL": served.api,
        "PREFECT_API_AUTH_STRING": served.secret,
        "SITO_SOURCES": str(served.folder / "evening.toml"),
    }
    commands = [
        ["work-pool", "create", "sito", "--type", "process"],
        ["deploy", "--prefect-file", str(served.folder / "prefect.yaml"), "--name", "ingest-evening"],
        ["worker", "start", "--pool", "sito"],
    ]
    words = [["--no-prompt", *command] for command in commands]
    worker = served.start([sys.executable, "-c", PREFECT, json.dumps(words)], **here)
    try:
        run = scheduled_run(served, worker)
    finally:
        worker.send_signal(signal.SIGINT)
        worker.wait(60)
    assert run["auto_scheduled"]
    assert run["name"] == "ingest evening"
    assert "evening-report" in served.artifacts(run["id"])


def scheduled_run(served: Served, worker: subprocess.Popen[bytes]) -> Any:
    """The first run of the deployment that the worker's process makes, once that has been given a schedule for now."""

    def first(found: Any) -> Any:
        assert worker.poll() is None, served.said()
        return found and found[0]

    named = {"deployments": {"name": {"any_": ["ingest-evening"]}}}
    deployment = served.wait("/deployments/filter", named, first, "the deployment")
    assert (deployment["work_pool_name"], deployment["entrypoint"]) == ("sito", "flows.ingest.ingest")
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert deployment["job_variables"]["env"] == FLOW_RUN_SETTINGS

    # A schedule of a minute in place of the nightly one, else the test waits until four in the morning. A shorter one
    # would be slower: a run that is due while another is active is started, too, before it is cancelled.
    soon = datetime.now(UTC) + timedelta(seconds=6)
    often = {"active": True, "schedule": {"interval": 60, "anchor_date": soon.isoformat()}}
    served.ask(f"/deployments/{deployment['id']}/schedules", [often])
    query = {
        "deployments": {"id": {"any_": [deployment["id"]]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    return served.wait("/flow_runs/filter", query, first, "a run on the schedule")


def test_a_taken_port_is_said_clearly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SitoError, match=f"port {port} of 127.0.0.1 is taken"), local_server(port, "a:b"):
            pass


def test_a_server_whose_parent_is_gone_ends(tmp_path: Path) -> None:
    home = os.environ | {"PREFECT_HOME": str(tmp_path)}
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.orchestration.server", "0"], stdin=subprocess.PIPE, env=home
    )
    assert server.stdin is not None
    server.stdin.close()
    assert server.wait(PATIENCE) == -signal.SIGTERM


def test_a_server_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(SitoError, match="ended with exit code"), local_server(port, "a:b"):
        pass
