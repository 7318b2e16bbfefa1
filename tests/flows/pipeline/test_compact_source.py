"""Small shards that follow each other become one, and nothing that anybody reads is another for it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from flows.archive.cdxj import read_entries
from flows.archive.source_archive import Archive
from flows.pipeline.captures_by_address import sized
from flows.pipeline.check_source import check_source
from flows.pipeline.cleaning_job import Origin, Scope
from flows.pipeline.compact_source import compact_source, compactable
from flows.state import Policy, State
from flows.tables.versions import versions_path
from support.captures import NOON, response
from support.in_process import reprocess_archived
from support.newspaper import SOURCE, cleaned, content, page, shard_of
from support.quick_tables import keep_with_tables, rows_of, tables_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Capture

DAY = timedelta(days=1)
LARGE = b"".join(b"%d " % number for number in range(2000))


def answer(page: int, day: int, body: bytes | None = None) -> Capture:
    """A page; without a body, the answer that it has not changed."""
    at, url = NOON + day * DAY, f"https://example.org/{page}"
    return response(url, b"", at, 304) if body is None else response(url, body, at)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("captured")
    keep_with_tables(
        data,
        [answer(1, 0, b"one"), answer(2, 0, b"two")],
        [answer(1, 1), answer(3, 1, b"three")],
        [answer(1, 2), answer(2, 2, b"two, longer")],
        [answer(4, 3, LARGE)],
        [answer(1, 4), answer(2, 4, b"two")],
        [answer(5, 5, b"five")],
    )
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def half_of_the_large_one(data: Path) -> int:
    """The target of which the large shard has half, and so stays."""
    return 2 * max(length for shard in Archive(data, SOURCE).shards() for _, length in sized(shard))


def captures(data: Path) -> list[tuple[object, ...]]:
    return [tuple(entry[:-1]) for shard in Archive(data, SOURCE).shards() for entry in read_entries(shard)]


def test_what_follows_each_other_is_put_together_around_a_large_shard(data: Path) -> None:
    target, before = half_of_the_large_one(data), content(data)
    found = compactable(data, SOURCE, target)
    old = [shard.name for shard in Archive(data, SOURCE).shards()]
    assert [[kept.shard.name for kept in group] for group in found.groups] == [old[:3], old[4:]]
    assert (found.shards, found.revisits, found.left) == (5, 2, [])
    assert content(data) == before, "nothing is done yet"


def test_all_that_is_read_stays_but_for_answers_after_which_others_came(data: Path) -> None:
    target, rows, held = half_of_the_large_one(data), rows_of(data), captures(data)
    known = {url: Archive(data, SOURCE).captured().get(url) for url in {str(each[0]) for each in held}}
    versions = pq.read_table(versions_path(data, SOURCE), columns=["url", "version", "latest"], partitioning=None)
    done = compact_source(data, SOURCE, target=target)
    assert len(done.groups) == 2
    assert len(Archive(data, SOURCE).shards()) == 3
    assert rows_of(data) == rows
    gone = [each for each in held if each not in captures(data)]
    assert [(each[0], each[3]) for each in gone] == [("https://example.org/1", 304)] * 2
    assert [each for each in held if each not in gone] == captures(data), "in the same order"
    captured = Archive(data, SOURCE).captured()
    assert {url: captured.get(url) for url in known} == known
    now = pq.read_table(versions_path(data, SOURCE), columns=["url", "version", "latest"], partitioning=None)
    assert now.equals(versions)
    assert check_source(SOURCE, data).damages == []


def test_done_again_it_does_nothing(data: Path) -> None:
    target = half_of_the_large_one(data)
    compact_source(data, SOURCE, target=target)
    before = content(data)
    assert not compact_source(data, SOURCE, target=target).groups
    assert content(data) == before


def test_the_state_that_is_made_anew_of_it_is_the_same(data: Path) -> None:
    with State.open(f"sqlite:///{data}/state.sqlite") as state:
        pages = []
        for target in (0, half_of_the_large_one(data)):
            compact_source(data, SOURCE, target=target)
            state.rebuild(SOURCE, Archive(data, SOURCE), Policy(refresh_hours=24))
            pages.append(sorted(state.pages.all(SOURCE), key=lambda page: page.url))
        assert pages[0] == pages[1]


def test_a_shard_that_has_to_stay_is_named_and_divides_the_others(data: Path) -> None:
    second = Archive(data, SOURCE).shards()[1]
    tables_of(data, second).documents.unlink()
    found = compact_source(data, SOURCE)
    assert [said.partition(":")[0] for said in found.left] == [str(second)]
    assert [len(group) for group in found.groups] == [4]


def test_cleaned_again_from_raw_or_from_the_ledger_it_gives_the_same_bytes(tmp_path: Path) -> None:
    for n in range(2):
        cleaned(tmp_path, shard_of(tmp_path, page(n), page(n + 5), start=2 * n))
    compact_source(tmp_path, SOURCE)
    before = content(tmp_path / "clean")
    origins: tuple[Origin, ...] = ("raw", "ledger")
    for origin in origins:
        result = reprocess_archived(tmp_path, Scope(origin=origin))
        assert [outcome.status for outcome in result.outcomes] == ["unchanged"] * 4
        assert content(tmp_path / "clean") == before
