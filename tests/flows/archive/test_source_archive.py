"""What a run leaves in raw/: records that every WARC tool reads, an index, and the knowledge of what is captured."""

from __future__ import annotations

import errno
import gzip
import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from flows.archive.captured_index import CapturedIndex
from flows.archive.cdxj import index_path, make_index
from flows.archive.payload import payload_digest
from flows.archive.shard_reader import read_page, read_shard
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.urls.surt import surt
from flows.urls.uri import MAX_URI, BadAddressError
from support.captures import HTML, NOON, file, keep, response

if TYPE_CHECKING:
    from flows.common.page_types import Capture

HOSTILE_URLS = (
    "file:///news/%D1%81%D1%82%D0%B0%D1%82%D1%82%D1%8F%201.html",
    "file:///news/стаття 1.html",
    "file:///100%25.html",
    "file:///100%.html",
    "file:///a%2Fb/%3Fq%23.html",
    "file:///folder/UPPER.HTML",
    'file:///q"uo`te<s>{curly}|^\\.html',
    "file:///" + "%D1%97" * 1500 + ".html",
    "https://приклад.укр/Новини/?б=2&а=1",
    "https://example.org/?b=2&a=1&utm_source=x",
    "https://example.org:8443/a;jsessionid=ABC?#fragment",
    "http://[::1]:8000/x",
    "http://[broken/x",
    "https://example.org/\udcff.html",
    "https://example.org/😀/\u2028/\x85",
    "https://example.org/" + "a" * (MAX_URI - 30),
)


def index_lines(archive: Archive) -> list[tuple[str, str, dict[str, str]]]:
    lines = []
    for shard in archive.shards():
        for line in (shard.parent / shard.name.replace(".warc.gz", ".cdxj")).read_text().splitlines()[1:]:
            key, time, fields = line.split(" ", 2)
            lines.append((key, time, json.loads(fields)))
    return lines


def warcio_records(shard: Path) -> list[tuple[str, dict[str, str], bytes]]:
    with shard.open("rb") as stream:
        return [
            (r.rec_type, dict(r.rec_headers.headers), r.raw_stream.read())
            for r in ArchiveIterator(stream)
            if r.rec_type
        ]


def typed(content_type: str) -> Capture:
    return replace(file("file:///typed.html"), content_type=content_type)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    later = NOON + timedelta(hours=1)
    captures = [
        file(evidence='{"title": "Міст"}'),
        file(at=later),
        file(url="file:///pages/empty.html", body=b""),
        response(evidence="{}"),
        response(at=later),
        response(url="https://example.org/gone", status=404, body=b"nothing here"),
        response(url="https://example.org/packed", body=gzip.compress(HTML), headers=(("Content-Encoding", "gzip"),)),
        *(file(url) for url in HOSTILE_URLS),
        *(response(url) for url in HOSTILE_URLS if url.startswith("http")),
    ]
    return keep(tmp_path, captures)[0]


class TestRecords:
    def test_warcio_and_fastwarc_read_the_same_records(self, archive: Archive) -> None:
        (shard,) = archive.shards()
        slow = warcio_records(shard)
        with shard.open("rb") as stream:
            fast = [
                (str(r.record_type), r.headers.get("WARC-Record-ID"), r.headers.get("WARC-Target-URI"), r.reader.read())
                for r in FastIterator(stream)
            ]
        assert [(t, h["WARC-Record-ID"], h.get("WARC-Target-URI"), body) for t, h, body in slow] == fast
        assert [t for t, _, _ in slow[:6]] == ["warcinfo", "resource", "metadata", "revisit", "resource", "response"]

    def test_digests_pass_the_check_of_warcio(self, archive: Archive) -> None:
        command = [sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, archive.shards())]
        check = subprocess.run(command, capture_output=True, text=True, check=False)
        assert check.returncode == 0, check.stdout
        kinds = [kind for shard in archive.shards() for kind, _, _ in warcio_records(shard)]
        assert check.stdout.count("digest pass") == len(kinds) - kinds.count("revisit") > 30

    def test_fastwarc_verifies_the_digests_too(self, archive: Archive) -> None:
        with archive.shards()[0].open("rb") as stream:
            checked = [record.verify_block_digest() for record in FastIterator(stream, parse_http=False)]
        assert all(checked)
        assert len(checked) == len(warcio_records(archive.shards()[0]))

    def test_every_record_is_a_gzip_member_of_a_whole_warc_1_1_record(self, archive: Archive) -> None:
        (shard,) = archive.shards()
        for _, _, fields in index_lines(archive):
            start, length = int(fields["offset"]), int(fields["length"])
            record = gzip.decompress(shard.read_bytes()[start : start + length])
            assert record.startswith(b"WARC/1.1\r\n")
            assert record.endswith(b"\r\n\r\n")
            assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in record

    def test_the_first_record_says_what_wrote_the_shard(self, archive: Archive) -> None:
        kind, headers, body = warcio_records(archive.shards()[0])[0]
        assert kind == "warcinfo"
        assert headers["WARC-Filename"] == archive.shards()[0].name
        assert re.search(rb"software: sito/\d", body)
        assert b"isPartOf: news" in body

    def test_a_response_keeps_body_and_headers_as_received(self, tmp_path: Path) -> None:
        packed = gzip.compress(HTML)
        headers = (
            ("content-TYPE", "text/html"),
            ("Content-Encoding", "gzip"),
            ("Transfer-Encoding", "chunked"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-Name", "стаття".encode().decode("latin-1")),
        )
        archive, _, _ = keep(tmp_path, [response(body=packed, headers=headers)])
        (shard,) = archive.shards()
        offset = int(index_lines(archive)[0][2]["offset"])
        raw = gzip.GzipFile(fileobj=(stream := shard.open("rb")))
        stream.seek(offset)
        head, _, rest = raw.read().partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")
        stream.close()
        assert head.split(b"\r\n") == [
            b"HTTP/1.1 200 OK",
            b"content-TYPE: text/html",
            b"Content-Encoding: gzip",
            b"X-Archive-Orig-Transfer-Encoding: chunked",
            b"Set-Cookie: a=1",
            b"Set-Cookie: b=2",
            "X-Name: стаття".encode(),
        ]
        assert rest.startswith(packed + b"\r\n\r\n")

    def test_the_request_is_beside_its_response(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, [response("https://example.org/a/b?c=d#e")])
        _, (_, answer, _), (kind, request, _) = warcio_records(archive.shards()[0])
        assert kind == "request"
        assert request["WARC-Concurrent-To"] == answer["WARC-Record-ID"]
        with archive.shards()[0].open("rb") as stream:
            head = [record.http_headers for record in ArchiveIterator(stream)][2]
        assert (head.protocol, head.statusline) == ("GET", "/a/b?c=d HTTP/1.1")
        assert head.headers == [("User-Agent", "sito"), ("Accept", "text/html")]

    def test_evidence_is_a_metadata_record_that_refers_to_its_page(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, [response(evidence='{"summary": "Міст \ud800"}')])
        records = warcio_records(archive.shards()[0])
        kind, headers, body = records[-1]
        assert kind == "metadata"
        assert headers["WARC-Refers-To"] == records[1][1]["WARC-Record-ID"]
        assert json.loads(body) == {"summary": "Міст \ud800"}

    @pytest.mark.parametrize(
        "forged", ["\r\nX-Evil: 1", "\n\nbody", "\0", "\r", "x\r\n\r\nWARC/1.1\r\nWARC-Type: response"]
    )
    def test_nothing_received_can_forge_a_header_or_a_record(self, tmp_path: Path, forged: str) -> None:
        hostile: dict[str, Any] = {
            "reason": f"OK{forged}",
            "protocol": f"HTTP/1.1{forged}",
            "headers": (("X-One" + forged, "1"), ("X-Two", f"2{forged}"), (forged, forged), ("X: Y", "3")),
            "request_headers": (("A" + forged, forged),),
        }
        captures = [response(**hostile), file(), typed(f"text/html{forged}")]
        archive, _, _ = keep(tmp_path, captures)
        records = warcio_records(archive.shards()[0])
        assert [kind for kind, _, _ in records] == ["warcinfo", "response", "request", "resource", "resource"]
        assert [page.body for page in read_shard(archive.shards()[0])] == [HTML] * 3
        with archive.shards()[0].open("rb") as stream:
            heads = [r.http_headers for r in ArchiveIterator(stream)]
        assert heads[1].get_header("X-Evil") is None
        assert heads[1].get_header("X-Two").startswith("2")
        assert heads[1].get_header("X__Y") == "3"

    @settings(max_examples=25, deadline=None)
    @given(
        headers=st.lists(st.tuples(st.text(max_size=12), st.text(max_size=40)), max_size=5),
        reason=st.text(max_size=20),
        body=st.binary(max_size=60),
    )
    def test_any_headers_leave_body_and_status_as_they_were(
        self, tmp_path_factory: pytest.TempPathFactory, headers: list[tuple[str, str]], reason: str, body: bytes
    ) -> None:
        # Encodings of the body are another test's matter.
        headers = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        data = tmp_path_factory.mktemp("any")
        archive, _, _ = keep(data, [response(headers=tuple(headers), reason=reason, body=b"." + body)])
        (page,) = read_shard(archive.shards()[0])
        assert (page.status, page.body, page.error) == (200, b"." + body, None)


class TestIndex:
    def test_it_is_sorted_and_its_keys_are_surt(self, archive: Archive) -> None:
        (shard,) = archive.shards()
        _, *lines = (shard.parent / shard.name.replace(".warc.gz", ".cdxj")).read_bytes().splitlines()
        assert lines == sorted(lines)
        for key, time, fields in index_lines(archive):
            assert re.fullmatch(r"\S+", key)
            assert re.fullmatch(r"\d{14}", time)
            assert fields["filename"] == shard.name
            assert key == surt(fields["url"])

    @pytest.mark.parametrize(
        ("capture", "key", "told"),
        [
            (
                file("file:///Pages/bridge.html"),
                "file:/pages/bridge.html",
                {"url": "file:///Pages/bridge.html", "mime": "text/html"},
            ),
            (
                response("https://www.example.org/Bridge?b=2&a=1"),
                "org,example)/bridge?a=1&b=2",
                {"url": "https://www.example.org/Bridge?b=2&a=1", "mime": "text/html", "status": "200"},
            ),
            (
                response(status=301, headers=(("content-type", " Text/plain ; charset=x"), ("Location", "/new"))),
                "org,example)/bridge",
                {"url": "https://example.org/bridge", "mime": "Text/plain", "status": "301"},
            ),
            (
                response(headers=()),
                "org,example)/bridge",
                {"url": "https://example.org/bridge", "status": "200"},
            ),
        ],
        ids=["file", "response", "redirect", "untyped"],
    )
    def test_a_line_tells_of_its_capture(
        self, tmp_path: Path, capture: Capture, key: str, told: dict[str, str]
    ) -> None:
        archive, _, _ = keep(tmp_path, [capture])
        (shard,) = archive.shards()
        (line,) = index_lines(archive)
        assert line[:2] == (key, "20260301120000")
        fields = line[2]
        place = {"offset": fields.pop("offset"), "length": fields.pop("length")}
        assert fields == told | {
            "digest": payload_digest(capture.body),
            "filename": shard.name,
            "warc-date": "2026-03-01T12:00:00.250000Z",
        }
        assert int(place["offset"]) > 0
        assert int(place["length"]) > 100

    def test_a_revisit_is_told_as_such(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, [file(), file(at=NOON + timedelta(hours=1)), response(), response()])
        lines = sorted(index_lines(archive), key=lambda line: int(line[2]["offset"]))
        assert [(time[8:], f["mime"], f.get("status")) for _, time, f in lines] == [
            ("120000", "text/html", None),
            ("130000", "warc/revisit", None),
            ("120000", "text/html", "200"),
            ("120000", "warc/revisit", "200"),
        ]

    @pytest.mark.parametrize(
        ("member", "told"),
        [
            (b"no WARC record", "Invalid WARC header"),
            (b"WARC/9.9\r\nWARC-Type: response\r\n\r\n", "Invalid WARC header"),
            (b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n", "does not name its page"),
            (
                b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: file:///x\r\nWARC-Payload-Digest: sha1:A\r\n"
                b"WARC-Date: yesterday\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
                "isoformat",
            ),
        ],
        ids=["text", "version", "nameless", "undated"],
    )
    def test_a_foreign_record_ends_it(self, tmp_path: Path, member: bytes, told: str) -> None:
        archive, _, _ = keep(tmp_path, [file(f"file:///{n}") for n in range(2)])
        (shard,) = archive.shards()
        whole, lines = shard.read_bytes(), index_lines(archive)
        second = sorted(int(fields["offset"]) for _, _, fields in lines)[1]
        shard.write_bytes(whole[:second] + gzip.compress(member) + whole[second:])
        text, damage = make_index(shard, shard.name)
        assert damage is not None
        assert told in damage
        assert [json.loads(line.split(" ", 2)[2]) for line in text.splitlines()] == [lines[0][2]]

    def test_a_disk_that_cannot_be_read_is_no_damage(self, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
        (shard,) = archive.shards()

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr("flows.archive.cdxj.ArchiveIterator", refuse)
        with pytest.raises(OSError, match="Input/output"):
            make_index(shard, shard.name)

    def test_it_knows_every_capture_and_no_request_or_metadata(self, archive: Archive) -> None:
        captures = [
            headers
            for kind, headers, _ in warcio_records(archive.shards()[0])
            if kind in ("resource", "response", "revisit")
        ]
        assert sorted(f["digest"] for _, _, f in index_lines(archive)) == sorted(
            h["WARC-Payload-Digest"] for h in captures
        )

    def test_offsets_lead_to_the_pages(self, archive: Archive) -> None:
        (shard,) = archive.shards()
        pages = {page.offset: page for page in read_shard(shard)}
        for _, _, fields in index_lines(archive):
            if fields.get("mime") != "warc/revisit" and fields.get("status", "200") == "200":
                page = read_page(shard, int(fields["offset"]))
                assert page == pages[page.offset]
                assert (page.url, page.digest) == (fields["url"], fields["digest"])

    def test_a_replaced_or_foreign_index_is_named(self, archive: Archive) -> None:
        index = archive.shards()[0].with_name(archive.shards()[0].name.replace(".warc.gz", ".cdxj"))
        for text in ("no index", "a b {", 'a b {"url": "x:"}', "a b []", 'a b {"url": 1, "digest": 2}'):
            index.write_text(text)
            with pytest.raises(SitoError, match=re.escape(str(index))):
                archive.captured()


class TestAddresses:
    def test_hostile_addresses_come_back_as_one_spelling(self, archive: Archive) -> None:
        urls = [page.url for page in read_shard(archive.shards()[0])]
        captured = archive.captured()
        for url in HOSTILE_URLS:
            assert url in captured
        for url in urls:
            assert url in captured
            assert url.isascii()
            assert " " not in url

    @pytest.mark.parametrize(
        "url",
        [
            "file:///a\nWARC-Type: response",
            "file:///a\r",
            "file:///a\0",
            "file:///a\tb",
            "",
            "no scheme",
            "/path/only",
            "file:///\ud800",
            "https://example.org/" + "a" * MAX_URI,
        ],
    )
    def test_what_no_header_can_carry_is_refused_and_nothing_is_written(self, tmp_path: Path, url: str) -> None:
        archive = Archive(tmp_path, "news")
        with archive.lock(), archive.writer(archive.captured()) as writer:
            with pytest.raises(BadAddressError):
                writer.add(file(url))
            assert writer.add(file())
        assert [page.url for page in read_shard(archive.shards()[0])] == [file().url]
        assert url not in archive.captured()

    @settings(max_examples=80, deadline=None)
    @given(st.text(max_size=60))
    def test_any_address_is_refused_or_survives(self, tmp_path_factory: pytest.TempPathFactory, tail: str) -> None:
        url = f"file:///{tail}"
        try:
            archive, _, _ = keep(tmp_path_factory.mktemp("any"), [file(url)])
        except BadAddressError:
            assert re.search("[\x00-\x1f\x7f\ud800-\udfff]", url)
            return
        (page,) = read_shard(archive.shards()[0])
        assert page.url in archive.captured()
        assert url in archive.captured()
        (line,) = index_lines(archive)
        assert line[2]["url"] == page.url


class TestRevisits:
    def test_the_same_payload_of_the_same_address_is_a_revisit_of_its_original(self, tmp_path: Path) -> None:
        later = NOON + timedelta(days=1)
        _, new, _ = keep(tmp_path, [file()])
        archive, again, _ = keep(tmp_path, [file(at=later)])
        assert (new, again) == ([True], [False])
        kind, headers, body = warcio_records(archive.shards()[1])[1]
        assert (kind, body) == ("revisit", b"")
        assert headers["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
        assert headers["WARC-Refers-To-Target-URI"] == file().url
        assert headers["WARC-Refers-To-Date"] == warcio_records(archive.shards()[0])[1][1]["WARC-Date"]
        assert headers["WARC-Refers-To-Date"] == "2026-03-01T12:00:00.250000Z"
        assert headers["WARC-Date"] == "2026-03-02T12:00:00.250000Z"
        assert headers["WARC-Payload-Digest"] == warcio_records(archive.shards()[0])[1][1]["WARC-Payload-Digest"]

    def test_a_revisit_of_a_response_keeps_its_new_headers(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, [response(), response(headers=(("ETag", '"2"'),))])
        with archive.shards()[0].open("rb") as stream:
            (revisit,) = [r for r in ArchiveIterator(stream) if r.rec_type == "revisit"]
        assert revisit.http_headers.get_header("ETag") == '"2"'

    def test_not_modified_is_a_revisit_that_confirms_the_latest_capture(self, tmp_path: Path) -> None:
        hours = [NOON + timedelta(hours=n) for n in range(3)]
        keep(tmp_path, [response(at=hours[0])])
        archive, new, captured = keep(tmp_path, [response(at=at, status=304, body=b"", headers=()) for at in hours[1:]])
        assert new == [False, False]
        for know in (captured, archive.captured()):
            page = know.get(response().url)
            assert page is not None
            assert (page.at, page.status, page.digest) == (hours[2], 200, payload_digest(HTML))
            assert len(know) == 1
        kind, headers, body = warcio_records(archive.shards()[1])[1]
        assert (kind, body) == ("revisit", b"")
        assert headers["WARC-Profile"].endswith("/1.1/revisit/server-not-modified")
        assert headers["WARC-Refers-To-Date"] == "2026-03-01T12:00:00.250000Z"
        assert headers["WARC-Payload-Digest"] == payload_digest(HTML)
        assert [list(read_shard(shard)) for shard in archive.shards()][1:] == [[]]

    def test_not_modified_without_an_earlier_capture_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="nothing is archived"):
            keep(tmp_path, [response(status=304, body=b"")])

    def test_duplicates_within_a_run_and_across_shards_of_a_run(self, tmp_path: Path) -> None:
        pages = [response(f"https://example.org/{n}") for n in range(3)]
        archive, new, _ = keep(tmp_path, [*pages, *pages, *pages], shard_bytes=1500)
        assert new == [True] * 3 + [False] * 6
        assert len(archive.shards()) > 2
        assert sum(len(list(read_shard(shard))) for shard in archive.shards()) == 3

    @pytest.mark.parametrize("make", [file, response])
    def test_other_payload_or_other_address_is_a_new_capture(self, tmp_path: Path, make: Any) -> None:
        other = make().url + "2"
        _, new, _ = keep(tmp_path, [make(), make(body=b"other"), make(url=other), make(body=b"")])
        assert new == [True] * 4

    def test_a_payload_that_returns_refers_to_its_first_capture(self, tmp_path: Path) -> None:
        days = [NOON + timedelta(days=n) for n in range(4)]
        for at, body in zip(days, (b"a", b"b", b"a", b"a"), strict=True):
            archive, _, captured = keep(tmp_path, [file(at=at, body=body)])
        refers = [warcio_records(shard)[1][1].get("WARC-Refers-To-Date") for shard in archive.shards()]
        assert refers == [None, None, "2026-03-01T12:00:00.250000Z", "2026-03-01T12:00:00.250000Z"]
        page = captured.get(file().url)
        assert page is not None
        assert page.at == days[3]
        assert page.digest == page.digests[0]
        assert len(page.digests) == 2

    def test_a_revisit_whose_original_was_moved_away_holds_nothing(self, tmp_path: Path) -> None:
        first, second, third = (NOON + timedelta(days=n) for n in range(3))
        archive, _, _ = keep(tmp_path, [response(), file()])
        keep(tmp_path, [response(at=first)])
        archive.shards()[0].unlink()
        assert response().url not in archive.captured()
        _, new, captured = keep(tmp_path, [response(at=second), response(at=third)])
        assert (new, len(captured)) == ([True, False], 1)
        assert [page.body for shard in archive.shards() for page in read_shard(shard)] == [HTML]

    def test_an_error_page_is_stored_once_and_never_counts_as_captured(self, tmp_path: Path) -> None:
        gone = response(status=404, body=b"gone")
        _, first, captured = keep(tmp_path, [gone])
        assert (first, len(captured), captured.get(gone.url), gone.url in captured) == ([True], 0, None, False)
        archive, again, captured = keep(tmp_path, [gone, response()])
        assert again == [False, True]
        _, _, captured = keep(tmp_path, [gone])
        page = captured.get(gone.url)
        assert page is not None
        assert page.status == 200
        assert [p.status for shard in archive.shards() for p in read_shard(shard)] == [200]


class TestHeld:
    def test_a_redirect_is_captured_but_is_no_page(self, tmp_path: Path) -> None:
        moved = response("https://example.org/old", b"", status=301, headers=(("Location", "/bridge"),))
        archive, _, _ = keep(tmp_path, [response(), moved])
        captured = archive.captured()
        assert moved.url in captured
        assert len(captured) == 1
        assert [page.url for page in read_shard(archive.shards()[0])] == [response().url]
        _, _, captured = keep(tmp_path, [response(moved.url)])  # it has become a page
        assert len(captured) == len(archive.captured()) == 2

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.lists(
                st.builds(
                    lambda url, body, day, status: (
                        file(f"file:///{url}", body, NOON + timedelta(days=day))
                        if status is None
                        else response(f"https://example.org/{url}", body, NOON + timedelta(days=day), status)
                    ),
                    st.integers(0, 2),
                    st.sampled_from([b"", b"a", b"b"]),
                    st.integers(-3, 3),
                    st.sampled_from([None, 200, 203, 301, 404]),
                ),
                max_size=6,
            ),
            max_size=3,
        ),
        st.sampled_from([1, 1000, 2**20]),
    )
    def test_whatever_comes_is_stored_once_and_known_to_the_next_run(
        self, tmp_path_factory: pytest.TempPathFactory, runs: list[list[Capture]], shard_bytes: int
    ) -> None:
        data = tmp_path_factory.mktemp("runs")
        seen: set[tuple[str, bytes]] = set()
        archive, captured = Archive(data, "news"), CapturedIndex()
        for captures in runs:
            archive, new, captured = keep(data, captures, shard_bytes)
            for capture, is_new in zip(captures, new, strict=True):
                assert is_new == ((capture.url, capture.body) not in seen)
                seen.add((capture.url, capture.body))
        again = archive.captured()
        assert len(again) == len(captured)
        for url, _ in seen:
            assert again.get(url) == captured.get(url)
        lines = index_lines(archive)
        assert len(lines) == sum(map(len, runs))
        assert sum(fields.get("mime") != "warc/revisit" for _, _, fields in lines) == len(seen)

    def test_two_writers_at_once_lose_nothing(self, tmp_path: Path) -> None:
        archive = Archive(tmp_path, "news", 2000)
        with archive.lock():
            captured = archive.captured()

            def work(n: int) -> None:
                with archive.writer(captured) as writer:
                    for i in range(20):
                        writer.add(file(f"file:///{n}/{i}"))

            threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(captured) == len(archive.captured()) == 60
        assert len({page.url for shard in archive.shards() for page in read_shard(shard)}) == 60

    def test_the_indexes_tell_what_the_run_knew(self, archive: Archive, tmp_path: Path) -> None:
        _, _, captured = keep(tmp_path, [file("file:///pages/new.html")])
        again = archive.captured()
        assert len(captured) == len(again) == 20
        for page in read_shard(archive.shards()[0]):
            assert captured.get(page.url) == again.get(page.url) is not None

    def test_the_last_capture_counts_even_where_its_file_is_older(self, tmp_path: Path) -> None:
        older = NOON - timedelta(days=400)
        archive, _, _ = keep(tmp_path, [file(), file(at=older, body=b"restored")])
        for captured in (archive.captured(), keep(tmp_path, [file(at=older)])[2]):
            page = captured.get(file().url)
            assert page is not None
            assert page.at == older

    def test_it_learns_of_pages_only_when_their_shard_is_in_place(self, tmp_path: Path) -> None:
        archive = Archive(tmp_path, "news")
        with archive.lock():
            captured = archive.captured()
            with archive.writer(captured) as writer:
                writer.add(file())
                assert len(captured) == 0
                assert writer.shards == []
            assert len(captured) == 1
            assert writer.shards == [archive.shards()[0].name]

    def test_threads_may_add_at_once(self) -> None:
        captured = CapturedIndex()

        def work(n: int) -> None:
            for i in range(300):
                captured.add(f"file:///{i}", f"sha1:{n}", NOON, None)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(captured) == 300
        page = captured.get("file:///7")
        assert page is not None
        assert sorted(page.digests) == [f"sha1:{n}" for n in range(4)]


class TestShards:
    def test_names_sort_by_time_and_no_shard_is_made_of_nothing(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, [])
        assert archive.shards() == []
        archive, _, _ = keep(tmp_path, [file(f"file:///{n}") for n in range(9)], shard_bytes=1)
        names = [shard.name for shard in archive.shards()]
        assert len(names) == 9
        assert all(re.fullmatch(r"\d{8}T\d{6}Z-\d{6}\.warc\.gz", name) for name in names)
        assert [page.url for shard in archive.shards() for page in read_shard(shard)] == [
            f"file:///{n}" for n in range(9)
        ]

    def test_an_archive_that_was_never_written_is_empty(self, tmp_path: Path) -> None:
        archive = Archive(tmp_path, "news")
        assert archive.shards() == []
        assert len(archive.captured()) == 0
        assert list(tmp_path.iterdir()) == []

    def test_an_error_between_captures_leaves_the_captures_before_it(self, tmp_path: Path) -> None:
        archive = Archive(tmp_path, "news")

        def run() -> None:
            with archive.lock(), archive.writer(archive.captured()) as writer:
                writer.add(file())
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run()
        assert [page.url for page in read_shard(archive.shards()[0])] == [file().url]

    @pytest.mark.parametrize("before", [[], [file()]], ids=["none", "one"])
    def test_an_interrupt_inside_a_record_leaves_the_records_before_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: list[Capture]
    ) -> None:
        archive = Archive(tmp_path, "news")

        def interrupt(members: Any) -> None:
            members._file.write(members._member.flush()[:9])
            raise KeyboardInterrupt

        def run() -> None:
            with archive.lock(), archive.writer(archive.captured()) as writer:
                for capture in before:
                    writer.add(capture)
                monkeypatch.setattr("flows.archive.shard_writer.Members.flush", interrupt)
                writer.add(file("file:///second.html"))

        with pytest.raises(KeyboardInterrupt):
            run()
        shards = archive.shards()
        assert [page.url for shard in shards for page in read_shard(shard)] == [capture.url for capture in before]
        assert len(archive.captured()) == len(before)
        held = {name for shard in shards for name in (shard.name, index_path(shard).name)}
        assert {path.name for path in archive.folder.iterdir()} == {".lock", *held}

    @pytest.mark.parametrize(
        ("owner", "name", "number"),
        [(os, "fsync", 1), (os, "fsync", 2), (os, "fsync", 3), (Path, "rename", 1), (Path, "rename", 2)],
    )
    @pytest.mark.parametrize("done", [False, True])
    def test_an_interrupt_while_a_shard_is_closed_lets_it_be_closed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, number: int, done: bool
    ) -> None:
        real, calls = getattr(owner, name), 0

        def interrupt(*args: Any) -> None:
            nonlocal calls
            calls += 1
            if calls != number or done:
                real(*args)
            if calls == number:
                raise KeyboardInterrupt

        Archive(tmp_path, "news").folder.mkdir(parents=True)  # its making brings names to the disk too
        monkeypatch.setattr(owner, name, interrupt)
        with pytest.raises(KeyboardInterrupt):
            keep(tmp_path, [file()], shard_bytes=1)
        archive = Archive(tmp_path, "news")
        assert archive.recover() == []
        assert [page.url for page in read_shard(archive.shards()[0])] == [file().url]
        assert file().url in archive.captured()
