"""What a run leaves behind, the same with Prefect and without it."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.config.kinds import FolderSource
from flows.config.settings import Settings, load_settings
from flows.pipeline import source_run
from flows.pipeline.cleaning_job import Origin, Period, Scope
from flows.pipeline.source_run import Ended, run_ingest, run_reprocess
from flows.report.progress import DONE, FAILED, Progress
from flows.report.run_changes import changes_of
from flows.report.run_record import STATUSES, load_runs
from flows.tables.changes import Changes
from support.in_process import LOG, HereSteps
from support.newspaper import content, page

if TYPE_CHECKING:
    from pathlib import Path


ALWAYS = Period()


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    """A newspaper of three days."""
    (tmp_path / "news").mkdir()
    for n in range(3):
        (tmp_path / "news" / f"{n}.html").write_bytes(page(n))
        os.utime(tmp_path / "news" / f"{n}.html", (1_772_000_000 + 86_400 * n,) * 2)
    return FolderSource(name="news", kind="folder", path=tmp_path / "news")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data=tmp_path / "data", workers=1)


class Said:
    """Hears the activities of a run."""

    def __init__(self) -> None:
        self.activities: list[str] = []

    def __call__(self, progress: Progress) -> None:
        if progress.activity not in self.activities[-1:]:
            self.activities.append(progress.activity)


def ingest(source: FolderSource, settings: Settings, run: str = "1", said: Said | None = None) -> Ended:
    progress = Progress(source.name, said or Said())
    return run_ingest(source, settings, run, HereSteps(), progress, LOG)


def reprocess(
    source: FolderSource, settings: Settings, origin: Origin = "raw", period: Period = ALWAYS, dry_run: bool = False
) -> tuple[Changes, Ended | None]:
    progress = Progress(source.name)
    return run_reprocess(source, settings, "2", Scope(period, origin, dry_run), HereSteps(), progress, LOG)


def test_a_run_has_its_name_and_leaves_its_record(source: FolderSource, settings: Settings) -> None:
    said = Said()
    record = ingest(source, settings, "a name", said).result.record
    assert record.outcomes == dict.fromkeys(STATUSES, 0) | {"new": 3}
    assert (record.run, record.kind, record.in_terminal) == ("a name", "ingest", False)
    assert load_runs(settings.data, "news") == [record]
    assert said.activities == ["capturing", "cleaning", DONE]


def test_again_nothing_is_new_and_no_byte_of_raw_and_clean_changes(source: FolderSource, settings: Settings) -> None:
    ingest(source, settings)
    before = {part: content(settings.data / part) for part in ("raw", "clean")}
    assert ingest(source, settings).result.record.outcomes["unchanged"] == 3
    assert {part: content(settings.data / part) for part in ("raw", "clean")} == before


def test_failed_pages_do_not_end_the_run(source: FolderSource, settings: Settings) -> None:
    (source.path / "broken.html.gz").write_bytes(b"\x1f\x8b\x08 broken")
    ended = ingest(source, settings)
    assert ended.problem is None
    assert ended.result.record.outcomes == dict.fromkeys(STATUSES, 0) | {"new": 3, "failed": 1}
    assert len(ended.outcomes) == 4


def test_what_ends_a_run_early_is_its_problem_and_stands_in_the_record(
    source: FolderSource, settings: Settings
) -> None:
    said = Said()
    gone = source.model_copy(update={"path": settings.data / "gone"})
    ended = ingest(gone, settings, said=said)
    assert "does not exist" in str(ended.problem)
    (record,) = load_runs(settings.data, "news")
    assert record.notes == [f"ended early: {ended.problem}"]
    assert said.activities[-1] == FAILED


def test_a_clean_folder_that_cannot_be_written_fails_the_run_with_the_sentence(
    source: FolderSource, settings: Settings
) -> None:
    settings.data.mkdir()
    (settings.data / "clean").write_text("in the way")
    said = Said()
    with pytest.raises(SitoError, match="clean: cannot be written"):
        ingest(source, settings, said=said)
    assert said.activities[-1] == FAILED


def test_an_alarm_is_in_the_record_and_the_log(
    source: FolderSource, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    earlier = ingest(source, settings).result.record
    compared = []
    monkeypatch.setattr(source_run, "alarms", lambda record, runs: compared.append(runs) or ["fewer words"])
    assert ingest(source, settings).result.record.alarms == ["fewer words"]
    assert compared == [[earlier]]
    assert "fewer words" in caplog.text


@pytest.mark.parametrize("origin", ["raw", "ledger"])
def test_when_nothing_changed_the_tables_are_the_same_to_the_byte(
    source: FolderSource, settings: Settings, origin: Origin
) -> None:
    ingest(source, settings)
    before = content(settings.data / "clean")
    changes, ended = reprocess(source, settings, origin)
    assert ended is not None
    assert ended.result.record.outcomes["unchanged"] == 3
    assert changes.summary() == "0 of 3 pages change"
    assert content(settings.data / "clean") == before
    assert [record.kind for record in load_runs(settings.data, "news")] == ["ingest", "reprocess"]


def test_a_dry_run_gives_the_changes_and_writes_nothing_else(
    source: FolderSource, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(source, settings)
    before = content(settings.data)
    changes, ended = reprocess(source, settings, dry_run=True)
    assert (changes.summary(), ended) == ("0 of 3 pages change", None)
    assert content(settings.data) == before

    def differs(changes: Changes, *rows: object) -> bool:
        changes.changed += 1
        return True

    monkeypatch.setattr(Changes, "compare", differs)
    changes, _ = reprocess(source, settings, dry_run=True)
    after = content(settings.data)
    assert {name for name in after if name not in before} == {
        name for name in after if name.startswith("runs/news/changes/") and name.endswith("-2.json")
    }
    assert changes_of(settings.data, "news") == ["2"]
    assert {name: after[name] for name in before} == before


def test_only_pages_of_the_period_are_in_the_record(source: FolderSource, settings: Settings) -> None:
    ingest(source, settings)
    _, ended = reprocess(source, settings, period=Period(date(2026, 2, 26)))
    assert ended is not None
    assert ended.result.record.pages == 2


def test_a_source_without_pages_is_a_sentence(source: FolderSource, settings: Settings) -> None:
    with pytest.raises(SitoError, match="sito ingest news"):
        reprocess(source, settings)
