"""A shard made of the records of others holds them byte for byte, and says what it does not hold any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.archive.cdxj import index_path, read_entries
from flows.archive.merged_shard import KeptRecords, is_whole, write_merged
from flows.archive.pruned_versions import PrunedVersion, read_pruned
from flows.archive.shard_reader import read_page, read_shard
from flows.archive.verify import verify_shard
from flows.common.errors import SitoError
from support.captures import NOON, file, keep, response

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
MADE = "20991231T000000Z-000000-r1.warc.gz"


def shards(data: Path) -> list[Path]:
    """Two shards: a page with its request and evidence, a file, and an error; then its next version and a revisit."""
    keep(data, [response(evidence='{"title": "Міст"}'), file(), response("https://example.org/no", b"no", status=500)])
    archive, _, _ = keep(data, [response(body=b"later", at=NOON + DAY), response(body=b"later", at=NOON + 2 * DAY)])
    return archive.shards()


def every(shard: Path) -> KeptRecords:
    return KeptRecords(shard, {entry.offset for entry in read_entries(shard)})


def test_all_records_are_copied_with_what_goes_with_them(tmp_path: Path) -> None:
    old = shards(tmp_path)
    made = old[0].with_name(MADE)
    moved = write_merged(made, "news", list(map(every, old)))
    assert verify_shard(made, "news") == ([], read_entries(made))
    assert [entry._replace(offset=0) for entry in read_entries(made)] == [
        entry._replace(offset=0) for shard in old for entry in read_entries(shard)
    ]
    for shard in old:
        whole, copy = shard.read_bytes(), made.read_bytes()
        begin = read_entries(shard)[0].offset
        assert whole[begin:] in copy
        for page in read_shard(shard):
            now = read_page(made, moved[shard][page.offset])
            assert (now.url, now.body, now.at, now.digest) == (page.url, page.body, page.at, page.digest)
            assert now.evidence == page.evidence
    with made.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert kinds.count("warcinfo") == 1
    assert kinds.count("request") == 4
    assert read_pruned(made) == []


def test_what_does_not_stay_is_named_also_when_the_shard_is_rewritten_again(tmp_path: Path) -> None:
    first, second = shards(tmp_path)
    entries = read_entries(first)
    made = first.with_name(MADE)
    write_merged(made, "news", [KeptRecords(first, {entries[1].offset}), every(second)])
    assert [entry.url for entry in read_entries(made)] == [
        "file:///pages/bridge.html",
        *["https://example.org/bridge"] * 2,
    ]
    gone = PrunedVersion("https://example.org/bridge", entries[0].digest, NOON)
    assert read_pruned(made) == [gone], "the error page was no version"
    again = made.with_name(MADE.replace("-r1", "-r2"))
    write_merged(again, "news", [KeptRecords(made, {read_entries(made)[-1].offset})])
    assert [version.url for version in read_pruned(again)] == [gone.url, "file:///pages/bridge.html", gone.url]
    assert [entry.revisit for entry in read_entries(again)] == [True]


def test_a_shard_of_which_nothing_stays_still_says_what_it_held(tmp_path: Path) -> None:
    first, _ = shards(tmp_path)
    made = first.with_name(MADE)
    assert write_merged(made, "news", [KeptRecords(first, ())]) == {first: {}}
    assert verify_shard(made, "news") == ([], [])
    assert list(read_shard(made)) == []
    assert len(read_pruned(made)) == 2


def test_an_old_shard_that_is_not_what_its_index_says_is_not_copied(tmp_path: Path) -> None:
    first, second = shards(tmp_path)
    content = bytearray(first.read_bytes())
    content[read_entries(first)[1].offset + 40] ^= 0x10
    first.write_bytes(content)
    assert is_whole(first), "of which only reading it tells"
    with pytest.raises((SitoError, OSError)):
        write_merged(first.with_name(MADE), "news", list(map(every, (first, second))))


def test_a_shard_without_a_whole_index_is_not_whole(tmp_path: Path) -> None:
    first, second = shards(tmp_path)
    index_path(first).unlink()
    second.write_bytes(second.read_bytes()[:-9])
    assert not is_whole(first)
    assert not is_whole(second)
