"""What is superseded leaves raw/ and clean/, and nothing else does; nobody asks for it again."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from flows.archive.cdxj import index_path
from flows.archive.source_archive import Archive
from flows.common.page_types import Outcome, Target
from flows.config.kinds import WarcSource
from flows.crawl.batches import capture_records
from flows.pipeline.check_source import check_source
from flows.pipeline.prune_source import BACKUPS, OTHERS, REVISITS, RUNS, VERSIONS, prunable, prune_source
from flows.report.old_runs import KEPT
from flows.report.run_record import load_runs, record_run, save_run
from flows.state import ListingState, Policy, State
from flows.tables.versions import versions_path
from support.captures import NOON, response
from support.newspaper import SOURCE, content
from support.quick_tables import keep_with_tables, rows_of, tables_of, write_tables

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Capture

DAY = timedelta(days=1)
ONE, TWO = "https://example.org/1", "https://example.org/2"


def version(number: int, day: int, url: str = ONE) -> Capture:
    """A version of a page; without a number, the answer that it has not changed."""
    if number < 0:
        return response(url, b"", NOON + day * DAY, 304)
    return response(url, f"text\nversion {number}".encode() if number else b"", NOON + day * DAY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions of a page, then two answers that nothing changed; a page that stays as it is; an error twice."""
    no = [response("https://example.org/no", f"no {day}".encode(), NOON + day * DAY, 500) for day in range(2)]
    data = tmp_path_factory.mktemp("captured")
    keep_with_tables(
        data,
        [version(1, 0), version(9, 0, TWO), no[0]],
        [version(2, 1), version(-1, 1, TWO), no[1]],
        [version(3, 2), version(-1, 3)],
        [version(-1, 4), version(-1, 4, TWO)],
    )
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def urls(data: Path) -> Counter[str]:
    return Counter(row["url"] for row, _ in rows_of(data))


def numbers(data: Path) -> list[tuple[str, int, bool]]:
    rows = pq.read_table(versions_path(data, SOURCE), partitioning=None).to_pylist()
    return [(row["url"], row["version"], row["latest"]) for row in rows]


def test_a_dry_run_counts_and_changes_nothing(data: Path) -> None:
    before = content(data)
    found = prunable(data, SOURCE, NOON + 9 * DAY)
    assert found.records == {VERSIONS: 2, REVISITS: 2, OTHERS: 1}
    assert all(size > 300 * found.records[kind] for kind, size in found.bytes.items())
    assert found.left == []
    assert content(data) == before


def test_superseded_captures_go_with_their_rows_and_versions_keep_their_numbers(data: Path) -> None:
    assert numbers(data) == [(ONE, 1, False), (TWO, 1, True), (ONE, 2, False), (ONE, 3, True)]
    rows = rows_of(data)
    counted = prunable(data, SOURCE, NOON + 9 * DAY)
    assert prune_source(data, SOURCE, NOON + 9 * DAY) == counted
    assert rows_of(data) == [rows[1], rows[3]]
    assert numbers(data) == [(TWO, 1, True), (ONE, 3, True)]
    assert check_source(SOURCE, data).damages == []
    again = prune_source(data, SOURCE, NOON + 9 * DAY)
    assert not again.records


@pytest.mark.parametrize(("day", "left"), [(-1, 4), (0, 4), (1, 3), (9, 2)])
def test_what_was_superseded_later_stays(data: Path, day: int, left: int) -> None:
    prune_source(data, SOURCE, NOON + day * DAY + timedelta(hours=1))
    assert len(rows_of(data)) == left
    assert check_source(SOURCE, data).damages == []


def test_the_last_version_with_text_and_the_one_that_came_back_stay(tmp_path: Path) -> None:
    keep_with_tables(
        tmp_path,
        [version(1, 0), version(1, 0, TWO)],
        [version(2, 1), version(2, 1, TWO)],
        [version(0, 2), version(3, 2, TWO)],  # now without text
        [version(1, 3, TWO)],  # and the first again, which is a revisit
    )
    prune_source(tmp_path, SOURCE, NOON + 9 * DAY)
    assert numbers(tmp_path) == [(TWO, 1, True), (ONE, 2, True), (ONE, 3, False), (TWO, 3, False)]
    assert check_source(SOURCE, tmp_path).damages == []


def test_the_state_knows_the_same_and_asks_for_nothing_again(data: Path) -> None:
    with State.open(f"sqlite:///{data}/state.sqlite") as state:
        archive = Archive(data, SOURCE)
        state.sync_from_archive(SOURCE, archive, Policy(refresh_hours=24))
        state.listings.record(SOURCE, ListingState("https://example.org/feed", etag='"1"'))
        before = sorted(state.pages.all(SOURCE), key=lambda page: page.url)
        prune_source(data, SOURCE, NOON + 9 * DAY)
        assert state.sync_from_archive(SOURCE, archive, Policy(refresh_hours=24)) > 0
        assert sorted(state.pages.all(SOURCE), key=lambda page: page.url) == before
        assert [listing.etag for listing in state.listings.all(SOURCE)] == ['"1"']
        assert state.imported(SOURCE) == {shard.name for shard in archive.shards()}
        assert state.sync_from_archive(SOURCE, archive, Policy(refresh_hours=24)) == 0
    assert check_source(SOURCE, data, f"sqlite:///{data}/state.sqlite").damages == []


def test_a_source_that_still_offers_a_pruned_version_does_not_give_it_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prune_source(data, SOURCE, NOON + 9 * DAY)
    source = WarcSource.model_validate({"name": SOURCE, "kind": "warc", "paths": ["old.warc"]})
    offered = {n: version(n, n - 1) for n in (1, 2, 3, 4)}
    monkeypatch.setattr("flows.crawl.batches.attempt", lambda _, target, __: offered[target.offset])
    archive = Archive(data, SOURCE)
    with archive.lock():
        targets = [Target(ONE, path="old.warc", offset=n) for n in offered]
        done = capture_records(source, targets, archive, archive.captured())
    assert [outcome.status for outcome in done.outcomes] == ["unchanged"] * 3 + ["new"]


def test_a_shard_that_cannot_be_rewritten_keeps_what_it_holds_and_what_that_refers_to(tmp_path: Path) -> None:
    archive = keep_with_tables(tmp_path, [version(1, 0)], [version(-1, 1)], [version(2, 2)], [version(3, 3)])
    first, second, third, _ = archive.shards()
    tables_of(tmp_path, second).ledger.unlink()
    index_path(third).unlink()
    found = prunable(tmp_path, SOURCE, NOON + 9 * DAY)
    assert not found.shards
    assert [said.partition(":")[0] for said in found.left] == [str(second), str(third)]
    write_tables(tmp_path, second)
    found = prune_source(tmp_path, SOURCE, NOON + 9 * DAY)
    assert found.records == {VERSIONS: 2, REVISITS: 1}, "the run has mended the index"
    assert first.exists(), "whoever reads it can end"


def test_old_records_of_runs_go_but_for_the_last_ones(data: Path) -> None:
    for day in range(KEPT + 3):
        began = NOON + day * DAY
        save_run(data, record_run(SOURCE, "ingest", f"r{day}", began, [Outcome(ONE, "new")], []))
    (data / "runs" / SOURCE / "notes.json").write_text("{}")
    assert prunable(data, SOURCE, NOON + 2 * DAY).records[RUNS] == 2
    assert prune_source(data, SOURCE, NOON + 99 * DAY).records[RUNS] == 3
    assert len(load_runs(data, SOURCE, 99)) == KEPT
    assert (data / "runs" / SOURCE / "notes.json").exists()


def test_backups_that_a_killed_run_left_go(data: Path) -> None:
    tables_of(data, Archive(data, SOURCE).shards()[0]).back_up()
    assert prunable(data, SOURCE, NOON).records == {BACKUPS: 2}
    prune_source(data, SOURCE, NOON)
    assert not list((data / "clean").rglob("*.before"))
