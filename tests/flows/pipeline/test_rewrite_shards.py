"""What of some shards is to stay is read the same from the one made of them, at any moment and after any kill.

REWRITE_KILLS=999 kills at every work on a file.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.cdxj import read_entries
from flows.archive.merged_shard import KeptRecords
from flows.archive.rewrites import GRACE, load_rewrites
from flows.archive.shard_reader import read_shard
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.check_source import check_source
from flows.pipeline.rewrite_shards import finish_rewrites, rewrite_shards
from flows.tables.shard_tables import ShardTables, remove_partial
from flows.tables.versions import versions_path, write_versions
from support.captures import NOON, file
from support.newspaper import SOURCE, content
from support.quick_tables import keep_with_tables, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.common.page_types import Capture

HOUR = timedelta(hours=1)
_EVENTS = ("open", "os.rename", "os.remove", "os.truncate", "os.link")
KILLS = int(os.environ.get("REWRITE_KILLS", "6"))


def captures(shard: int, pages: list[int]) -> list[Capture]:
    """Pages by number, each as another version in each shard; every third gives the same bytes again: a revisit."""
    at = NOON + shard * 24 * HOUR
    return [
        file(f"file:///{page}.html", b"line of %d\nversion %d" % (page, shard if page % 3 else 0), at + n * HOUR)
        for n, page in enumerate(pages)
    ]


def held(data: Path) -> list[tuple[Any, ...]]:
    """All captures as readers of raw/ see them: what the index says, and the bytes."""
    found: list[tuple[Any, ...]] = []
    for shard in Archive(data, SOURCE).shards():
        bodies = {page.offset: (page.body, page.evidence) for page in read_shard(shard)}
        found += [(*entry[:-1], bodies.get(entry.offset)) for entry in read_entries(shard)]
    return found


def make(data: Path, shards: list[list[int]]) -> list[Path]:
    return keep_with_tables(data, *(captures(n, pages) for n, pages in enumerate(shards))).shards()


@given(
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
@settings(max_examples=4)
def test_what_stays_is_read_the_same(shards: list[list[int]], chance: Any) -> None:
    with TemporaryDirectory() as name:
        data = Path(name)
        old = make(data, shards)
        first = chance.randint(0, len(old) - 1)
        parts = old[first : chance.randint(first, len(old) - 1) + 1]
        every = [(shard, entry) for shard in old for entry in read_entries(shard)]
        stays = [shard not in parts or chance.random() < 0.7 for shard, _ in every]
        payloads = {entry[:2] for (_, entry), is_kept in zip(every, stays, strict=True) if is_kept and entry.revisit}
        stays = [is_kept or entry[:2] in payloads for (_, entry), is_kept in zip(every, stays, strict=True)]
        keep = [
            KeptRecords(part, {e.offset for (of, e), s in zip(every, stays, strict=True) if s and of == part})
            for part in parts
        ]
        wanted = [each for each, is_kept in zip(held(data), stays, strict=True) if is_kept]
        times = {(url, at) for url, _, at, *_ in wanted}
        rows = [page for page in rows_of(data) if (page[0]["url"], page[0]["fetched_at"]) in times]
        versions = version_numbers(data)
        with Archive(data, SOURCE).lock():
            rewrite_shards(data, SOURCE, keep)
            write_versions(data, SOURCE)
        assert held(data) == wanted
        assert rows_of(data) == rows
        assert check_source(SOURCE, data).damages == []
        assert version_numbers(data).items() <= versions.items()
        finish(data)
        assert held(data) == wanted
        before = content(data)
        finish(data)
        assert content(data) == before


def version_numbers(data: Path) -> dict[tuple[str, datetime], int]:
    numbers = {
        (row["shard"], row["offset"]): row["version"]
        for row in pq.read_table(versions_path(data, SOURCE), partitioning=None).to_pylist()
    }
    return {
        (row["url"], row["fetched_at"]): numbers[row["shard"], row["offset"]] for row, _ in rows_of(data, located=True)
    }


def finish(data: Path) -> None:
    """What the next run does first, when all readers have ended."""
    archive = Archive(data, SOURCE)
    with archive.lock():
        finish_rewrites(data, SOURCE, datetime.now(UTC) + GRACE)
        remove_partial(data, SOURCE)
        archive.recover()


SHARDS = [[0, 1, 2], [1, 2, 3], [0, 3, 4]]
"""Of which the first version of page 2 does not stay."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("rewritten")
    make(data, SHARDS)
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def rewrite(data: Path) -> None:
    """As a command does it: the first two shards into one, without a version, when what was replaced before is gone."""
    finish(data)
    archive = Archive(data, SOURCE)
    with archive.lock():
        old = archive.shards()
        if len(old) > 2:
            going = {min(e for shard in old[:2] for e in read_entries(shard) if e.url == "file:///2.html")}
            keep = [{entry.offset for entry in read_entries(shard) if entry not in going} for shard in old[:2]]
            rewrite_shards(data, SOURCE, [KeptRecords(*each) for each in zip(old[:2], keep, strict=True)])
        write_versions(data, SOURCE)


def at_each_event(data: Path, act: Callable[[int], None]) -> Callable[[], None]:
    """Have `act` called before each work on a file below the folder; gives what ends that."""
    number, busy, below = 0, False, str(data)

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal number, busy
        if not busy and name in _EVENTS and str(arguments[0]).startswith(below):
            number, busy = number + 1, True
            act(number)
            busy = False

    def end() -> None:
        nonlocal busy
        busy = True

    sys.addaudithook(hook)
    return end


def summary(data: Path) -> tuple[frozenset[tuple[Any, ...]], frozenset[tuple[str, datetime]]]:
    return frozenset(each[:3] for each in held(data)), frozenset(
        (row["url"], row["fetched_at"])
        for name in ShardTables.shards(data, SOURCE)
        for row, _ in tables(data, name).pages()
    )


def tables(data: Path, shard: str) -> ShardTables:
    return ShardTables.of(data, SOURCE, shard)


def test_whoever_reads_meanwhile_sees_all_as_it_was_or_as_it_will_be(data: Path) -> None:
    before = summary(data)
    listed = [tables(data, name) for name in ShardTables.shards(data, SOURCE)]
    rows = [page for each in listed for page in each.pages()]
    seen: list[Any] = []

    def read(number: int) -> None:
        raw, clean = summary(data)
        seen.append((raw, clean))
        if number % 9 == 0:
            assert [page for each in listed for page in each.pages()] == rows, "who began earlier can end"

    end = at_each_event(data, read)
    try:
        rewrite(data)
    finally:
        end()
    after = summary(data)
    assert len(after[0]) == len(before[0]) - 1
    assert {raw for raw, _ in seen} == {before[0], after[0]}
    assert {clean for _, clean in seen} == {before[1], after[1]}
    assert [raw for raw, _ in seen] == sorted((raw for raw, _ in seen), key=len, reverse=True), "once, and for good"
    assert [page for each in listed for page in each.pages()] == rows


@pytest.mark.slow
def test_killed_at_any_moment_it_is_as_before_or_done_and_the_next_run_tidies(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = summary(data)
    events = count_events(data, tmp_path_factory.mktemp("counted"))
    assert events > 30
    moments = {1 + n * (events - 1) // (KILLS - 1) for n in range(KILLS)}
    ends: Counter[str] = Counter()
    expected = None
    for moment in sorted(moments):
        copy = tmp_path_factory.mktemp("killed")
        shutil.copytree(data, copy, dirs_exist_ok=True)
        kill_at(copy, moment)
        found = summary(copy)
        done = found != before
        ends["done" if done else "as before"] += 1
        assert len(found[0]) == len(before[0]) - done
        finish(copy)
        assert summary(copy) == found
        assert not list(copy.rglob("*.part"))
        assert load_rewrites(copy / "raw" / SOURCE).making is None
        rewrite(copy)
        finish(copy)
        assert len(Archive(copy, SOURCE).shards()) == len(list((copy / "raw" / SOURCE).glob("*.warc.gz"))) == 2
        expected = expected or summary(copy)
        assert summary(copy) == expected
        assert check_source(SOURCE, copy).damages == []
    assert len(ends) == 2, "both sides of the step were met"


def count_events(data: Path, copy: Path) -> int:
    shutil.copytree(data, copy, dirs_exist_ok=True)
    events: list[int] = []
    end = at_each_event(copy, events.append)
    rewrite(copy)
    finish(copy)
    end()
    return len(events)


def kill_at(data: Path, moment: int) -> None:
    """Let a process rewrite, then remove what was replaced, and be killed before its nth work on a file."""
    child = os.fork()
    if child == 0:
        at_each_event(data, lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == moment else None)
        try:
            rewrite(data)
            finish(data)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_where_it_cannot_be_written_all_stays_as_it_was(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, files = summary(data), set(content(data))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.pipeline.rewrite_shards.merge_tables", full)
    with pytest.raises(SitoError, match=r"No space left on device\); free some space"):
        rewrite(data)
    assert summary(data) == before
    assert set(content(data)) - files == {f"raw/{SOURCE}/.rewrites.json"}
    monkeypatch.undo()
    rewrite(data)
    assert summary(data) != before
