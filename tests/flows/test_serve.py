"""A real Prefect server: `sito serve`, the form, a deployment from prefect.yaml on a schedule. Slow, so one server."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prefect.cli import app
from prefect.runner import Runner
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.workers.process import ProcessWorker

from flows.common.errors import SitoError
from flows.config.settings import load_settings, use_settings
from flows.config.sources import load_sources
from flows.deployments import jobs, prefect_yaml
from flows.orchestration.alarm_targets import emit_alarm
from flows.orchestration.flow_runs import flow_run_id
from flows.orchestration.prefect_settings import FLOW_RUN_SETTINGS
from flows.orchestration.server import PrefectApi, local_server, using
from flows.pipeline import cleaning_pool
from flows.pipeline.ingest_run import IngestRun
from flows.report.run_record import load_runs, record_run
from flows.serve import GUARD, guard
from flows.served_jobs import ServedJobs
from support.prefect_server import EARLIER, PATIENCE, SOURCE, Served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.crawl.batches import BatchResult

pytestmark = [pytest.mark.xdist_group("serve"), pytest.mark.slow]


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
    assert "run_shell_script" in str(served.ask("/deployments/name/ingest/ingest-news")["pull_steps"])
    return run


def test_serving_running_and_asking_for_a_reprocess(served: Served, ingested: str) -> None:
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
    look = "http://127.0.0.1:4201/page?source=news&url=file%3A%2F%2F%2F"
    assert statuses == ["failed", *(f"[new]({look}{n}.html)" for n in range(3))]
    assert "uk.also-read" in artifacts["news-report"]["data"]
    assert artifacts["news-progress"]["data"] == 100

    # As the form sends it: null where a field was left empty. It is not run: that is tested in `test_flows.py`.
    asked = {"source": "news", "since": None, "until": None, "origin": "raw", "dry_run": False}
    run = served.submit("reprocess/reprocess", {"request": asked}, datetime.now(UTC) + timedelta(days=1))
    assert served.ask(f"/flow_runs/{run}")["parameters"] == {"request": asked}

    with pytest.raises(HTTPError):  # the form knows the sources
        served.submit("reprocess/reprocess", {"request": {"source": "elsewhere"}})


def test_a_run_in_a_terminal_is_a_flow_run_of_the_server_of_its_folder(
    served: Served, ingested: str, sito: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["--data", str(served.folder / "data"), "--sources", str(served.folder / "sources.toml")]
    assert sito(["ingest", "news", *places]) == 1, served.said()
    said = capsys.readouterr()
    assert f"to be seen in the Prefect UI: http://127.0.0.1:{served.port}\n" in said.err
    assert "4 pages, 3 unchanged, 1 failed" in " ".join(said.out.split())
    run = served.ask(f"/flow_runs/{load_runs(served.folder / 'data', 'news')[-1].run}")
    assert (run["name"], set(run["tags"]), run["deployment_id"]) == ("ingest news", {"sito", "source:news"}, None)
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "Some pages failed")
    assert set(served.artifacts(run["id"])) == {"news-pages", "news-report", "news-progress"}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_a_run_in_a_terminal_that_is_stopped_ends_with_one_line_and_is_over_for_the_server(
    served: Served,
    ingested: str,
    sito: Callable[[list[str]], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    how: signal.Signals,
) -> None:
    runs: list[str] = []

    def captured(run: IngestRun, done: BatchResult) -> None:
        runs.append(flow_run_id())
        signal.raise_signal(how)

    monkeypatch.setattr(IngestRun, "captured", captured)
    places = ["--data", str(served.folder / "data"), "--sources", str(served.folder / "sources.toml")]
    try:
        assert sito(["ingest", "news", *places]) == 130, served.said()
    finally:
        cleaning_pool._pool.cache_clear()  # a stopped one starts nothing more
    said = capsys.readouterr().err
    assert said.endswith("sito: stopped; what was kept so far is in place\n")
    assert "Traceback" not in said
    assert served.ask(f"/flow_runs/{runs[0]}")["state_type"] == "CRASHED"


def test_alarms_arrive_at_the_addresses_that_were_named(served: Served) -> None:
    alarmed = replace(
        record_run("news", "ingest", "run-1", datetime.now(UTC), [], []),
        alarms=["share of kept words is “41%”, far below"],
    )
    with using(PrefectApi(served.api, served.api, served.secret)):
        emit_alarm(alarmed, "http://127.0.0.1:4201")
    served.wait("/health", None, lambda _: len(served.alarms) >= 2, "the alarms")
    said = {path: json.loads(body) for path, body in served.alarms}
    page = "http://127.0.0.1:4201/runs/news/run-1"
    text = f"news: share of kept words is “41%”, far below\n{page}"
    assert said["/webhook"] == {
        "source": "news",
        "run": "run-1",
        "alarms": alarmed.alarms,
        "text": text,
        "page": page,
    }
    assert (said["/apprise"]["title"], said["/apprise"]["message"]) == ("sito: news", text)


def test_the_server_watches_for_runs_that_fall_silent_unless_a_person_has_paused_that(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def guards() -> list[Any]:
        return [each for each in served.ask("/automations/filter", {}) if each["name"] == GUARD]

    (made,) = guards()
    trigger, (action,) = made["trigger"], made["actions"]
    assert (trigger["posture"], trigger["within"], trigger["after"]) == (
        "Proactive",
        120,
        ["prefect.flow-run.heartbeat"],
    )
    assert trigger["match_related"]["prefect.resource.id"] == ["prefect.tag.sito"]
    assert (made["enabled"], action["type"], action["state"]) == (True, "change-flow-run-state", "CRASHED")
    with using(PrefectApi(served.api, served.api, served.secret)):
        served.ask(f"/automations/{made['id']}", {"enabled": False}, method="PATCH")
        guard()
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: 60}):
            guard()
        assert [(each["enabled"], each["trigger"]["within"]) for each in guards()] == [(False, 240)]


def deployments(served: Served, *names: str) -> dict[str, Any]:
    found = served.ask("/deployments/filter", {"deployments": {"name": {"any_": list(names)}}})
    return {each["name"]: each for each in found}


def test_what_is_served_follows_the_sources_file_and_what_is_paused_stays_so(served: Served) -> None:
    path, name = served.folder / "sources.toml", "ingest-second"
    before = path.read_text()
    second = SOURCE.format(name="second")

    def until(fits: Callable[[Any], bool]) -> Any:
        return served.wait("/health", None, lambda _: fits(deployments(served, name)), "the sources file")

    path.write_text(before + second)
    until(lambda found: name in found)
    served.ask(f"/deployments/{deployments(served, name)[name]['id']}/pause_deployment", {})
    path.write_text(before + "[sources.second")
    path.write_text(before + second.replace("0 4", "5 4"))
    until(lambda found: found[name]["schedules"][0]["schedule"]["cron"] == "5 4 * * *")
    assert deployments(served, name)[name]["paused"]
    path.write_text(before)
    until(lambda found: not found)
    assert "sito: ingest-second: added" in served.said()
    assert not served.ask("/deployments/name/ingest/ingest-news")["paused"]


def test_what_a_person_paused_is_paused_after_the_next_start_and_nothing_else_is(
    served: Served, tmp_path: Path
) -> None:
    (tmp_path / "s.toml").write_text(SOURCE.format(name="dawn") + SOURCE.format(name="dusk"))
    dawn, dusk = list(jobs(load_sources(tmp_path / "s.toml")))[:2]

    def paused() -> dict[str, bool]:
        return {name: each["paused"] for name, each in sorted(deployments(served, dawn.name, dusk.name).items())}

    here = use_settings(load_settings(sources=tmp_path / "s.toml"))  # whose names the forms offer
    with using(PrefectApi(served.api, served.api, served.secret)), here:
        first = ServedJobs(Runner(), tmp_path)
        first.begin([dawn, dusk], ours=False)
        served.ask(f"/deployments/{deployments(served, dawn.name)[dawn.name]['id']}/pause_deployment", {})
        first.end()
        assert paused() == {dawn.name: True, dusk.name: True}
        ServedJobs(Runner(), tmp_path).begin([dawn, dusk], ours=False)
        assert paused() == {dawn.name: True, dusk.name: False}
        last = ServedJobs(Runner(), tmp_path)  # after a kill, which pauses nothing
        last.begin([dawn], ours=False)
        assert paused() == {dawn.name: True}
        assert last.update([]) == ["ingest-dawn: removed"]
        assert paused() == {}


def test_runs_that_no_server_saw_are_listed_in_the_ui(served: Served) -> None:
    (listed,) = served.ask("/artifacts/filter", {"artifacts": {"key": {"any_": ["news-runs"]}}})
    assert listed["flow_run_id"] is None
    assert "2026-03-01 00:00:00 | ingest | terminal" in listed["data"]
    assert EARLIER in {record.run for record in load_runs(served.folder / "data", "news")}


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
        assert served.finished(ingested)["state_type"] == "COMPLETED", served.said()
        assert not smuggled.exists()


def prefect(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """A command of Prefect, in this process: one of its own starts for seconds."""
    monkeypatch.setattr(sys, "argv", ["prefect", "--no-prompt", *words])
    with pytest.raises(SystemExit) as end:
        app()
    assert not end.value.code, words


def test_a_deployment_of_prefect_yaml_is_run_by_a_worker_on_the_schedule_that_the_server_keeps(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    (served.folder / "evening.toml").write_text(SOURCE.format(name="evening"))
    plan = prefect_yaml(jobs(load_sources(served.folder / "evening.toml")))
    (served.folder / "prefect.yaml").write_text(plan)
    for name in ("PREFECT_HOME", "SITO_DATA", "SITO_WORKERS"):
        monkeypatch.setenv(name, served.environment[name])
    monkeypatch.setenv("SITO_SOURCES", str(served.folder / "evening.toml"))
    with using(PrefectApi(served.api, served.api, served.secret)):
        prefect(monkeypatch, "work-pool", "create", "sito", "--type", "process")
        prefect(
            monkeypatch, "deploy", "--prefect-file", str(served.folder / "prefect.yaml"), "--name", "ingest-evening"
        )
        deployment = served.ask("/deployments/name/ingest/ingest-evening")
        assert (deployment["work_pool_name"], deployment["entrypoint"]) == ("sito", "flows.ingest.ingest")
        assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert deployment["job_variables"]["env"] == FLOW_RUN_SETTINGS

        # A schedule of a minute in place of the nightly one, else the test waits until four in the morning. A shorter
        # one would be slower: a run that is due while another is active is started, too, before it is cancelled.
        soon = datetime.now(UTC) + timedelta(seconds=5)
        often = {"active": True, "schedule": {"interval": 60, "anchor_date": soon.isoformat()}}
        served.ask(f"/deployments/{deployment['id']}/schedules", [often])
        runs = {"deployments": {"id": {"any_": [deployment["id"]]}}, "sort": "EXPECTED_START_TIME_ASC", "limit": 1}
        near = {"expected_start_time": {"before_": (soon + timedelta(seconds=90)).isoformat()}}
        (run,) = served.wait("/flow_runs/filter", runs | {"flow_runs": near}, list, "a run on the schedule")
        until = datetime.fromisoformat(run["expected_start_time"]) - datetime.now(UTC)
        worker = ProcessWorker(work_pool_name="sito", prefetch_seconds=until.total_seconds() + 1)
        asyncio.run(worker.start(run_once=True))
    run = served.finished(run["id"])
    assert run["state_type"] == "COMPLETED", run
    assert (run["name"], run["auto_scheduled"]) == ("ingest evening", True)
    assert "evening-report" in served.artifacts(run["id"])


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
