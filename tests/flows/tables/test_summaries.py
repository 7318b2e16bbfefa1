"""Summaries of tables that are as they were come from the manifest, all others from the tables themselves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flows.tables.shard_tables import ShardTables
from flows.tables.summaries import Summaries
from support.newspaper import SOURCE, cleaned, page, shard_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    data = tmp_path_factory.mktemp("town")
    shards = [shard_of(data, page(n), start=n) for n in range(2)]
    for shard in shards:
        cleaned(data, shard)
    return data, [shard.name for shard in shards]


@pytest.fixture
def town(_town: tuple[Path, list[str]], tmp_path: Path) -> tuple[Path, list[str]]:
    """Two shards whose tables the manifest knows."""
    import shutil

    shutil.copytree(_town[0], tmp_path / "data")
    tables = Summaries(tmp_path / "data", SOURCE)
    for shard in tables.shards:
        assert tables.read(shard) is not None
    tables.save()
    return tmp_path / "data", _town[1]


def opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shards that are opened to read all summaries, each of which is then the one of the tables."""
    found: list[str] = []
    tables = Summaries(data, SOURCE)
    true = {shard: ShardTables.of(data, SOURCE, shard).summarize() for shard in tables.shards}
    summarize = ShardTables.summarize
    with monkeypatch.context() as patch:
        patch.setattr(ShardTables, "summarize", lambda self: (found.append(self.documents.stem), summarize(self))[1])
        for shard in tables.shards:
            assert tables.read(shard) == true[shard]
    tables.save()
    return [f"{name}.warc.gz" for name in found]


def test_what_is_as_it_was_is_not_opened(town: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(town[0], monkeypatch) == []
    assert Summaries(town[0], SOURCE).are_right()


@pytest.mark.parametrize(
    "change",
    [
        lambda tables: os.utime(tables.documents),
        lambda tables: os.utime(tables.ledger),
        lambda tables: tables.documents.write_bytes(b"PAR1"),
        lambda tables: tables.documents.write_bytes(tables.documents.read_bytes()),
    ],
)
def test_what_was_changed_is_read_again_and_known_from_then_on(
    town: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch, change: Callable[[ShardTables], None]
) -> None:
    data, shards = town
    change(ShardTables.of(data, SOURCE, shards[0]))
    assert opened(data, monkeypatch) == shards[:1]
    whole = ShardTables.of(data, SOURCE, shards[0]).summarize() is not None
    assert opened(data, monkeypatch) == ([] if whole else shards[:1])


def test_without_its_ledger_a_shard_has_no_summary(
    town: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, shards = town
    ShardTables.of(data, SOURCE, shards[0]).ledger.unlink()
    assert Summaries(data, SOURCE).read(shards[0]) is None
    assert opened(data, monkeypatch) == shards[:1]


def test_shards_that_are_gone_are_forgotten(town: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    data, shards = town
    before = Summaries(data, SOURCE).digest()
    ShardTables.of(data, SOURCE, shards[0]).documents.unlink()
    assert opened(data, monkeypatch) == []
    after = Summaries(data, SOURCE)
    assert after.read(shards[0]) is None
    assert after.digest() != before


def test_one_that_says_something_else_is_wrong(town: tuple[Path, list[str]]) -> None:
    tables = Summaries(town[0], SOURCE)
    tables._manifest.write(lambda connection: connection.execute("UPDATE tables SET marker = 'other'"))  # type: ignore[arg-type,return-value]
    assert not Summaries(town[0], SOURCE).are_right()
