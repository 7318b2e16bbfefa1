"""A source in a store: runs on several machines, kills between any two writes, and writers at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.check_source import check_source
from flows.store import lease, publication
from flows.store.held import bring_up_to_date, held
from flows.tables.shard_tables import ShardTables
from support.in_process import ingest_folder, reprocess_archived
from support.newspaper import SOURCE, page
from support.object_store import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from flows.store.mirror import Mirror
    from support.object_store import ObjectStore

pytestmark = [pytest.mark.xdist_group("object_store"), pytest.mark.slow]

OWN = (".published.sqlite", ".store.json", ".manifest.sqlite", ".lock", f".{SOURCE}.lock")


def pages(folder: Path, *numbers: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.html").write_bytes(page(number))
    return folder


def read(store: ObjectStore, machine: str) -> Path:
    """The folder of a machine that only reads, with the bytes of everything."""
    data = store.machine(machine)
    bring_up_to_date(data, SOURCE, lambda name: True)
    return data


def files(data: Path) -> dict[str, bytes]:
    paths = [path for path in data.rglob("*") if path.is_file() and path.name not in OWN]
    return {str(path.relative_to(data)): path.read_bytes() for path in paths}


def is_whole(data: Path, held_pages: int) -> bool:
    archive = Archive(data, SOURCE)
    summaries = [ShardTables.of(data, SOURCE, shard.name).summarize() for shard in archive.shards()]
    return len(archive.captured()) == held_pages and None not in summaries


def test_another_machine_reads_the_same_bytes(object_store: ObjectStore, tmp_path: Path) -> None:
    one = object_store.machine("one")
    assert len(ingest_folder(pages(tmp_path / "pages", *range(5)), one).outcomes) == 5
    other = read(object_store, "other")
    assert other != one
    assert files(other) == files(one)
    assert any(name.startswith("clean/documents/source=news/") for name in files(other))
    assert check_source(SOURCE, other).damages == []


def test_two_machines_take_turns(object_store: ObjectStore, tmp_path: Path) -> None:
    folder = pages(tmp_path / "pages", 0, 1)
    one, other = object_store.machine("one"), object_store.machine("other")
    ingest_folder(folder, one)
    found = ingest_folder(pages(folder, 2), other)
    assert sorted(each.status for each in found.outcomes) == ["new", "unchanged", "unchanged"]
    found = ingest_folder(pages(folder, 3), one)
    assert sorted(each.status for each in found.outcomes) == ["new", "unchanged", "unchanged", "unchanged"]
    assert len(reprocess_archived(other).outcomes) == 4
    assert is_whole(read(object_store, "third"), 4)
    assert files(read(object_store, "third")) == files(read(object_store, "one")) == files(other)


def test_what_is_not_needed_is_not_fetched(object_store: ObjectStore, tmp_path: Path) -> None:
    folder = pages(tmp_path / "pages", *range(6))
    ingest_folder(folder, object_store.machine("one"))
    other = object_store.machine("other")
    object_store.requests.clear()
    ingest_folder(folder, other)
    assert not [path for _, path in object_store.requests if ".warc.gz" in path or "/documents/" in path]
    shard = Archive(other, SOURCE).shards()[0]
    assert set(shard.read_bytes()) == {0}
    assert check_source(SOURCE, other).damages == []
    assert set(shard.read_bytes()) != {0}


def test_a_run_with_nothing_new_costs_a_few_requests(object_store: ObjectStore, tmp_path: Path) -> None:
    folder = pages(tmp_path / "pages", *range(6))
    data = object_store.machine("one")
    ingest_folder(folder, data)
    ingest_folder(folder, data)
    object_store.counted()
    ingest_folder(folder, data)
    assert sum(object_store.counted().values()) <= 8


@pytest.mark.parametrize("after", range(14))
def test_a_kill_between_two_writes_leaves_a_whole_state(
    after: int, object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pages(tmp_path / "pages", 0, 1)
    one = object_store.machine("one")
    ingest_folder(folder, one)
    before = files(read(object_store, "reader"))
    object_store.dies(after)
    with suppress(SitoError):
        ingest_folder(pages(folder, 2), one)
    object_store.faults.clear()
    bring_up_to_date(object_store.machine("reader"), SOURCE, lambda name: True)
    after_kill = files(object_store.machine("reader"))
    fresh = read(object_store, "fresh")
    assert after_kill == files(fresh)
    assert after_kill == before or is_whole(fresh, 3)
    monkeypatch.setattr(lease, "SECONDS", 0.0)
    monkeypatch.setattr(lease, "MARGIN", -300.0)  # as if the time of the killed one had run out
    again = ingest_folder(folder, object_store.machine("third"))
    assert len(again.outcomes) == 3
    final = read(object_store, "reader")
    assert is_whole(final, 3)
    # The killed one comes back: what it had and did not publish is taken up, or held already.
    ingest_folder(folder, one)
    assert is_whole(read(object_store, "reader"), 3)
    assert check_source(SOURCE, read(object_store, "last")).damages == []


def test_a_writer_that_slept_before_its_commit_names_nothing_that_was_removed(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its objects are written, and another machine removes what no listing names, and has nothing to publish itself."""
    one, other = object_store.machine("one"), object_store.machine("other")
    ingest_folder(pages(tmp_path / "pages", 1), one)
    real = publication._commit

    def sleep(mirror: Mirror, *rest: Any) -> None:
        if mirror.data == one:
            monkeypatch.setattr(publication, "_commit", real)
            monkeypatch.setattr(lease, "MARGIN", -300.0)
            with held(other, SOURCE):
                pass
        real(mirror, *rest)

    monkeypatch.setattr(publication, "_commit", sleep)
    with pytest.raises(SitoError, match="another run has published since this one began"):
        ingest_folder(pages(tmp_path / "pages", 2), one)
    assert check_source(SOURCE, read(object_store, "reader")).damages == []
    ingest_folder(tmp_path / "pages", one)
    assert is_whole(read(object_store, "reader"), 2)
    assert check_source(SOURCE, read(object_store, "last")).damages == []


def test_a_long_run_publishes_step_by_step(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.store.held.STEP_SECONDS", 0.0)
    one = object_store.machine("one")
    object_store.faults.append(Fault("PUT", path="/.files.json.gz", skip=2, times=10**6, status=403))
    with pytest.raises(SitoError, match="the store refuses"):
        ingest_folder(pages(tmp_path / "pages", *range(8)), one)
    object_store.faults.clear()
    reader = read(object_store, "reader")
    assert len(Archive(reader, SOURCE).captured()) == 4, "two batches of two pages"
    monkeypatch.setattr(lease, "MARGIN", -300.0)
    ingest_folder(tmp_path / "pages", object_store.machine("other"))
    assert is_whole(read(object_store, "reader"), 8)


def test_a_second_writer_is_told_who_holds_it(object_store: ObjectStore, tmp_path: Path) -> None:
    one, other = object_store.machine("one"), object_store.machine("other")
    with held(one, SOURCE), pytest.raises(SitoError, match=r"another run \(.*, process \d+\) is writing there until"):
        ingest_folder(pages(tmp_path / "pages", 1), other)
    assert len(ingest_folder(pages(tmp_path / "pages", 1), other).outcomes) == 1


def test_a_writer_that_slept_past_its_lease_does_not_publish(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = object_store.machine("one"), object_store.machine("other")
    first, second = pages(tmp_path / "first", 1), pages(tmp_path / "second", 2)

    def sleep() -> None:
        with held(one, SOURCE):
            ingest_folder(first, one)
            monkeypatch.setattr(lease, "MARGIN", -300.0)  # the other one sees it run out
            ingest_folder(second, other)

    with pytest.raises(SitoError, match="another run has published since this one began"):
        sleep()
    assert is_whole(read(object_store, "reader"), 1)
    ingest_folder(first, one)  # what it made is taken up by its next run
    assert is_whole(read(object_store, "reader"), 2)
