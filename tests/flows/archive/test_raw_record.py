from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.archive.cdxj import read_entries
from flows.archive.raw_record import read_heads
from flows.common.errors import SitoError
from support.captures import file, keep, response

if TYPE_CHECKING:
    from pathlib import Path

HEADERS = (("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=\u00e9"), ("X-Long", "x" * 300_000))


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    archive, _, _ = keep(tmp_path, [response(headers=HEADERS), file()])
    return archive.shards()[0]


def test_both_heads_are_given_as_they_were_written(shard: Path) -> None:
    answer, document = (read_heads(shard, entry.offset) for entry in read_entries(shard))
    assert answer.warc.startswith("WARC/1.1\nWARC-")
    assert "\nWARC-Target-URI: https://example.org/bridge\n" in answer.warc
    lines = answer.http.split("\n")
    assert (lines[0], lines[2:4]) == ("HTTP/1.1 200 OK", ["Set-Cookie: a=1", "Set-Cookie: b=é"])
    assert lines[4] == f"X-Long: {'x' * 300_000}"
    assert "<html>" not in answer.http
    assert "\nWARC-Type: resource\n" in document.warc
    assert document.http == ""


@pytest.mark.parametrize("offset", [1, 10**9])
def test_where_no_record_begins_nothing_is_given(shard: Path, offset: int) -> None:
    with pytest.raises(SitoError, match=f"no record begins at offset {offset}"):
        read_heads(shard, offset)


def test_a_cut_record_gives_no_heads(shard: Path) -> None:
    shard.write_bytes(shard.read_bytes()[:40])
    with pytest.raises(SitoError, match="no record begins at offset 0"):
        read_heads(shard, 0)
    with pytest.raises(SitoError, match="cannot be read"):
        read_heads(shard.with_name("none"), 0)
