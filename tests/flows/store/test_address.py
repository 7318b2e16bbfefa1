"""Whose working folder a folder is: only the one for which its mark was made."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from flows.cli.main import main
from flows.common.errors import SitoError
from flows.store.address import data_folder, store_of
from flows.store.present import present

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "s3://corpus/news"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SITO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return data_folder(ADDRESS)


def test_a_folder_says_whose_it_is_and_so_it_does_when_it_was_moved(folder: Path, tmp_path: Path) -> None:
    at = store_of(folder)
    assert at is not None
    assert (at.address, at.endpoint) == (ADDRESS, "http://127.0.0.1:9")
    assert data_folder(ADDRESS) == folder
    folder.rename(tmp_path / "moved")
    store_of.cache_clear()
    assert store_of(tmp_path / "moved") == at


def test_a_copy_is_refused_as_it_would_write_under_the_same_lease(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    with pytest.raises(SitoError, match="of which this one is a copy"):
        store_of(copy)
    shutil.copytree(folder, tmp_path / "again")
    shutil.rmtree(folder)
    (tmp_path / "other").mkdir()  # takes the inode that is free now, on some file systems
    (tmp_path / "again").rename(folder)
    store_of.cache_clear()
    with pytest.raises(ValueError, match="of which this one is a copy"):
        data_folder(ADDRESS)


@pytest.mark.parametrize("more", [{}, {"folder": 1}, {"folder": None}])
def test_a_store_that_somebody_else_put_into_a_folder_is_not_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, object]
) -> None:
    told = {"address": ADDRESS, "endpoint": "https://elsewhere.example", "owner": "x"}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".store.json").write_text(json.dumps(told | more))
    assert main(["sources", "--data", str(tmp_path / "data")]) == 2
    assert ".store.json" in capsys.readouterr().err


def test_a_mark_above_a_folder_of_data_says_nothing(tmp_path: Path) -> None:
    (tmp_path / ".store.json").write_text("nonsense")
    path = tmp_path / "data" / "raw" / "news" / "1.warc.gz"
    assert present(path) == path
