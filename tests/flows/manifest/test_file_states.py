"""A file that was changed has another state; what is no file of ours has none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flows.manifest.file_states import file_state, file_states

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _replaced(path: Path) -> None:
    """By another file of the same size and time."""
    at = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"87654321")
    os.utime(other, ns=(at.st_atime_ns, at.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (lambda path: path.write_bytes(b"1234567"), True),
        (lambda path: os.utime(path, ns=(1, 1)), True),
        (_replaced, True),
        (lambda path: path.read_bytes(), False),
        (lambda path: path.with_name("second").hardlink_to(path), False),
        (lambda path: path.chmod(0o600), False),
    ],
)
def test_the_state_tells_a_change(tmp_path: Path, change: Callable[[Path], object], differs: bool) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"12345678")
    before = file_state(path)
    assert file_states(tmp_path, (".parquet",)) == {"a.parquet": before}
    change(path)
    assert (file_state(path) != before) is differs


def test_only_files_with_these_endings_count_and_no_hidden_ones(tmp_path: Path) -> None:
    for name in ("a.warc.gz", "a.cdxj", ".b.cdxj", "c.warc.gz.part", "d"):
        (tmp_path / name).write_bytes(b"1")
    assert sorted(file_states(tmp_path, (".warc.gz", ".cdxj"))) == ["a.cdxj", "a.warc.gz"]


def test_where_there_is_no_folder_there_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    assert file_states(tmp_path / "none", (".cdxj",)) == file_states(tmp_path / "file", (".cdxj",)) == {}
    assert file_state(tmp_path / "none") is None
