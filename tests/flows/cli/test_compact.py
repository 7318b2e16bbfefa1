"""`sito compact` says how many small shards there are, and puts them together only where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.archive.source_archive import Archive
from flows.cli.main import main
from support.captures import response
from support.newspaper import SOURCE, content
from support.quick_tables import keep_with_tables, tables_of

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = f'[sources.{SOURCE}]\nkind = "urls"\nurls = ["https://example.org/"]\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text(SOURCES)
    keep_with_tables(tmp_path, *([response(f"https://example.org/{n}", b"%d" % n)] for n in range(3)))
    return tmp_path


def sito(data: Path, *arguments: str) -> int:
    return main(["compact", "--data", str(data), "--sources", str(data / "sources.toml"), *arguments])


def test_without_yes_it_only_says_and_with_it_does_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(data)
    assert sito(data) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].split() == [SOURCE, "3", "1", "0"]
    assert said[2] == "nothing is done; --yes does it"
    assert content(data) == before
    assert sito(data, SOURCE, "--yes") == 0
    assert capsys.readouterr().out.endswith("done\n")
    assert len(Archive(data, SOURCE).shards()) == 1
    assert sito(data, "--yes") == 0
    assert capsys.readouterr().out == "there are no small shards that could be put together\n"


def test_what_has_to_stay_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables_of(data, Archive(data, SOURCE).shards()[1]).ledger.unlink()
    assert sito(data, "--yes") == 1
    assert "stays as it is, as its tables are not whole" in capsys.readouterr().err
    with Archive(data, SOURCE).lock():
        assert sito(data, "--yes") == 2
