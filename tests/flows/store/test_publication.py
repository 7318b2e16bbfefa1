"""What of a machine's own work is published, later too, and what never is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.check_source import check_source
from flows.pipeline.compact_source import compact_source
from flows.store.held import held
from flows.store.present import present
from support.in_process import ingest_folder, reprocess_archived
from support.newspaper import SOURCE
from support.object_store import Fault
from support.stored_news import LISTING, add, objects_of, pull, shards_on, urls

if TYPE_CHECKING:
    from pathlib import Path

    from support.object_store import ObjectStore

pytestmark = [pytest.mark.xdist_group("object_store"), pytest.mark.slow]


def test_pages_that_were_not_published_stay_when_others_publish(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    object_store.faults.append(Fault(method="PUT", path=LISTING, times=10**6, status=403))
    with pytest.raises(SitoError, match="the store refuses"):
        ingest_folder(add(tmp_path / "pages", 7), one)
    object_store.faults.clear()
    ingest_folder(add(tmp_path / "others", 8), object_store.machine("other"))
    assert len(urls(pull(one))) == 4
    with held(one, SOURCE):
        pass
    assert urls(pull(object_store.machine("reader"))) == urls(one)


def test_shards_that_were_made_into_one_here_and_there(object_store: ObjectStore, tmp_path: Path) -> None:
    one, other = shards_on(object_store, tmp_path / "pages", "one"), object_store.machine("other")
    object_store.faults.append(Fault(method="PUT", path=LISTING, times=10**6, status=403))
    with pytest.raises(SitoError, match="the store refuses"):
        compact_source(one, SOURCE)
    object_store.faults.clear()
    ingest_folder(add(tmp_path / "pages", 6, 7), other)
    compact_source(other, SOURCE)
    for data in (one, object_store.machine("reader")):
        assert len(urls(pull(data))) == 8
        assert len(Archive(data, SOURCE).names()) == 1
        assert check_source(SOURCE, data).damages == []


def test_shards_that_were_made_into_one_again_only_here(object_store: ObjectStore, tmp_path: Path) -> None:
    """Others published meanwhile, so the shards stay as the store has them, and are put together by the next one."""
    one, other = shards_on(object_store, tmp_path / "pages", "one", 2), object_store.machine("other")
    compact_source(one, SOURCE)
    ingest_folder(add(tmp_path / "pages", 4, 5), one)
    published = (one / "raw" / SOURCE / ".rewrites.json").read_bytes()
    object_store.faults.append(Fault(method="PUT", path=LISTING, times=10**6, status=403))
    with pytest.raises(SitoError, match="the store refuses"):
        compact_source(one, SOURCE)
    object_store.faults.clear()
    ingest_folder(add(tmp_path / "pages", 6, 7), other)
    assert len(urls(pull(one))) == 8
    assert (one / "raw" / SOURCE / ".rewrites.json").read_bytes() == published
    assert len(Archive(one, SOURCE).names()) == 3
    compact_source(one, SOURCE)
    for data in (one, object_store.machine("reader")):
        assert len(urls(pull(data))) == 8
        assert check_source(SOURCE, data).damages == []


def test_tables_that_were_cleaned_here_are_published_later(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 2)
    object_store.faults.append(Fault(method="PUT", path=LISTING, times=10**6, status=403))
    with pytest.raises(SitoError, match="the store refuses"):
        reprocess_archived(one)
    object_store.faults.clear()
    ingest_folder(add(tmp_path / "pages", 9), object_store.machine("other"))
    assert len(ingest_folder(tmp_path / "pages", one).outcomes) == 5
    assert check_source(SOURCE, pull(object_store.machine("reader"))).damages == []


def test_what_somebody_removes_here_is_not_removed_there(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 2)
    before = objects_of(one).sizes("")
    shutil.rmtree(one / "raw" / SOURCE)
    shutil.rmtree(one / "clean")
    shutil.rmtree(one / "runs", ignore_errors=True)
    ingest_folder(tmp_path / "pages", one)
    after = objects_of(one).sizes("")
    assert before.keys() - after.keys() <= {key for key in before if ".checked" in key}
    assert len(urls(pull(one))) == 4
    assert check_source(SOURCE, one).damages == []


def test_a_shard_that_is_changed_here_is_not_published(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    shard = Archive(one, SOURCE).shards()[0]
    good = shard.read_bytes()
    shard.write_bytes(good[:-100])
    with pytest.raises(SitoError, match="was changed, and shards never are; remove it here, and it is fetched again"):
        ingest_folder(tmp_path / "pages", one)
    shard.unlink()
    ingest_folder(tmp_path / "pages", one)
    assert present(shard).read_bytes() == good
    assert check_source(SOURCE, one).damages == []


def test_what_was_drawn_from_a_stand_in_is_not_published(object_store: ObjectStore, tmp_path: Path) -> None:
    shards_on(object_store, tmp_path / "pages", "one", 1)
    reader = pull(object_store.machine("reader"), whole=False)
    index = next((reader / "raw" / SOURCE).glob("*.cdxj"))
    index.write_text("as if the shard had been found empty\n")
    with (
        pytest.raises(SitoError, match="the shard that it belongs to is not here; it is not published"),
        held(reader, SOURCE),
    ):
        pass
    assert check_source(SOURCE, pull(object_store.machine("third"))).damages == []


def test_check_names_objects_that_are_gone_or_that_nobody_names(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 2)
    objects = objects_of(one)
    gone = next(key for key in objects.sizes(f"raw/{SOURCE}") if key.endswith(".warc.gz"))
    objects.remove([gone])
    objects.create(f"raw/{SOURCE}/20200101T000000Z-000000.cdxj", b"")
    objects.create(f"raw/{SOURCE}/README", b"")
    said = [str(damage) for damage in check_source(SOURCE, one).damages]
    assert [line.partition(": ")[2].partition(";")[0] for line in said] == [
        "is gone",
        "is named by no listing: a run was killed, or somebody put it there",
    ]
    (one / gone).touch()
    ingest_folder(tmp_path / "pages", one)
    assert check_source(SOURCE, one).damages == []
    assert check_source(SOURCE, pull(object_store.machine("third"))).damages == []
    assert f"raw/{SOURCE}/README" in objects.sizes(f"raw/{SOURCE}"), "what is not ours stays"
