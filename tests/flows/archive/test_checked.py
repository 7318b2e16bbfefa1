"""Which shards are read next: new ones at once, each of the others once in thirty runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.archive import checked
from flows.archive.checked import SHARE, Checked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number:02}.warc.gz" for number in range(2 * SHARE)]
    for path in paths:
        path.write_bytes(b"12345678")
    return paths


def seen(folder: Path, shards: list[Path], *, whole: bool = True) -> Checked:
    """What a run knows that follows one which has read these shards."""
    run = Checked(folder)
    for shard in shards:
        run.mark(shard.name, whole=whole)
    run.save(shards)
    return Checked(folder)


def test_what_nobody_has_read_is_due(tmp_path: Path, shards: list[Path]) -> None:
    assert Checked(tmp_path).due(shards) == shards
    assert seen(tmp_path, shards[:-3]).due(shards)[:3] == shards[-3:]


def test_each_shard_has_its_turn_in_thirty_runs(tmp_path: Path, shards: list[Path]) -> None:
    run = seen(tmp_path, shards)
    order = []
    for _ in range(SHARE):
        due = run.due(shards)
        assert len(due) == 2
        for shard in due:
            run.mark(shard.name, whole=True)
        run.save(shards)
        order += due
        run = Checked(tmp_path)
    assert order == shards
    assert run.due(shards) == shards[:2]


def test_a_damaged_one_is_due_until_it_is_whole(tmp_path: Path, shards: list[Path]) -> None:
    run = seen(tmp_path, shards)
    run.mark(shards[7].name, whole=False)
    run.save(shards)
    assert Checked(tmp_path).due(shards)[0] == shards[7]


def test_a_run_reads_a_bounded_number_of_bytes_but_always_one(
    tmp_path: Path, shards: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = seen(tmp_path, shards)
    for limit, number in ((16, 2), (15, 1), (8, 1), (0, 1)):
        monkeypatch.setattr(checked, "SHARE_BYTES", limit)
        assert run.due(shards) == shards[:number]


def test_shards_that_are_gone_are_forgotten(tmp_path: Path, shards: list[Path]) -> None:
    run = seen(tmp_path, shards)
    assert run.due(shards[5:]) == shards[5:7]
    run.save(shards[5:])
    assert Checked(tmp_path).due(shards)[:5] == shards[:5]


@pytest.mark.parametrize("text", ["", "{", "null", "3", '{"a": 1}', "[[]]", "[1]"])
def test_a_damaged_list_means_that_all_are_due(tmp_path: Path, shards: list[Path], text: str) -> None:
    (tmp_path / ".checked").write_text(text)
    assert Checked(tmp_path).due(shards) == shards
