from __future__ import annotations

import gzip
import logging
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import fsspec
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.errors import SitoError
from flows.pages import Target
from flows.pull.capture import capture
from flows.pull.discover import discover
from flows.sources import WarcSource

LOG = logging.getLogger(__name__)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
DATE = "2026-03-04T05:06:07Z"


def source(*paths: str | Path, **limits: int) -> WarcSource:
    return WarcSource.model_validate({"name": "w", "kind": "warc", "paths": list(map(str, paths)), "limits": limits})


def find(*paths: str | Path) -> list[Target]:
    return list(discover(source(*paths), None, LOG))


class Warc:
    """Collects records; `offsets` says where each begins."""

    def __init__(self, packed: bool = True) -> None:
        self.out = BytesIO()
        self.offsets: list[int] = []
        self._writer = WARCWriter(self.out, gzip=packed)

    def add(
        self, url: str, body: bytes, kind: str = "response", status: str = "200 OK", headers: object = HTML, **warc: str
    ) -> Warc:
        self.offsets.append(self.out.tell())
        head = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind == "response" else None  # type: ignore[call-overload]
        named = {"WARC-Date": DATE} | {name.replace("_", "-"): value for name, value in warc.items()}
        record = self._writer.create_warc_record(
            url, kind, payload=BytesIO(body), http_headers=head, warc_headers_dict=named
        )
        self._writer.write_record(record)
        return self

    def bytes(self) -> bytes:
        return self.out.getvalue()


def pages(count: int, packed: bool = True) -> Warc:
    warc = Warc(packed)
    for n in range(count):
        body = b"".join(b"<p>%d %d</p>" % (n, n * k) for k in range(400))  # compresses, but not to nothing
        warc.add(f"http://example.org/{n}", body)
    return warc


def test_pages_are_taken_from_among_the_records(tmp_path: Path) -> None:
    warc = (
        Warc()
        .add("http://example.org/", b"a: b", kind="metadata")
        .add("http://example.org/1", b"<p>1")
        .add("http://example.org/2", b"\xff\xd8", headers=[("Content-Type", "image/jpeg")])
        .add("http://example.org/3", b"gone", status="404 Not Found")
        .add("http://example.org/4", b"", status="301 Moved", headers=[*HTML, ("Location", "/1")])
        .add("http://example.org/robots.txt", b"Disallow:", headers=[("Content-Type", "text/plain")])
        .add("http://example.org/5", b"{}", headers=[("Content-Type", "application/json")])
        .add("file:///6.txt", b"six", kind="resource", Content_Type="text/plain")
        .add("dns:example.org", b"1.2.3.4", kind="resource", Content_Type="text/plain")
        .add("http://example.org/1", b"<p>1, later")
        .add("http://example.org/7", b"<p>7", headers=[("content-type", "APPLICATION/XHTML+XML")])
    )
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc.bytes())
    found = find(path)
    assert [(target.url, target.offset) for target in found] == [
        ("http://example.org/1", warc.offsets[1]),
        ("file:///6.txt", warc.offsets[7]),
        ("http://example.org/1", warc.offsets[9]),
        ("http://example.org/7", warc.offsets[10]),
    ]
    bodies = [capture(source(path), target, None).body for target in found]
    assert bodies == [b"<p>1", b"six", b"<p>1, later", b"<p>7"]


def test_a_capture_keeps_headers_and_date(tmp_path: Path) -> None:
    body = gzip.compress("<p>Причал</p>".encode())
    headers = [*HTML, ("Content-Encoding", "gzip"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    warc = Warc().add("http://example.org/1", body, headers=headers, status="203 Odd  reason")
    chunked = b"5\r\n<p>ab\r\n0\r\n\r\n"
    warc.add("http://example.org/2", chunked, headers=[*HTML, ("Transfer-Encoding", "chunked")])
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc.bytes())
    first, second = (capture(source(path), target, None) for target in find(path))
    assert (first.status, first.reason, first.protocol) == (203, "Odd  reason", "HTTP/1.1")
    assert first.body == body
    assert first.at.isoformat() == "2026-03-04T05:06:07+00:00"
    assert first.headers == tuple(headers)
    assert first.content_type == "text/html; charset=utf-8"
    assert second.body == b"<p>ab"


@pytest.mark.parametrize("packed", [True, False])
def test_globs_and_addresses_of_fsspec_are_read_in_order(tmp_path: Path, packed: bool) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.warc").write_bytes(pages(2, packed).bytes())
    memory = fsspec.filesystem("memory")
    memory.pipe("/warcs/c.warc.gz", pages(1, packed).bytes())
    try:
        found = find(tmp_path / "*.warc", f"file://{tmp_path}/a.warc", "memory://warcs/*.warc.gz")
        assert [(Path(t.path or "").name, t.url[-1]) for t in found] == [
            ("a.warc", "0"),
            ("a.warc", "1"),
            ("b.warc", "0"),
            ("b.warc", "1"),
            ("c.warc.gz", "0"),
        ]
        assert capture(source("memory://x"), found[-1], None).body.startswith(b"<p>0 0</p>")
    finally:
        memory.rm("/warcs", recursive=True)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("into", [5, 60, 700, -40])
def test_a_truncated_file_gives_its_good_pages_and_one_failure(tmp_path: Path, packed: bool, into: int) -> None:
    warc = pages(4, packed)
    cut = (warc.offsets[3] if into < 0 else warc.offsets[2]) + into
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(warc.bytes()[:cut])
    *good, bad = find(path)
    assert [target.url[-1] for target in good] == ["0", "1"]
    assert bad.problem is not None
    assert bad.problem.startswith("cut.warc.gz: damaged at offset ")
    assert int(bad.problem.split("offset ")[1].split(":")[0]) in warc.offsets[1:4]


def test_a_file_cut_between_two_records_is_whole(tmp_path: Path) -> None:
    warc = pages(4)
    (tmp_path / "a.warc.gz").write_bytes(warc.bytes()[: warc.offsets[2]])
    assert [target.problem for target in find(tmp_path / "a.warc.gz")] == [None, None]


def test_a_file_packed_as_a_whole_gives_no_wrong_page(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(pages(3, packed=False).bytes()))
    for target in find(path):
        try:
            body = capture(source(path), target, None).body
        except SitoError as error:
            assert "`warcio recompress` mends that" in str(error) or "offset" in str(error)  # noqa: PT017
        else:
            assert body.startswith(b"<p>%s " % target.url[-1].encode())


def test_damage_in_the_middle_is_named(tmp_path: Path) -> None:
    warc = pages(4)
    whole = bytearray(warc.bytes())
    middle = (warc.offsets[1] + warc.offsets[2]) // 2
    whole[middle : middle + 40] = b"\xff" * 40
    path = tmp_path / "bad.warc.gz"
    path.write_bytes(whole)
    problems = [target.problem for target in find(path) if target.problem]
    assert len(problems) == 1
    assert problems[0].startswith("bad.warc.gz: damaged at offset ")


@pytest.mark.parametrize(
    "content", [b"", b"no warc at all\n" * 50, b"\x1f\x8b\x08\x00", gzip.compress(b"x" * 500, mtime=0)]
)
def test_what_is_no_warc_fails_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.warc.gz").write_bytes(content)
    (tmp_path / "b.warc.gz").write_bytes(pages(1).bytes())
    *bad, good = find(tmp_path / "*.warc.gz")
    assert good.problem is None
    assert [target.problem is not None for target in bad] == [True] * len(bad)
    assert len(bad) == 1


def test_missing_files_are_mistakes_in_the_sources_file(tmp_path: Path) -> None:
    for path in (f"{tmp_path}/none.warc.gz", f"{tmp_path}/*.warc.gz"):
        with pytest.raises(SitoError) as caught:
            find(path)
        assert str(caught.value) == f"source 'w': no file lies at {path}; mend paths in the sources file"
    with pytest.raises(SitoError, match=r"^source 'w': nosuch://a/b cannot be read: "):
        find("nosuch://a/b")


def test_large_undated_and_vanished_records_have_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    bomb = gzip.compress(b"0" * 1_000_000, mtime=0)
    warc = Warc().add("http://example.org/1", b"x" * 70_000)
    warc.add("http://example.org/2", bomb, headers=[*HTML, ("Content-Encoding", "gzip")])
    path.write_bytes(warc.bytes())
    large, packed = find(path)
    for target, reason in (
        (large, "the record is larger than limits.page_bytes (65,536)"),
        (packed, "over 0.0625 MiB when unpacked"),
    ):
        with pytest.raises(SitoError) as caught:
            capture(source(path, page_bytes=65_536), target, None)
        assert str(caught.value) == reason
    path.write_bytes(Warc().add("http://example.org/3", b"<p>3", WARC_Date="March").bytes())
    with pytest.raises(SitoError, match=r"^its WARC-Date is no time: March$"):
        capture(source(path), find(path)[0], None)
    path.unlink()
    large = replace(large, record=None)
    with pytest.raises(SitoError, match=r"offset 0: .*No such file"):
        capture(source(path), large, None)
