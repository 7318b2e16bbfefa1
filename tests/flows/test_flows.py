"""The flows under a real Prefect server, and what only needs Prefect: their forms and settings."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import cloudpickle
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
)
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.callables import parameter_schema
from pydantic import ValidationError

from flows import ingest as ingest_module
from flows.common.errors import SitoError
from flows.config.settings import current_settings, load_settings, use_settings
from flows.ingest import SourcesFailed, ingest, ingest_all
from flows.link_stories import stories
from flows.orchestration import flow_runs, tasks
from flows.orchestration.flow_runs import completed_all
from flows.orchestration.server import PrefectApi, using
from flows.orchestration.task_runner import task_runner
from flows.pipeline.check_source import check_source
from flows.report.run_record import STATUSES, load_runs
from flows.reprocess import ReprocessRequest, reprocess
from flows.tables.changes import Changes
from support.newspaper import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prefect.client.schemas.objects import State

    from support.object_store import ObjectStore
    from support.prefect_server import Served

pytestmark = [pytest.mark.xdist_group("serve"), pytest.mark.slow]


@pytest.fixture
def server(served: Served) -> Iterator[None]:
    """Flows of this process are runs of the server that tests share."""
    with using(PrefectApi(served.api, served.api, served.secret)):
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder beside a sources file with a newspaper, one whose folder is gone, and a feed that is refused."""
    (tmp_path / "news").mkdir()
    for n in range(3):
        (tmp_path / "news" / f"{n}.html").write_bytes(page(n))
    (tmp_path / "sources.toml").write_text(
        '[sources.news]\nkind = "folder"\npath = "news"\n[sources.gone]\nkind = "folder"\npath = "gone"\n'
        '[sources.feed]\nkind = "feed"\nurl = "http://127.0.0.1:9/feed"\n'
    )
    monkeypatch.setenv("SITO_SOURCES", str(tmp_path / "sources.toml"))
    monkeypatch.setenv("SITO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SITO_WORKERS", "1")
    return tmp_path / "data"


def flow_run(state: State[Any]) -> Any:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(state.state_details.flow_run_id)


def task_runs(state: State[Any]) -> list[Any]:
    flow_run_id = TaskRunFilterFlowRunId(any_=[state.state_details.flow_run_id])
    with get_client(sync_client=True) as client:
        return client.read_task_runs(task_run_filter=TaskRunFilter(flow_run_id=flow_run_id))


@pytest.mark.usefixtures("server")
class TestRuns:
    """What Prefect sees of a run; what a run leaves behind is in `pipeline/test_source_run.py`."""

    def test_a_run_has_its_name_its_tag_its_message_its_tasks_and_its_record(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "news" / "broken.html.gz").write_bytes(b"\x1f\x8b\x08 broken")
        state = ingest("news", return_state=True)
        run = flow_run(state)
        assert (run.name, run.tags) == ("ingest news", ["source:news"])
        assert (state.name, state.message) == ("Some pages failed", "4 pages, 3 new, 1 failed, 79.1% of words kept")
        record = state.result().record
        assert record.outcomes == dict.fromkeys(STATUSES, 0) | {"new": 3, "failed": 1}
        assert load_runs(data, "news") == [record]
        assert record.run == str(run.id)
        (shard,) = record.shards
        assert sorted(run.name for run in task_runs(state)) == ["capture 1", f"clean {shard}"]
        assert all(run.tags == ["source:news"] for run in task_runs(state))

    def test_a_pull_without_news_renews_one_heartbeat_and_leaves_nothing_else(self, data: Path) -> None:
        ingest("news")
        states = [ingest("news", return_state=True) for _ in range(2)]
        assert [state.message for state in states] == ["3 pages, 3 unchanged"] * 2
        with get_client(sync_client=True) as client:
            left = client.read_artifacts(
                flow_run_filter=FlowRunFilter(
                    id=FlowRunFilterId(any_=[state.state_details.flow_run_id for state in states])
                )
            )
            beats = client.read_artifacts(
                artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["news-heartbeat"]))
            )
        assert left == []
        assert [beat.description.partition(": ")[2] for beat in beats] == ["nothing new, 3 pages, 3 unchanged"]

    def test_all_sources_of_the_file_are_pulled_though_some_fail_with_a_sentence(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[str] = []
        monkeypatch.setattr(flow_runs, "get_run_logger", lambda: SimpleNamespace(warning=said.append))
        monkeypatch.delenv("SITO_CONTACT", raising=False)
        with pytest.raises(
            SourcesFailed, match=r"(?s)2 of 3 sources failed\ngone: .*does not exist.*\nfeed: "
        ) as failed:
            ingest_all()
        assert [record.source for record in failed.value.records] == ["news"]
        assert len(said) == 1, "the warning that no contact is set, not of each source"
        assert "SITO_CONTACT" in said[0]

    def test_a_source_that_is_unknown_is_a_failed_run_with_the_sentence(self, data: Path) -> None:
        state = ingest("nwes", return_state=True)
        assert state.is_failed()
        assert "did you mean 'news'" in (state.message or "")
        with pytest.raises(SitoError, match="did you mean 'news'"):
            state.result()

    def test_pages_are_cleaned_again_or_only_looked_at_with_the_settings_of_the_context(
        self, data: Path, tmp_path: Path
    ) -> None:
        environment = dict(os.environ)
        with use_settings(load_settings(data=tmp_path / "elsewhere")):
            assert ingest("news").record.outcomes["new"] == 3
            dry = reprocess(ReprocessRequest(source="news", dry_run=True), return_state=True)
            state = reprocess(ReprocessRequest(source="news", origin="ledger"), return_state=True)
        assert (dry.name, dry.message) == ("Dry run", "0 of 3 pages change")
        assert isinstance(dry.result(), Changes)
        assert (state.name, state.message) == ("Completed", "3 pages, 3 unchanged, 79.1% of words kept")
        assert (flow_run(state).name, flow_run(state).tags) == ("reprocess news", ["source:news"])
        assert [run.kind for run in load_runs(tmp_path / "elsewhere", "news")] == ["ingest", "reprocess"]
        assert not data.exists()
        assert dict(os.environ) == environment
        assert current_settings().data == data

    def test_stories_are_found_here_or_in_tasks_of_the_runner(self, data: Path) -> None:
        ingest("news")
        found = stories()
        assert (found.documents, found.files) == (3, 1)
        shutil.rmtree(data / "clean" / "stories")
        with use_settings(load_settings(runner="prefect.task_runners:ThreadPoolTaskRunner")):
            state = stories(return_state=True)
        assert state.message == "3 documents of 1 shards taken in, 1 days compared, 1 files of clean/stories/ written"

    def test_shards_of_a_store_are_cleaned_by_whom_the_runner_finds(
        self, data: Path, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SITO_DATA", object_store.address)
        monkeypatch.setenv("SITO_RUNNER", "prefect.task_runners:ThreadPoolTaskRunner")
        one = object_store.machine("one")
        state = ingest("news", return_state=True)
        assert state.result().record.outcomes["new"] == 3
        assert len([path for method, path in object_store.requests if method == "PUT" and "/.work/" in path]) == 3
        assert "clean" in {run.name.partition(" ")[0] for run in task_runs(state)}
        assert check_source("news", one).damages == []
        assert len(load_runs(one, "news")) == 1
        other = object_store.machine("other")
        assert stories().documents == 3
        assert (other / "clean" / "stories").is_dir()


def test_a_server_that_was_asked_for_and_does_not_answer_is_named(
    tmp_path: Path,
    sito: Callable[[list[str]], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = "http://127.0.0.1:9/api"
    monkeypatch.setenv("PREFECT_API_URL", nobody)
    (tmp_path / "sources.toml").write_text('[sources.news]\nkind = "folder"\npath = "."\n')
    with temporary_settings({PREFECT_API_URL: nobody}):
        assert sito(["ingest", "news", "--data", str(tmp_path), "--sources", str(tmp_path / "sources.toml")]) == 2
    assert f"sito: no Prefect server answers at {nobody}" in capsys.readouterr().err
    assert not (tmp_path / "raw").exists()


def test_a_run_over_sources_counts_them() -> None:
    assert completed_all([]).message == "0 sources pulled"


class TestForms:
    """What the UI shows is made of the schema of the parameters."""

    def test_the_source_is_a_choice_of_the_sources_file(self, data: Path) -> None:
        source, refetch = parameter_schema(ingest.fn).properties.values()
        assert (refetch["default"], bool(refetch["description"])) == ([], True)
        assert source["enum"] == ["news", "gone", "feed"]
        assert source["description"]

    def test_a_sources_file_that_is_wrong_leaves_the_form_without_choices(
        self, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SITO_SOURCES", str(tmp_path / "none.toml"))
        assert "enum" not in parameter_schema(ingest.fn).properties["source"]

    def test_reprocess_has_choices_dates_and_a_switch_each_with_a_description(self, data: Path) -> None:
        schema = parameter_schema(reprocess.fn)
        fields = schema.definitions["ReprocessRequest"]["properties"]
        assert list(fields) == ["source", "since", "until", "origin", "dry_run"]
        assert all(field["description"] and field["title"] for field in fields.values())
        assert fields["source"]["enum"] == ["news", "gone", "feed"]
        assert fields["origin"]["enum"] == ["raw", "ledger"]
        assert [(fields[day]["type"], fields[day]["format"]) for day in ("since", "until")] == [("string", "date")] * 2
        assert fields["dry_run"]["type"] == "boolean"
        assert json.dumps(schema.model_dump_for_openapi())

    @pytest.mark.parametrize(
        "wrong",
        [
            {"since": "2026-03-02", "until": "2026-03-01"},
            {"since": "yesterday"},
            {"origin": "web"},
            {"dry-run": True},
        ],
    )
    def test_a_wrong_request_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            ReprocessRequest.model_validate({"source": "news"} | wrong)

    def test_what_the_form_sends_is_understood(self) -> None:
        request = ReprocessRequest.model_validate({"source": "news", "since": "2026-03-01", "until": None})
        assert request.since == date(2026, 3, 1)


class TestSettings:
    @pytest.mark.parametrize(
        "work",
        [ingest.fn, reprocess.fn, stories.fn, tasks.clean_pages, tasks.story_job],
        ids=["ingest", "reprocess", "stories", "clean_pages", "story_job"],
    )
    def test_runners_on_other_machines_can_be_sent_the_work(self, work: object) -> None:
        assert cloudpickle.dumps(work)

    def test_the_task_runner_is_a_setting(self) -> None:
        assert task_runner(load_settings(runner="prefect.task_runners:ThreadPoolTaskRunner")).name == "threadpool"
        assert ingest_module.ingest.task_runner.duplicate().name == "threadpool"
        with use_settings(load_settings(runner="prefect.task_runners:ProcessPoolTaskRunner")):
            assert ingest_module.ingest.task_runner.duplicate().name == "processpool"

    def test_a_runner_that_is_made_already_is_made_anew_for_each_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tasks, "RUNNER", ThreadPoolTaskRunner(max_workers=7), raising=False)
        first, second = (task_runner(load_settings(runner="flows.orchestration.tasks:RUNNER")) for _ in range(2))
        assert len({id(tasks.RUNNER), id(first), id(second)}) == 3
        assert first == second == tasks.RUNNER

    @pytest.mark.parametrize("runner", ["nosuch.module:Runner", "json:loads", "prefect", "prefect.task_runners:"])
    def test_a_runner_that_is_none_is_a_sentence(self, runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SITO_RUNNER", runner)
        with pytest.raises(SitoError, match="SITO_RUNNER"):
            task_runner(load_settings())

    @pytest.mark.parametrize("workers", ["0", "-1", "many", "1e3", "²"])
    def test_a_number_of_workers_that_is_none_is_a_sentence(
        self, workers: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SITO_WORKERS", workers)
        with pytest.raises(SitoError, match=f"SITO_WORKERS={workers}: write a number"):
            load_settings()

    def test_without_variables_all_is_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DATA", "SOURCES", "WORKERS", "RUNNER", "STATE"):
            monkeypatch.setenv(f"SITO_{name}", "")  # as if it were not set
        settings = load_settings()
        assert (settings.data, settings.sources, settings.runner) == (Path.cwd(), Path("sources.toml").absolute(), None)
        assert settings.workers >= 1
