"""Which shards are read next: new ones at once, each of the others once in thirty days."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flows.archive import checked
from flows.archive.checked import SHARE, Checked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shards(tmp_path: Path) -> list[str]:
    names = [f"{number:02}.warc.gz" for number in range(2 * SHARE)]
    for name in names:
        (tmp_path / name).write_bytes(b"12345678")
    return names


def next_day(folder: Path, days: float = 1) -> Checked:
    """What a run knows so many days after the last one."""
    path = folder / ".checked"
    at = path.stat().st_mtime - days * 86_400
    os.utime(path, (at, at))
    return Checked(folder)


def seen(folder: Path, shards: list[str], *, whole: bool = True) -> Checked:
    """What a run knows that follows one which has read these shards."""
    run = Checked(folder)
    for shard in shards:
        run.mark(shard, whole=whole)
    run.save(shards)
    return next_day(folder)


def test_what_nobody_has_read_is_due(tmp_path: Path, shards: list[str]) -> None:
    assert Checked(tmp_path).due(shards) == shards
    assert seen(tmp_path, shards[:-3]).due(shards)[:3] == shards[-3:]


def test_each_shard_has_its_turn_in_thirty_days(tmp_path: Path, shards: list[str]) -> None:
    run = seen(tmp_path, shards)
    order = []
    for _ in range(SHARE):
        due = run.due(shards)
        assert len(due) == 2
        for shard in due:
            run.mark(shard, whole=True)
        run.save(shards)
        order += due
        run = next_day(tmp_path)
    assert order == shards
    assert run.due(shards) == shards[:2]


@pytest.mark.parametrize(("days", "number"), [(0, 1), (0.2, 1), (0.6, 2), (1, 2), (20, 2), (-5, 1)])
def test_a_run_reads_a_share_for_the_time_since_the_last_and_one_at_least(
    tmp_path: Path, shards: list[str], days: float, number: int
) -> None:
    seen(tmp_path, shards).save(shards)
    assert next_day(tmp_path, days).due(shards) == shards[:number]


def test_a_damaged_one_is_due_until_it_is_whole(tmp_path: Path, shards: list[str]) -> None:
    run = seen(tmp_path, shards)
    run.mark(shards[7], whole=False)
    run.save(shards)
    assert Checked(tmp_path).due(shards)[0] == shards[7]


def test_a_run_reads_a_bounded_number_of_bytes_but_always_one(
    tmp_path: Path, shards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = seen(tmp_path, shards)
    for limit, number in ((16, 2), (15, 1), (8, 1), (0, 1)):
        monkeypatch.setattr(checked, "SHARE_BYTES", limit)
        assert run.due(shards) == shards[:number]


def test_shards_that_are_gone_are_forgotten(tmp_path: Path, shards: list[str]) -> None:
    run = seen(tmp_path, shards)
    assert run.due(shards[5:]) == shards[5:7]
    run.save(shards[5:])
    assert Checked(tmp_path).due(shards)[:5] == shards[:5]


@pytest.mark.parametrize("text", ["", "{", "null", "3", '{"a": 1}', "[[]]", "[1]"])
def test_a_damaged_list_means_that_all_are_due(tmp_path: Path, shards: list[str], text: str) -> None:
    (tmp_path / ".checked").write_text(text)
    assert Checked(tmp_path).due(shards) == shards
