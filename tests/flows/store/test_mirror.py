"""What a machine takes over from the store, what of its own stays, and what it does not believe."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.check_source import check_source
from flows.pipeline.compact_source import compact_source
from flows.store.held import bring_up_to_date, held
from flows.store.objects import Objects
from flows.store.present import present
from flows.store.record import Record
from flows.tables.shard_tables import ShardTables
from support.in_process import ingest_folder
from support.newspaper import SOURCE
from support.stored_news import LISTING, add, objects_of, pull, shards_on, urls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.object_store import ObjectStore

pytestmark = [pytest.mark.xdist_group("object_store"), pytest.mark.slow]


def test_a_compaction_with_a_reader_beside_it(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one")
    reader = pull(object_store.machine("reader"), whole=False)  # it has not read the tables yet
    compact_source(object_store.machine("other"), SOURCE)
    assert len(urls(pull(reader))) == 6
    assert len(Archive(reader, SOURCE).names()) == 1
    assert len(urls(pull(one))) == 6
    assert check_source(SOURCE, one).damages == []


def test_a_reader_whose_files_go_is_told_and_then_reads_others(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    reader = pull(object_store.machine("reader"), whole=False)
    (tmp_path / "pages" / "0.html").unlink()
    shard = Archive(one, SOURCE).shards()[0].name
    tables = ShardTables.of(one, SOURCE, shard)
    for path in (tables.documents, tables.ledger):  # as cleaning them again does
        path.rename(path.with_suffix(".old"))
        path.write_bytes(path.with_suffix(".old").read_bytes())
    with held(one, SOURCE):
        pass
    with pytest.raises(SitoError, match="is no longer what was published; if another run replaced it"):
        present(ShardTables.of(reader, SOURCE, shard).documents)
    assert urls(pull(reader)) == urls(one)


def test_a_table_that_is_replaced_while_it_is_fetched(object_store: ObjectStore, tmp_path: Path) -> None:
    """The listing is read again where what it names is gone."""
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    real, calls = Objects.download, 0

    def download(self: Objects, key: str, *rest: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            object_store.patch.setattr(Objects, "download", real)
            index = Archive(one, SOURCE).shards()[0]
            path = one / "clean" / "versions" / f"source={SOURCE}" / "versions.parquet"
            path.write_bytes(path.read_bytes() + b"0")
            with held(one, SOURCE):
                assert index.exists()
        real(self, key, *rest)

    object_store.patch.setattr(Objects, "download", download)
    reader = object_store.machine("reader")
    object_store.patch.setattr("flows.store.mirror._AT_ONCE", 1)
    pull(reader)
    assert calls == 1
    path = reader / "clean" / "versions" / f"source={SOURCE}" / "versions.parquet"
    assert path.read_bytes().endswith(b"0")


def test_a_lost_record_of_what_is_published_costs_no_page(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 2)
    (one / ".published.sqlite").unlink()
    ingest_folder(add(tmp_path / "pages", 9), one)
    reader = pull(object_store.machine("reader"))
    assert urls(reader) == urls(one)
    assert len(urls(one)) == 5


def test_a_fill_that_broke_off_is_made_anew(object_store: ObjectStore, tmp_path: Path) -> None:
    shards_on(object_store, tmp_path / "pages", "one", 1)
    reader = pull(object_store.machine("reader"), whole=False)
    shard = Archive(reader, SOURCE).shards()[0]
    with shard.open("r+b") as file:  # as a kill in the middle of it leaves it
        file.write(b"half")
    with held(reader, SOURCE):
        pass
    assert check_source(SOURCE, pull(object_store.machine("third"))).damages == []
    assert present(shard).read_bytes()[:2] == b"\x1f\x8b"
    assert check_source(SOURCE, reader).damages == []


def test_a_kill_while_stand_ins_are_made(object_store: ObjectStore, tmp_path: Path) -> None:
    shards_on(object_store, tmp_path / "pages", "one", 2)
    reader = object_store.machine("reader")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Record, "save", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pull(reader, whole=False)
    assert {0} == set(next((reader / "raw" / SOURCE).glob("*.warc.gz")).read_bytes())
    ingest_folder(add(tmp_path / "pages", 8), reader)
    assert check_source(SOURCE, pull(object_store.machine("third"))).damages == []
    assert len(urls(pull(reader))) == 5


def test_a_kill_before_a_file_is_replaced_by_a_stand_in(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    reader = pull(object_store.machine("reader"))
    name = next((one / "clean" / "documents").rglob("*.parquet")).relative_to(one)
    (one / name).with_suffix(".new").write_bytes((one / name).read_bytes() + b"later")
    (one / name).with_suffix(".new").replace(one / name)
    with held(one, SOURCE):
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.store.mirror.stand_in", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pull(reader, whole=False)
    pull(reader, whole=False)
    found, wanted = (reader / name).stat(), (one / name).stat()
    assert (found.st_size, found.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns)
    assert present(reader / name).read_bytes().endswith(b"later")


def test_a_stand_in_that_is_replaced_while_it_is_filled(object_store: ObjectStore, tmp_path: Path) -> None:
    """Another process brings the folder up to date meanwhile: the bytes of the later file come."""
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    reader = pull(object_store.machine("reader"), whole=False)
    table = next((reader / "clean" / "documents").rglob("*.parquet"))
    real, calls = Objects.download, 0

    def download(self: Objects, key: str, *rest: Any) -> None:
        nonlocal calls
        real(self, key, *rest)
        calls += 1
        if calls == 1:
            path = one / table.relative_to(reader)
            path.with_suffix(".new").write_bytes(path.read_bytes() + b"later")
            path.with_suffix(".new").replace(path)
            with held(one, SOURCE):
                pass
            bring_up_to_date(reader, SOURCE, lambda name: False)

    object_store.patch.setattr(Objects, "download", download)
    assert present(table).read_bytes().endswith(b"later")


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def apply(data: bytes) -> bytes:
        told = json.loads(gzip.decompress(data))
        change(told)
        return gzip.compress(json.dumps(told).encode())

    return apply


def naming(name: str, size: int = 1, token: str = "") -> Callable[[bytes], bytes]:
    return changed(lambda told: told["files"].update({name: [size, "0" * 64, 1, token]}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed(lambda told: told.update(sito=2)), "another release of sito"),
        (naming("../../x"), "is no file of news"),
        (naming("raw/other/1.cdxj"), "is no file of news"),
        (naming(f"raw/{SOURCE}/.lock"), "is no file of news"),
        (naming(f"raw/{SOURCE}/1.cdxj", token="../x"), "cannot be read"),
        (naming(f"raw/{SOURCE}/1.cdxj", -1), "cannot be read"),
        (changed(lambda told: told.update(files=[])), "or damaged"),
        (lambda data: data[:-20], "or damaged"),
        (lambda data: b"not packed", "or damaged"),
    ],
    ids=["release", "outside", "another source", "lock", "token", "size", "type", "cut", "text"],
)
def test_a_listing_that_is_none_changes_nothing_here(
    change: Callable[[bytes], bytes], said: str, object_store: ObjectStore, tmp_path: Path
) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    objects = objects_of(one)
    found = objects.read(LISTING, 2**20)
    assert found is not None
    objects.replace(LISTING, change(found[0]), found[1])
    before = urls(one)
    with pytest.raises(SitoError, match=said):
        pull(one)
    with pytest.raises(SitoError, match=said):
        ingest_folder(tmp_path / "pages", one)
    assert urls(one) == before
    assert not (tmp_path / "x").exists()


def test_a_listing_that_is_gone_is_said(object_store: ObjectStore, tmp_path: Path) -> None:
    one = shards_on(object_store, tmp_path / "pages", "one", 1)
    objects_of(one).remove([LISTING])
    with pytest.raises(SitoError, match="is gone, and was there; put it back"):
        ingest_folder(tmp_path / "pages", one)
