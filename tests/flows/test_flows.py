"""The flows under a real, temporary Prefect server."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudpickle
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import TaskRunFilter, TaskRunFilterFlowRunId
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.utilities.callables import parameter_schema
from pydantic import ValidationError

from flows import ingest as ingest_module
from flows.common.errors import SitoError
from flows.common.page_types import Target
from flows.config.settings import current_settings, load_settings, use_settings
from flows.fetch.fetcher import FetchError
from flows.ingest import SourcesFailed, ingest, ingest_all
from flows.orchestration import tasks
from flows.orchestration.task_runner import task_runner
from flows.report.run_record import STATUSES, load_runs
from flows.reprocess import ReprocessRequest, reprocess
from flows.tables.changes import Changes
from support.newspaper import content, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.schemas.objects import State


pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture(autouse=True)
def _server(prefect_server: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder beside a sources file with two newspapers and one whose folder is gone."""
    for name in ("news", "other"):
        (tmp_path / name).mkdir()
        for n in range(3):
            (tmp_path / name / f"{n}.html").write_bytes(page(n))
            os.utime(tmp_path / name / f"{n}.html", (1_772_000_000 + 86_400 * n,) * 2)
    tables = [f'[sources.{name}]\nkind = "folder"\npath = "{name}"\n' for name in ("news", "gone", "other")]
    tables.append('[sources.feed]\nkind = "feed"\nurl = "http://127.0.0.1:9/feed"\n')
    (tmp_path / "sources.toml").write_text("\n".join(tables))
    monkeypatch.setenv("SITO_SOURCES", str(tmp_path / "sources.toml"))
    monkeypatch.setenv("SITO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def flow_run(state: State[Any]) -> Any:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(state.state_details.flow_run_id)


def task_runs(state: State[Any]) -> list[Any]:
    flow_run_id = TaskRunFilterFlowRunId(any_=[state.state_details.flow_run_id])
    with get_client(sync_client=True) as client:
        return client.read_task_runs(task_run_filter=TaskRunFilter(flow_run_id=flow_run_id))


class TestIngest:
    def test_a_run_has_its_name_its_tag_its_message_and_its_record(self, data: Path) -> None:
        state = ingest("news", return_state=True)
        run = flow_run(state)
        assert (run.name, run.tags) == ("ingest news", ["source:news"])
        assert (state.name, state.message) == ("Completed", "3 of 3 pages new")
        record = state.result().record
        assert record.outcomes == dict.fromkeys(STATUSES, 0) | {"new": 3}
        assert load_runs(data, "news") == [record]
        assert record.run == str(run.id)

    def test_again_it_says_that_nothing_is_new_and_changes_no_byte_of_raw_and_clean(self, data: Path) -> None:
        ingest("news")
        before = {part: content(data / part) for part in ("raw", "clean")}
        state = ingest("news", return_state=True)
        assert state.message == "0 of 3 pages new"
        assert state.result().record.outcomes["unchanged"] == 3
        assert {part: content(data / part) for part in ("raw", "clean")} == before

    def test_failed_pages_do_not_fail_the_run_which_says_so(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "news" / "broken.html.gz").write_bytes(b"\x1f\x8b\x08 broken")
        state = ingest("news", return_state=True)
        assert state.is_completed()
        assert (state.name, state.message) == ("Some pages failed", "1 of 4 pages failed")

    @pytest.mark.parametrize(
        ("source", "message"), [("gone", "does not exist"), ("nwes", "did you mean 'news'"), ("", "there is no source")]
    )
    def test_what_a_user_can_mend_is_a_failed_run_with_the_sentence(
        self, data: Path, source: str, message: str
    ) -> None:
        state = ingest(source, return_state=True)
        assert state.is_failed()
        assert message in (state.message or "")
        with pytest.raises(SitoError, match=message):
            ingest(source)

    def test_all_sources_are_pulled_though_one_fails(self, data: Path, tmp_path: Path) -> None:
        with pytest.raises(SourcesFailed, match=r"1 of 3 sources failed\ngone: .*does not exist") as failed:
            ingest_all(["news", "gone", "other"])
        assert [record.source for record in failed.value.records] == ["news", "other"]
        state = ingest_all(["news", "other"], return_state=True)
        assert (state.name, state.message) == ("Completed", "2 sources pulled")

    def test_all_means_every_source_of_the_file(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "sources.toml").write_text('[sources.news]\nkind = "folder"\npath = "news"\n')
        assert [record.source for record in ingest_all()] == ["news"]


class TestTasks:
    def test_a_task_is_a_batch_or_a_shard_with_a_name_and_the_tag_of_its_source(self, data: Path) -> None:
        state = ingest("news", return_state=True)
        (shard,) = state.result().record.shards
        assert sorted(run.name for run in task_runs(state)) == ["capture 1", f"clean {shard}"]
        assert all(run.tags == ["source:news"] for run in task_runs(state))

    @pytest.mark.parametrize(("retryable", "tries"), [(True, 3), (False, 1)])
    def test_a_feed_that_does_not_answer_is_asked_again_one_that_refuses_is_not(
        self, data: Path, monkeypatch: pytest.MonkeyPatch, retryable: bool, tries: int
    ) -> None:
        asked = []

        def refuse(*_: object) -> Iterator[Target]:
            asked.append(1)
            raise FetchError("no answer", retryable)

        monkeypatch.setattr(tasks, "discover", refuse)
        monkeypatch.setattr(tasks, "discover_pages", tasks.discover_pages.with_options(retry_delay_seconds=0))
        state = ingest("feed", return_state=True)
        assert state.is_failed()
        assert state.message == "no answer"
        assert len(asked) == tries

    def test_a_clean_folder_that_cannot_be_written_fails_the_run_with_the_sentence(self, data: Path) -> None:
        data.mkdir()
        (data / "clean").write_text("in the way")
        state = ingest("news", return_state=True)
        assert state.is_failed()
        assert "clean: cannot be written" in (state.message or "")


class TestReprocess:
    def test_when_nothing_changed_the_tables_are_the_same_to_the_byte(self, data: Path) -> None:
        ingest("news")
        before = content(data / "clean")
        for origin in ("raw", "ledger"):
            state = reprocess(ReprocessRequest(source="news", origin=origin), return_state=True)
            assert (state.name, state.message) == ("Completed", "0 of 3 pages changed")
            assert content(data / "clean") == before
        assert flow_run(state).name == "reprocess news"
        assert flow_run(state).tags == ["source:news"]

    def test_a_dry_run_gives_the_changes_and_writes_nothing(self, data: Path) -> None:
        ingest("news")
        before = content(data)
        state = reprocess(ReprocessRequest(source="news", dry_run=True), return_state=True)
        assert (state.name, state.message) == ("Dry run", "0 of 3 pages change")
        assert isinstance(state.result(), Changes)
        assert content(data) == before

    def test_only_pages_of_the_period_are_in_the_record(self, data: Path) -> None:
        ingest("news")
        result = reprocess(ReprocessRequest(source="news", since=date(2026, 2, 26)))
        assert result.record.pages == 2
        assert result.record.kind == "reprocess"

    def test_a_source_without_pages_is_a_sentence(self, data: Path) -> None:
        with pytest.raises(SitoError, match="sito ingest news"):
            reprocess(ReprocessRequest(source="news"))


class TestForms:
    """What the UI shows is made of the schema of the parameters."""

    def test_the_source_is_a_choice_of_the_sources_file(self, data: Path) -> None:
        (source,) = parameter_schema(ingest.fn).properties.values()
        assert source["enum"] == ["news", "gone", "other", "feed"]
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
        assert fields["source"]["enum"] == ["news", "gone", "other", "feed"]
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
        "work", [ingest.fn, reprocess.fn, tasks.clean_pages], ids=["ingest", "reprocess", "clean_pages"]
    )
    def test_runners_on_other_machines_can_be_sent_the_work(self, work: object) -> None:
        assert cloudpickle.dumps(work)

    def test_the_task_runner_is_a_setting(self) -> None:
        assert task_runner(load_settings(runner="prefect.task_runners:ThreadPoolTaskRunner")).name == "threadpool"
        assert ingest_module.ingest.task_runner.duplicate().name == "threadpool"
        with use_settings(load_settings(runner="prefect.task_runners:ProcessPoolTaskRunner")):
            assert ingest_module.ingest.task_runner.duplicate().name == "processpool"

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

    def test_a_run_uses_the_settings_of_its_context_and_the_environment_is_left_alone(
        self, data: Path, tmp_path: Path
    ) -> None:
        environment = dict(os.environ)
        with use_settings(load_settings(data=tmp_path / "elsewhere")):
            assert ingest("news").record.outcomes["new"] == 3
        assert len(load_runs(tmp_path / "elsewhere", "news")) == 1
        assert not data.exists()
        assert dict(os.environ) == environment
        assert current_settings().data == data
