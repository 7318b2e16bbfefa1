"""An index is complete and of its shard, or it is made anew; what is gone is known, and captured again."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.archive.cdxj import index_path, read_entries, read_seal
from flows.archive.payload import payload_digest
from flows.archive.shard_reader import DamagedShard, read_shard
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.common.file_digest import file_digest
from support.captures import NOON, file, keep, response

PAGES = [file(f"file:///{n}", f"<p>Сторінка {n}</p>".encode()) for n in range(4)]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return keep(tmp_path, PAGES)[0]


@pytest.fixture
def shard(archive: Archive) -> Path:
    (only,) = archive.shards()
    return only


def recovered(archive: Archive) -> list[str]:
    with archive.lock():
        return archive.recover()


def mended(archive: Archive, shard: Path) -> list[str]:
    with archive.lock():
        return archive.mend(shard)


def lines(shard: Path) -> list[str]:
    return index_path(shard).read_text().splitlines(keepends=True)


class TestSeal:
    def test_it_names_the_shard_as_sha256sum_does_and_counts_the_captures(self, shard: Path) -> None:
        seal = read_seal(shard)
        assert seal is not None
        assert (seal.captures, seal.bytes, seal.damage) == (4, shard.stat().st_size, None)
        assert seal.shard == file_digest(shard)
        assert seal.fits("".join(lines(shard)[1:]))

    def test_it_sorts_before_every_key(self, shard: Path) -> None:
        assert lines(shard) == sorted(lines(shard))


BROKEN: dict[str, tuple[Callable[[list[str]], str], str]] = {
    "nothing left": (lambda _: "", "its index was not complete, rebuilt"),
    "seal alone": (lambda all_lines: all_lines[0], "its index was not complete, rebuilt"),
    "a line lost": (lambda all_lines: "".join(all_lines[:2] + all_lines[3:]), "its index was not complete, rebuilt"),
    "cut": (lambda all_lines: "".join(all_lines)[:-9], "its index was not complete, rebuilt"),
    "a line changed": (lambda all_lines: "".join(all_lines).replace("/2", "/7"), "its index was not complete, rebuilt"),
    "a line twice": (lambda all_lines: "".join(all_lines + all_lines[-1:]), "its index was not complete, rebuilt"),
    "no JSON": (lambda all_lines: "!meta {" + "".join(all_lines), "its index was damaged, rebuilt"),
    "another seal": (lambda all_lines: "!meta {}\n" + "".join(all_lines[1:]), "its index was damaged, rebuilt"),
    "zeros": (lambda all_lines: "\0" * len("".join(all_lines)), "its index was not complete, rebuilt"),
    "old, lines lost": (lambda all_lines: "".join(all_lines[2:]), "its index was not complete, rebuilt"),
}


class TestIndex:
    @pytest.mark.parametrize("broken", BROKEN)
    def test_a_broken_one_is_rebuilt_and_doubles_no_page(self, archive: Archive, shard: Path, broken: str) -> None:
        how, said = BROKEN[broken]
        before = lines(shard)
        index_path(shard).write_text(how(before))
        assert recovered(archive) == [f"{shard}: {said}"]
        assert lines(shard) == before
        assert keep(archive.folder.parents[1], PAGES)[1] == [False] * 4
        assert recovered(archive) == []

    def test_one_of_an_earlier_release_is_sealed_without_a_word(self, archive: Archive, shard: Path) -> None:
        before = lines(shard)
        index_path(shard).write_text("".join(before[1:]))
        assert [entry.url for entry in read_entries(shard)] == [page.url for page in PAGES]
        assert recovered(archive) == []
        assert lines(shard) == before

    def test_that_of_another_shard_is_not_believed(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, PAGES, shard_bytes=1)
        first, second, *_ = archive.shards()
        before = lines(first)
        index_path(first).write_bytes(index_path(second).read_bytes())
        assert len(mended(archive, first)) == 1
        assert lines(first) == before

    @pytest.mark.parametrize("lost", [1, 4])
    def test_without_its_lines_it_is_not_read(self, shard: Path, lost: int) -> None:
        index_path(shard).write_text("".join(lines(shard)[:-lost]))
        with pytest.raises(SitoError, match="it is not complete"):
            read_entries(shard)


def rewritten(shard: Path, place: int, body: bytes) -> None:
    """Give a record another payload of the same length, as if somebody had packed it again."""
    entries = read_entries(shard)
    start = entries[place].offset
    end = entries[place + 1].offset if place + 1 < len(entries) else None
    whole = shard.read_bytes()
    member = gzip.decompress(whole[start:end])
    old = PAGES[place].body
    assert len(body) == len(old)
    assert old in member
    packed = io.BytesIO()  # with a name, so that it is never shorter than it was
    with gzip.GzipFile("packed again", "wb", fileobj=packed, mtime=0) as file:
        file.write(member.replace(old, body))
    shard.write_bytes(whole[:start] + packed.getvalue() + (whole[end:] if end else b""))


class TestShard:
    def test_one_cut_between_records_is_told_in_each_run_and_what_is_gone_is_captured_again(
        self, archive: Archive, shard: Path
    ) -> None:
        whole = shard.read_bytes()
        shard.write_bytes(whole[: read_entries(shard)[2].offset])
        (said,) = recovered(archive)
        assert said.startswith(f"{shard}: damaged (2 captures that its index listed are not there)")
        assert archive.gone == {"file:///2", "file:///3"}
        assert ["2 captures that its index listed" in said for said in recovered(archive)] == [True]
        with pytest.raises(DamagedShard, match="2 captures that its index listed are not there"):
            list(read_shard(shard))
        assert keep(archive.folder.parents[1], PAGES)[1] == [False, False, True, True]
        shard.write_bytes(whole)
        assert recovered(archive) == [f"{shard}: changed since it was indexed; its index was, rebuilt"]
        assert recovered(archive) == []

    @pytest.mark.parametrize("content", [b"", b"no shard", b"\0" * 900])
    def test_one_without_its_content_is_damaged(self, archive: Archive, shard: Path, content: bytes) -> None:
        shard.write_bytes(content)
        (said,) = recovered(archive)
        assert "damaged (at offset 0" in said
        assert len(archive.gone) == 4

    def test_a_changed_bit_is_found_by_reading_it(self, archive: Archive, shard: Path) -> None:
        whole = bytearray(shard.read_bytes())
        whole[read_entries(shard)[3].offset + 40] ^= 4
        shard.write_bytes(whole)
        assert recovered(archive) == []  # its size is that of before
        (said,) = mended(archive, shard)
        assert "damaged (at offset" in said
        assert archive.gone == {"file:///3"}
        assert keep(archive.folder.parents[1], PAGES)[1] == [False, False, False, True]

    def test_a_payload_that_does_not_match_is_neither_read_nor_held(self, archive: Archive, shard: Path) -> None:
        rewritten(shard, 1, PAGES[1].body.replace(b"1", b"9"))
        pages = list(read_shard(shard))
        assert [page.error is None for page in pages] == [True, False, True, True]
        assert "does not match its digest" in str(pages[1].error)
        assert pages[1].body == b""
        (said,) = mended(archive, shard)
        assert "does not match its digest" in said
        assert archive.gone == {"file:///1"}
        assert keep(archive.folder.parents[1], PAGES)[1] == [False, True, False, False]

    @pytest.mark.parametrize(("places", "said"), [((0,), "digest; its"), ((0, 1, 3), "digest, nor do 2 others; its")])
    def test_payloads_that_do_not_match_are_counted(
        self, archive: Archive, shard: Path, places: tuple[int, ...], said: str
    ) -> None:
        for place in reversed(places):
            rewritten(shard, place, PAGES[place].body.replace(str(place).encode(), b"9"))
        shard.write_bytes(shard.read_bytes() + b"rest")
        (told,) = mended(archive, shard)
        assert f"damaged (at offset {shard.stat().st_size - 4}; the payload of the record at offset" in told
        assert said in told.replace("); its", "; its")


class TestRevisits:
    """A revisit never points at a record that is not there."""

    def spoil(self, shard: Path) -> None:
        whole = bytearray(shard.read_bytes())
        for entry in read_entries(shard):
            whole[entry.offset + 40] ^= 4
        shard.write_bytes(whole)

    def test_the_same_bytes_are_archived_again_where_their_record_is_damaged(self, tmp_path: Path) -> None:
        archive, _, captured = keep(tmp_path, [response()])
        self.spoil(archive.shards()[0])
        with archive.lock(), archive.writer(captured) as writer:
            assert writer.add(response())
            assert not writer.add(response())
        assert [entry.revisit for entry in read_entries(archive.shards()[1])] == [False, True]
        assert response().url not in {entry.url for entry in read_entries(archive.shards()[0])}

    def test_not_modified_confirms_no_damaged_record(self, tmp_path: Path) -> None:
        archive, _, captured = keep(tmp_path, [response()])
        self.spoil(archive.shards()[0])
        with archive.lock(), archive.writer(captured) as writer:
            with pytest.raises(ValueError, match="nothing is archived"):
                writer.add(response(status=304, body=b""))
            assert response().url not in captured
        assert len(captured) == 0

    def test_a_whole_record_is_found(self, tmp_path: Path) -> None:
        _, _, captured = keep(tmp_path, [response(), file()])
        found = captured.original(file().url, payload_digest(file().body))
        assert found is not None
        assert found.at == NOON
        assert keep(tmp_path, [response(), file()])[1] == [False, False]
