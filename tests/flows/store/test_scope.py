"""Which files are published, in which order, and at which keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.common.source_names import is_source
from flows.store.listing import Listing, Published, object_key
from flows.store.publication import _TOKEN
from flows.store.scope import STORIES, in_order, is_lazy, is_of_run, scope_of, shard_stem

if TYPE_CHECKING:
    from pathlib import Path

STEM = "20260301T090000Z-000001"
PUBLISHED = [
    f"raw/news/{STEM}.warc.gz",
    f"raw/news/{STEM}-r2.warc.gz",
    f"raw/news/{STEM}.cdxj",
    "raw/news/.rewrites.json",
    "raw/news/.checked",
    f"clean/documents/source=news/{STEM}.parquet",
    f"clean/ledger/source=news/{STEM}.parquet",
    f"clean/ledger/source=news/.{STEM}.parquet.sums",
    "clean/versions/source=news/versions.parquet",
    "clean/memory/source=news/2026-03-01-0123456789abcdef.json",
    "runs/news/20260301T090000.000000Z-terminal-1.json",
    "runs/news/changes/20260301T090000.000000Z-terminal-1.json",
    "clean/cleaners/0.2.0+8e8991b39da7.json.gz",
]
KEPT_HERE = [
    *("raw/news/.lock", "raw/news/.manifest.sqlite", "raw/news/.files.json.gz", "raw/news/.lease.json"),
    *(f"raw/news/{STEM}.warc.gz.part", f"raw/news/{STEM}.cdxj.part", "raw/news/notes.txt", "raw/other/1.cdxj"),
    f"clean/documents/source=news/.{STEM}.parquet.123.part",
    f"clean/documents/source=news/.{STEM}.parquet.before",
    "clean/documents/source=other/1.parquet",
    *("runs/news/.x.json.part", "runs/.served.json", "state.sqlite", "clean/look.duckdb", "runs/.look-key"),
]


def test_what_is_published_and_what_stays_here(tmp_path: Path) -> None:
    for name in [*PUBLISHED, *KEPT_HERE]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "raw/news/link.cdxj").symlink_to("/etc/passwd")
    assert sorted(name for name, _ in scope_of("news").files(tmp_path)) == sorted(PUBLISHED)
    (tmp_path / "clean/stories/_index").mkdir(parents=True)
    for name in ("2026-03-01.parquet", ".lock", "_index/shards.json", "_index/.x.part"):
        (tmp_path / "clean/stories" / name).write_text("x")
    found = [name for name, _ in scope_of(STORIES).files(tmp_path)]
    assert found == ["clean/stories/2026-03-01.parquet", "clean/stories/_index/shards.json"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_key_is_the_name_with_a_token_in_it(name: str) -> None:
    assert object_key(name, "") == name
    key = object_key(name, "0123abcd")
    assert key != name
    assert _TOKEN.sub("", key, count=1) == name
    assert key.rpartition(".")[2] == name.rpartition(".")[2] or name.endswith(".checked")
    assert not scope_of("news").form.fullmatch(f"../{name}")


def test_shards_come_first_and_what_hides_others_last() -> None:
    order = in_order(PUBLISHED)
    assert [name.endswith(".warc.gz") for name in order[:3]] == [True, True, False]
    assert order[-1].endswith(".rewrites.json")


def test_what_is_fetched_when_it_is_needed() -> None:
    lazy = [name for name in PUBLISHED if is_lazy(name)]
    assert lazy == [*PUBLISHED[:2], *PUBLISHED[5:8], *PUBLISHED[10:12]]


def test_what_belongs_to_which_shard() -> None:
    assert [shard_stem(name) for name in PUBLISHED[5:8]] == [STEM] * 3
    assert shard_stem(PUBLISHED[2]) == STEM
    assert shard_stem(PUBLISHED[0]) is None
    assert shard_stem(PUBLISHED[8]) == "versions" or shard_stem(PUBLISHED[8]) is None
    of_run = [name for name in PUBLISHED if is_of_run(name)]
    assert of_run == [PUBLISHED[0], PUBLISHED[2], *PUBLISHED[5:8], *PUBLISHED[10:]]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "A", "source=news", "a" * 65])
def test_what_is_no_name_of_a_source(name: str) -> None:
    assert not is_source(name)
    with pytest.raises(ValueError, match="is no name of a source"):
        scope_of(name)


def test_a_listing_is_read_as_it_was_written() -> None:
    listing = Listing(7, {name: Published(n, f"{n:064x}", n, "") for n, name in enumerate(PUBLISHED)}, {"tables": []})
    assert Listing.from_bytes(listing.to_bytes(), scope_of("news"), "here") == listing
    assert listing.to_bytes() != listing.to_bytes(), "a writer knows its own"
