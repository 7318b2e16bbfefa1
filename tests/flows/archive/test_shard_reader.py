"""Reading shards back: pages whole and in order, damage named, packed pages opened within bounds."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

import pytest
from fastwarc.stream_io import BrotliWriter, ZstdWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.cdxj import make_index
from flows.archive.payload import PAGE_BYTES, PayloadError, open_payload, payload_digest
from flows.archive.shard_reader import DamagedShard, StoredPage, read_page, read_shard
from flows.common.errors import SitoError
from support.captures import HTML, NOON, file, keep, response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.common.page_types import Capture

gz = partial(gzip.compress, mtime=0)  # the same at any time: parameters name their tests

PAGES = (
    file("file:///first.html", evidence='{"title": "first"}'),
    response("https://example.org/second", evidence='{"title": "second"}'),
    response("https://example.org/second", at=NOON + timedelta(hours=1)),
    file("file:///third.html", b""),
    response("https://example.org/gone", status=404),
    file("file:///fourth.html", HTML * 3),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[StoredPage]]:
    archive, _, _ = keep(tmp_path_factory.mktemp("whole"), PAGES)
    (shard,) = archive.shards()
    return shard, list(read_shard(shard))


def stored(data: Path, capture: Capture, page_bytes: int = PAGE_BYTES) -> StoredPage:
    archive, _, _ = keep(data, [capture])
    (page,) = read_shard(archive.shards()[0], page_bytes)
    return page


def read(shard: Path) -> tuple[list[StoredPage], DamagedShard | None]:
    pages = []
    try:
        for page in read_shard(shard):
            pages.append(page)
    except DamagedShard as damage:
        return pages, damage
    return pages, None


class TestReading:
    def test_new_pages_come_in_order_without_revisits_and_error_pages(
        self, whole: tuple[Path, list[StoredPage]]
    ) -> None:
        urls = [page.url for page in whole[1]]
        assert urls == ["file:///first.html", "https://example.org/second", "file:///third.html", "file:///fourth.html"]
        assert [page.body for page in whole[1]] == [HTML, HTML, b"", HTML * 3]
        assert [page.status for page in whole[1]] == [None, 200, None, None]
        assert [page.evidence for page in whole[1]] == ['{"title": "first"}', '{"title": "second"}', None, None]

    def test_a_page_is_found_by_its_offset(self, whole: tuple[Path, list[StoredPage]]) -> None:
        shard, pages = whole
        for page in pages:
            assert read_page(shard, page.offset) == page

    @pytest.mark.parametrize("away", [1, 7, -1, 10**9])
    def test_no_page_begins_elsewhere(self, whole: tuple[Path, list[StoredPage]], away: int) -> None:
        shard, pages = whole
        with pytest.raises(DamagedShard, match=f"offset {pages[1].offset + away}"):
            read_page(shard, pages[1].offset + away)

    def test_a_record_that_is_no_page_is_not_given_for_one(self, whole: tuple[Path, list[StoredPage]]) -> None:
        with pytest.raises(DamagedShard, match="offset 0"):
            read_page(whole[0], 0)

    def test_digest_type_and_time_are_those_of_the_capture(self, tmp_path: Path) -> None:
        moment = datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=timezone(timedelta(hours=2)))
        page = stored(tmp_path, response(at=moment))
        assert page.at == moment
        assert page.at.utcoffset() == timedelta(0)
        assert page.digest == payload_digest(HTML) == payload_digest(bytearray(HTML))
        assert page.content_type == "text/html; charset=utf-8"

    @settings(max_examples=30, deadline=None)
    @given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))
    def test_any_time_survives(self, tmp_path_factory: pytest.TempPathFactory, at: datetime) -> None:
        archive, _, _ = keep(tmp_path_factory.mktemp("time"), [file(at=at)])
        (page,) = read_shard(archive.shards()[0])
        captured = archive.captured().get(page.url)
        assert captured is not None
        assert page.at == captured.at == at

    def test_a_file_without_type_has_none(self, tmp_path: Path) -> None:
        assert stored(tmp_path, replace(file(), content_type=None)).content_type is None

    @pytest.mark.slow
    def test_fifty_megabytes_and_nothing_at_all(self, tmp_path: Path) -> None:
        large = os.urandom(2**20) * 50
        archive, new, _ = keep(tmp_path, [file(body=large), file("file:///empty.html", b"")])
        assert new == [True, True]
        bodies = [page.body for page in read_shard(archive.shards()[0])]
        assert bodies[0] == large
        assert bodies[1] == b""

    def test_headers_of_a_hundred_kilobytes_are_not_the_page(self, tmp_path: Path) -> None:
        headers = tuple((f"X-Policy-{n}", "v" * 4000) for n in range(30))
        assert stored(tmp_path, response(headers=headers)).body == HTML

    def test_a_missing_shard_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SitoError, match=r"none\.warc\.gz: cannot be read: No such file"):
            list(read_shard(tmp_path / "none.warc.gz"))
        with pytest.raises(SitoError, match=r"none\.warc\.gz"):
            read_page(tmp_path / "none.warc.gz", 0)


def assert_begins_with(good: list[StoredPage], pages: list[StoredPage]) -> None:
    """The last page's evidence is a record of its own, and may be what is damaged."""
    if pages and pages[-1].evidence is None:
        good = [*good[: len(pages) - 1], replace(good[len(pages) - 1], evidence=None)]
    assert pages == good[: len(pages)]


class TestDamage:
    def test_cut_anywhere_gives_the_pages_before_and_names_the_place(
        self, whole: tuple[Path, list[StoredPage]], tmp_path: Path
    ) -> None:
        shard, good = whole
        raw, copy = shard.read_bytes(), tmp_path / shard.name
        boundaries = member_starts(raw)
        for length in range(0, len(raw), 3):
            copy.write_bytes(raw[:length])
            pages, damage = read(copy)
            assert_begins_with(good, pages)
            if length in boundaries - {0}:  # nothing in the file tells that there was more
                continue
            assert damage is not None
            place = max(start for start in boundaries if start <= length)
            assert str(damage).startswith(f"{copy}: damaged at offset {place} (")
            following = [page for page in good[len(pages) :] if page.offset < place]
            assert following == []

    def test_a_cut_between_two_records_is_told_by_the_index(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, PAGES)
        (shard,) = archive.shards()
        good = list(read_shard(shard))
        shard.write_bytes(shard.read_bytes()[: good[-1].offset])
        pages, damage = read(shard)
        assert pages == good[:-1]
        assert f"damaged at offset {good[-1].offset} (it is shorter than its index says)" in str(damage)

    def test_a_broken_index_is_no_damage_of_the_shard(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, PAGES)
        (shard,) = archive.shards()
        before = list(read_shard(shard))
        shard.with_name(shard.name.replace(".warc.gz", ".cdxj")).write_text("no index")
        assert list(read_shard(shard)) == before

    def test_a_changed_byte_never_changes_a_page(self, whole: tuple[Path, list[StoredPage]], tmp_path: Path) -> None:
        shard, good = whole
        raw, copy = shard.read_bytes(), tmp_path / shard.name
        for place in range(0, len(raw), 5):
            changed = bytearray(raw)
            changed[place] ^= 0x55
            copy.write_bytes(changed)
            pages, damage = read(copy)
            assert_begins_with(good, pages)
            assert damage is not None or len(pages) == len(good)  # some bytes of gzip's head mean nothing

    def test_the_index_of_a_damaged_shard_knows_whole_records_only(
        self, whole: tuple[Path, list[StoredPage]], tmp_path: Path
    ) -> None:
        shard, _ = whole
        raw, copy = shard.read_bytes(), tmp_path / shard.name
        lines, damage = make_index(shard, shard.name)
        assert damage is None
        for length in range(1, len(raw), 40):
            copy.write_bytes(raw[:length])
            some, damage = make_index(copy, shard.name)
            assert set(some.splitlines()) <= set(lines.splitlines())
            assert damage is not None or length in member_starts(raw)

    @pytest.mark.parametrize(
        "content",
        [b"", b"\0" * 500, b"<html>no archive</html>", gz(b"no warc\r\n\r\n"), gz(b"")],
        ids=["empty", "zeros", "html", "gzip of something else", "gzip of nothing"],
    )
    def test_what_is_no_shard_is_damaged_from_its_start(self, tmp_path: Path, content: bytes) -> None:
        shard = tmp_path / "x.warc.gz"
        shard.write_bytes(content)
        with pytest.raises(DamagedShard, match="damaged at offset 0 "):
            list(read_shard(shard))
        assert make_index(shard, shard.name)[0] == ""

    def test_what_follows_the_last_record_is_damage(self, whole: tuple[Path, list[StoredPage]], tmp_path: Path) -> None:
        shard, good = whole
        copy = tmp_path / shard.name
        copy.write_bytes(shard.read_bytes() + b"more")
        pages, damage = read(copy)
        assert pages == good
        assert f"offset {shard.stat().st_size} " in str(damage)


def member_starts(raw: bytes) -> set[int]:
    starts, rest = {0}, raw
    while rest:
        stream = zlib.decompressobj(31)
        stream.decompress(rest)
        rest = stream.unused_data
        starts.add(len(raw) - len(rest))
    return starts


def brotli(data: bytes) -> bytes:
    return packed(BrotliWriter, data)


def zstd(data: bytes) -> bytes:
    return packed(ZstdWriter, data)


def packed(writer: type, data: bytes) -> bytes:
    out = io.BytesIO()
    stream = writer(out)
    stream.write(data)
    out.close = lambda: None  # type: ignore[method-assign]  # the stream closes it, and its bytes would be gone
    stream.close()
    return out.getvalue()


def bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


class TestPayload:
    @pytest.mark.parametrize(
        ("encoding", "payload"),
        [
            (None, HTML),
            ("", HTML),
            ("identity", HTML),
            ("gzip", gz(HTML)),
            ("GZIP ", gz(HTML)),
            ("x-gzip", gz(HTML)),
            ("deflate", zlib.compress(HTML)),
            ("deflate", bare_deflate(HTML)),
            ("br", brotli(HTML)),
            ("zstd", zstd(HTML)),
            ("gzip, br", brotli(gz(HTML))),
            ("gzip", HTML),  # the server says so, but did not
            ("none", HTML),
            ("UTF-8", HTML),
            ("compress", HTML),
            ("br", HTML),
            ("deflate", HTML),
            ("zstd", HTML),
            ("br, none", brotli(HTML)),
            ("br", gz(HTML)),
            (None, gz(HTML)),  # page.html.gz, served or in a folder
            ("gzip", gz(gz(HTML))),
            (None, gz(HTML[:9]) + gz(HTML[9:])),
            (None, gz(HTML) + b"\0" * 20),
        ],
    )
    def test_encodings_are_undone(self, encoding: str | None, payload: bytes) -> None:
        assert open_payload(payload, encoding) == HTML

    @pytest.mark.parametrize("encoding", [None, "gzip", "deflate", "br", "zstd"])
    def test_wrongly_labelled_text_is_taken_in_its_charset(self, encoding: str | None) -> None:
        for charset in ("utf-8", "cp1251", "utf-16"):
            page = HTML.decode().encode(charset)
            assert open_payload(page, encoding) == page
        text = ("Причал " * 2000).encode()  # the sample ends inside a letter
        assert open_payload(text, encoding) == text

    @pytest.mark.parametrize("encoding", [None, "gzip", "deflate", "br", "zstd"])
    def test_nothing_is_nothing_in_every_encoding(self, encoding: str | None) -> None:
        assert open_payload(b"", encoding) == b""

    @pytest.mark.parametrize(
        ("encoding", "payload", "reason"),
        [
            (None, gz(HTML)[:-12], "broken gzip: it ends in the middle"),
            (None, b"\x1f\x8b", "broken gzip"),
            (None, b"\x1f\x8b\x08\x00not gzip at all", "broken gzip"),
            ("gzip", gz(HTML)[:20], "broken gzip"),
            ("br", b"\x8b\x03\x80" + HTML, "broken compression"),
            ("br", brotli(HTML)[:-5], "broken compression"),
            ("zstd", zstd(HTML)[:-5], "broken compression"),
            ("zstd", brotli(HTML), "broken compression"),
            ("deflate", zlib.compress(HTML)[:-9], "broken gzip"),
            ("compress", b"\x1f\x9d\x90" + HTML, "unknown content encoding 'compress'"),
            ("gzip," * 5, HTML, "5 content encodings"),
        ],
    )
    def test_what_cannot_be_undone_says_why(self, encoding: str | None, payload: bytes, reason: str) -> None:
        with pytest.raises(PayloadError, match=reason):
            open_payload(payload, encoding)

    @pytest.mark.parametrize(
        ("encoding", "pack"),
        [(None, gz), ("gzip", gz), ("deflate", zlib.compress), ("br", brotli), ("zstd", zstd)],
    )
    def test_a_bomb_is_not_unpacked_beyond_the_limit(
        self, encoding: str | None, pack: Callable[[bytes], bytes]
    ) -> None:
        bomb = pack(b"\0" * 2**22)
        assert len(bomb) < 2**13
        assert len(open_payload(bomb, encoding, 2**22)) == 2**22
        with pytest.raises(PayloadError, match="over 1 MiB when unpacked"):
            open_payload(bomb, encoding, 2**20)

    def test_a_page_of_very_many_members_is_unpacked_without_delay(self) -> None:
        assert open_payload(gz(b"x") * 200_000) == b"x" * 200_000  # minutes, if each copied the rest

    def test_a_bomb_of_many_members_or_many_layers_is_one_too(self) -> None:
        with pytest.raises(PayloadError, match="over 1 MiB"):
            open_payload(gz(b"\0" * 2**18) * 5, None, 2**20)
        with pytest.raises(PayloadError, match="over 1 MiB"):
            open_payload(gz(gz(b"\0" * 2**22)), "gzip", 2**20)

    @pytest.mark.parametrize("payload", [gz(b"\0" * 2**22), gz(HTML)[:-9], b"x" * (2**20 + 1)])
    def test_a_bad_page_is_its_own_error_and_not_the_shards(self, tmp_path: Path, payload: bytes) -> None:
        archive, _, _ = keep(tmp_path, [file("file:///bad.html.gz", payload), file(), response(body=payload)])
        bad, good, third = read_shard(archive.shards()[0], 2**20)
        assert (bad.body, good.body, good.error, third.body) == (b"", HTML, None, b"")
        assert bad.error is not None
        assert bad.error == third.error
        assert bad.digest == payload_digest(payload)

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(["gzip", "deflate", "br", "zstd", None]), st.binary(max_size=80), st.booleans())
    def test_any_bytes_give_a_page_or_a_reason(self, encoding: str | None, payload: bytes, magic: bool) -> None:
        with suppress(PayloadError):
            assert isinstance(open_payload(b"\x1f\x8b\x08\x00" * magic + payload, encoding, 2**16), bytes)
