"""`sito prune` shows what nobody needs any more, and removes it only where that is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.archive.source_archive import Archive
from flows.cli.main import main
from support.captures import NOON, response
from support.newspaper import SOURCE, content
from support.quick_tables import keep_with_tables, rows_of, tables_of

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = f'[sources.{SOURCE}]\nkind = "urls"\nurls = ["https://example.org/"]\n'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SITO_STATE", raising=False)
    (tmp_path / "sources.toml").write_text(SOURCES)
    keep_with_tables(tmp_path, *([response(body=b"version %d" % n, at=NOON + n * timedelta(days=1))] for n in range(2)))
    return tmp_path


def sito(data: Path, *arguments: str) -> int:
    return main(["prune", "--data", str(data), "--sources", str(data / "sources.toml"), *arguments])


def test_without_yes_it_only_shows(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(data)
    assert sito(data, "--older-than", "0d") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["source", "what", "records", "KiB"]
    assert lines[1].split()[:4] == [SOURCE, "superseded", "versions", "1"]
    assert lines[2] == "nothing is removed; --yes removes it"
    assert content(data) == before


def test_with_yes_it_removes_what_it_showed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "state.sqlite.damaged-20200101T000000Z-wal").write_bytes(b"x")
    (data / "state.sqlite.damaged-29990101T000000Z").write_bytes(b"x")
    assert sito(data, "--older-than", "0", "--yes") == 0
    said = capsys.readouterr().out
    assert "damaged states set aside  1 " in said
    assert said.endswith("removed\n")
    assert [row["text"] for row, _ in rows_of(data)] == ["version 1"]
    assert [path.name for path in data.glob("state*")] == ["state.sqlite.damaged-29990101T000000Z"]
    assert sito(data, SOURCE, "--older-than", "0d", "--yes") == 0
    assert capsys.readouterr().out.startswith("nothing was superseded before")


def test_what_must_stay_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables_of(data, Archive(data, SOURCE).shards()[0]).ledger.unlink()
    assert sito(data, "--older-than", "0d", "--yes") == 1
    assert (
        "1 superseded captures stay, as its tables are not whole; the next run makes them anew"
        in capsys.readouterr().err
    )


def test_it_does_not_meet_a_run(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive(data, SOURCE).lock():
        assert sito(data, "--older-than", "0d", "--yes") == 2
    assert "another run is using" in capsys.readouterr().err


@pytest.mark.parametrize("age", ["1y", "-3d", "3 days"])
def test_an_age_that_is_none_is_named(data: Path, age: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        sito(data, f"--older-than={age}")
    assert f"{age!r} is not an age in days; write it as 365d" in capsys.readouterr().err


def test_a_source_that_is_none_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sito(data, "nothing") == 2
    assert "nothing" in capsys.readouterr().err
