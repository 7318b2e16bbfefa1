from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from flows.config.sources import load_sources
from flows.deployments import jobs, prefect_yaml
from flows.orchestration import prefect_settings
from flows.orchestration.prefect_settings import FLOW_RUN_SETTINGS
from support.paths import ROOT

if TYPE_CHECKING:
    from flows.deployments import Job

SOURCES = """
[sources.daily]
kind = "folder"
path = "pages"
schedule = {cron = "30 6 * * *", timezone = "Europe/Kyiv"}

[sources.by_hand]
kind = "folder"
path = "pages"
"""


@pytest.fixture
def planned(tmp_path: Path) -> dict[str, Job]:
    (tmp_path / "sources.toml").write_text(SOURCES)
    return {job.name: job for job in jobs(load_sources(tmp_path / "sources.toml"))}


def test_there_is_a_job_for_every_source_for_all_and_for_reprocessing(planned: dict[str, Job]) -> None:
    assert list(planned) == ["ingest-daily", "ingest-by_hand", "ingest-all", "reprocess", "stories"]


def test_only_scheduled_sources_have_a_schedule(planned: dict[str, Job]) -> None:
    schedule = planned["ingest-daily"].schedule
    assert schedule is not None
    assert (schedule.cron, schedule.timezone) == ("30 6 * * *", "Europe/Kyiv")
    assert [name for name, job in planned.items() if job.schedule] == ["ingest-daily", "stories"]


def test_stories_are_looked_for_after_pulls_on_schedule(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES.replace("schedule =", "# schedule ="))
    found = {job.name: job for job in jobs(load_sources(tmp_path / "sources.toml"))}
    assert found["stories"].schedule is None


def test_a_pull_that_meets_another_is_cancelled_and_a_reprocess_waits(planned: dict[str, Job]) -> None:
    assert {name: job.busy for name, job in planned.items()} == {
        "ingest-daily": "CANCEL_NEW",
        "ingest-by_hand": "CANCEL_NEW",
        "ingest-all": "CANCEL_NEW",
        "reprocess": "ENQUEUE",
        "stories": "CANCEL_NEW",
    }


def test_jobs_are_tagged_with_their_source(planned: dict[str, Job]) -> None:
    assert planned["ingest-daily"].tags == ("sito", "source:daily")
    assert planned["ingest-daily"].parameters == {"source": "daily"}


def test_the_yaml_says_the_same(planned: dict[str, Job]) -> None:
    written: list[dict[str, Any]] = yaml.safe_load(prefect_yaml(planned.values()))["deployments"]
    assert [entry["name"] for entry in written] == list(planned)
    for entry in written:
        job = planned[entry["name"]]
        assert entry["entrypoint"] == job.flow
        assert entry["parameters"] == job.parameters
        assert tuple(entry["tags"]) == job.tags
        assert entry["concurrency_limit"] == {"limit": 1, "collision_strategy": job.busy}
        assert entry["work_pool"] == {"name": "sito", "job_variables": {"env": FLOW_RUN_SETTINGS}}
    assert written[0]["schedules"] == [{"cron": "30 6 * * *", "timezone": "Europe/Kyiv"}]
    assert "schedules" not in written[1]


def test_the_shipped_yaml_is_that_of_the_shipped_sources() -> None:
    expected = prefect_yaml(jobs(load_sources(ROOT / "sources.toml")))
    assert (ROOT / "prefect.yaml").read_text() == expected, "run `python -m flows.deployments > prefect.yaml`"


def test_planning_needs_no_prefect() -> None:
    program = "import sys, flows.deployments, flows.config.sources; sys.exit('prefect' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.slow
def test_prefect_takes_every_setting_that_we_make(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.settings import Settings  # here: its import takes two seconds

    for name, value in prefect_settings.SETTINGS.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    server = settings.server
    assert not server.analytics_enabled
    assert not server.ui.v2_enabled
    assert not server.ui.show_promotional_content
    vacuum = server.services.db_vacuum
    assert vacuum.enabled_vacuum_types == {"events", "flow_runs", "orphans"}
    assert vacuum.retention_period == prefect_settings.KEEP_RUNS
    assert settings.flows.heartbeat_frequency == prefect_settings.HEARTBEAT_SECONDS


def test_prefect_s_variables_are_there_for_a_block_and_a_user_s_own_has_precedence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    monkeypatch.setenv("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "60")
    monkeypatch.setenv("SITO_DATA", "before")
    environment = dict(os.environ)
    with prefect_settings.prefect_environment(SITO_DATA="given", SITO_SOURCES="given"):
        assert os.environ["DO_NOT_TRACK"] == "1"
        assert os.environ["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "60"
        assert (os.environ["SITO_DATA"], os.environ["SITO_SOURCES"]) == ("given", "given")
    assert dict(os.environ) == environment
    child = prefect_settings.child_environment()
    assert (child["DO_NOT_TRACK"], child["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) == ("1", "60")
