from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.common.page_types import Outcome
from flows.report.run_record import STATUSES, load_runs, record_run, save_run

if TYPE_CHECKING:
    from pathlib import Path

    from flows.report.run_record import RunRecord

STARTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
OUTCOMES = [
    Outcome("https://a.example/1", "new", "", "s", 100, 20),
    Outcome("https://a.example/2", "new", "", "s", 300, 80),
    Outcome("https://a.example/3", "empty", "", "s", 0, 10),
    Outcome("https://a.example/4", "unchanged"),
    Outcome("https://a.example/5", "failed", "HTTP 503"),
    Outcome("https://a.example/6", "refused", "robots.txt forbids it"),
    Outcome("https://a.example/7", "waiting", "next try 2026-03-01 14:00: https://a.example/7 was slow"),
    Outcome("https://a.example/8", "waiting", "next try 2026-03-02 15:30: https://a.example/8 was slow"),
]


def run(started: datetime = STARTED, run: str = "r", outcomes: list[Outcome] = OUTCOMES) -> RunRecord:
    return record_run("news", "ingest", run, started, outcomes, ["s.warc.gz"])


def test_every_page_is_counted_once_under_its_status() -> None:
    record = run()
    assert record.outcomes == {
        **dict.fromkeys(STATUSES, 0),
        **{"new": 2, "unchanged": 1, "empty": 1, "failed": 1, "refused": 1, "waiting": 2},
    }
    assert sum(record.outcomes.values()) == record.pages == len(OUTCOMES)
    assert record.handled == 4


def test_reasons_are_counted_without_what_differs_from_page_to_page() -> None:
    assert run().reasons == [
        {"status": "waiting", "reason": "next try …: … was slow", "pages": 2},
        {"status": "failed", "reason": "HTTP 503", "pages": 1},
        {"status": "refused", "reason": "robots.txt forbids it", "pages": 1},
    ]


def test_a_record_of_a_release_that_knew_fewer_statuses_is_loaded(tmp_path: Path) -> None:
    path = save_run(tmp_path, run())
    found = json.loads(path.read_text())
    del found["outcomes"]["waiting"], found["reasons"]
    path.write_text(json.dumps(found))
    (loaded,) = load_runs(tmp_path, "news")
    assert (loaded.outcomes["waiting"], loaded.reasons) == (0, [])


def test_words_and_failures() -> None:
    record = run()
    assert (record.words_kept, record.words_dropped, record.median_words) == (400, 110, 200.0)
    assert record.kept_share == pytest.approx(400 / 510)
    assert record.failed == [{"url": "https://a.example/5", "reason": "HTTP 503"}]


def test_a_run_without_pages_has_zeroes_and_nothing_measured() -> None:
    record = run(outcomes=[])
    assert set(record.outcomes) == set(STATUSES)
    assert (record.pages, record.kept_share, record.median_words) == (0, None, None)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    record = run()
    path = save_run(tmp_path, record)
    assert load_runs(tmp_path, "news") == [record]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_runs_come_oldest_first_and_only_the_last_ones(tmp_path: Path) -> None:
    for hours in (3, 1, 2):
        save_run(tmp_path, run(STARTED + timedelta(hours=hours), f"run-{hours}"))
    assert [record.run for record in load_runs(tmp_path, "news")] == ["run-1", "run-2", "run-3"]
    assert [record.run for record in load_runs(tmp_path, "news", last=2)] == ["run-2", "run-3"]


def test_times_are_kept_in_utc(tmp_path: Path) -> None:
    kyiv = timezone(timedelta(hours=2))
    save_run(tmp_path, run(datetime(2026, 3, 1, 14, tzinfo=kyiv)))
    assert load_runs(tmp_path, "news")[0].started == STARTED


def test_a_source_without_runs_has_none(tmp_path: Path) -> None:
    assert load_runs(tmp_path, "news") == []


def test_a_file_left_half_written_is_no_run(tmp_path: Path) -> None:
    path = save_run(tmp_path, run())
    path.with_name("." + path.name + ".part").write_text("{")
    assert len(load_runs(tmp_path, "news")) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"started": "now", "finished": "then"}), "\udcff"])
def test_a_foreign_file_is_left_out_and_named(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    path = save_run(tmp_path, run())
    path.with_name("2026-foreign.json").write_text(text, errors="surrogateescape")
    assert len(load_runs(tmp_path, "news")) == 1
    assert "2026-foreign.json: not a record of a run" in caplog.text


def test_records_of_other_releases_are_read(tmp_path: Path) -> None:
    path = save_run(tmp_path, run())
    fields = json.loads(path.read_text())
    del fields["notes"]
    path.write_text(json.dumps(fields | {"mood": "fair"}))
    assert load_runs(tmp_path, "news")[0].notes == []


def test_hostile_addresses_can_be_saved(tmp_path: Path) -> None:
    save_run(tmp_path, run(outcomes=[Outcome("https://a.example/\ud800\x00", "failed", "\x1b[2J")]))
    assert load_runs(tmp_path, "news")[0].failed[0]["url"] == "https://a.example/\ud800\x00"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in the way")
    with pytest.raises(SitoError, match="runs"):
        save_run(tmp_path, run())


def test_nothing_half_written_is_left_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("flows.report.run_record.os.replace", full)
    with pytest.raises(SitoError, match="No space left"):
        save_run(tmp_path, run())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
