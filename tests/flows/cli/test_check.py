"""`sito check` says what is damaged, what mends it, and by its exit code whether anything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.archive.cdxj import index_path
from flows.cli.main import main
from support.newspaper import cleaned, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path

OTHER = '[sources.other]\nkind = "folder"\npath = "."\n'
SOURCES = f'[sources.news]\nkind = "urls"\nurls = ["https://example.org/"]\n{OTHER}'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SITO_STATE", raising=False)
    (tmp_path / "sources.toml").write_text(SOURCES)
    cleaned(tmp_path, shard_of(tmp_path, page(1), page(2)))
    assert sito(tmp_path, "state", "rebuild") == 0
    return tmp_path


def sito(data: Path, *arguments: str) -> int:
    return main(["--data", str(data), "--sources", str(data / "sources.toml"), *arguments])


def test_what_is_whole(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert sito(data, "check") == 0
    said = capsys.readouterr()
    assert said.out.startswith("news: 1 shards, 0.0 MiB, 2 captures: whole\n")
    assert said.err == ""


def test_a_source_that_left_the_sources_file_is_checked_too(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "sources.toml").write_text(OTHER)
    capsys.readouterr()
    assert sito(data, "check", "--jobs", "1") == 0
    assert capsys.readouterr().out.startswith("news: 1 shards")


def test_what_is_damaged_and_what_mends_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shard,) = (data / "raw" / "news").glob("*.warc.gz")
    index_path(shard).unlink()
    capsys.readouterr()
    assert sito(data, "check", "news") == 1
    assert capsys.readouterr().out == (
        f"{index_path(shard)}: is missing\n"
        "  the next `sito ingest news` or `sito reprocess news` rebuilds it\n"
        "news: 1 shards, 0.0 MiB, 2 captures: 1 damages\n"
    )


def test_a_damaged_state_does_not_hold_up_the_rest(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "state.sqlite").write_bytes(b"no database " * 99)
    capsys.readouterr()
    assert sito(data, "check") == 1
    said = capsys.readouterr().out
    assert "state: file is not a database\n  `sito state rebuild` moves it aside" in said
    assert "news: 1 shards, 0.0 MiB, 2 captures: whole" in said


def test_an_unknown_source_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sito(data, "check", "newz") == 2
    assert "there is no source 'newz'" in capsys.readouterr().err


def test_nothing_stored_is_whole(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES)
    assert sito(tmp_path, "check") == 0
    assert not (tmp_path / "raw").exists()
