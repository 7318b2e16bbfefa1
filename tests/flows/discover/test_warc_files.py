from __future__ import annotations

import gzip
import logging
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.common.errors import SitoError
from flows.common.page_types import Target
from flows.config.kinds import WarcSource
from flows.crawl.capture import capture
from flows.discover import discover, warc_files
from flows.discover.filters import html_language, spoken
from flows.discover.warc_files import read_record
from support.warc import HTML, Warc

LOG = logging.getLogger(__name__)


def source(*paths: str | Path, **limits: int) -> WarcSource:
    return WarcSource.model_validate({"name": "w", "kind": "warc", "paths": list(map(str, paths)), "limits": limits})


def find(*paths: str | Path) -> list[Target]:
    return list(discover(source(*paths), None, LOG))


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
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<p>plain", b"<p>plain"),
        (b"<p>plain</p>\r\n" * 30_000, b"<p>plain</p>\r\n" * 30_000),  # too large to travel with its target
        (gzip.compress(b"<p>packed", mtime=0), gzip.compress(b"<p>packed", mtime=0)),
        (b"5\r\n<p>ab\r\n0\r\n\r\n", b"<p>ab"),
        (b'5;q=1\r\n<p>ab\r\n2;a="b";c\r\ncd\r\n0;end\r\nX-Trailer: 1\r\n\r\n', b"<p>abcd"),
        (b"5\n<p>ab\n0\n\n", b"<p>ab"),
        (b"5\r\n<p>ab\r\nzz\r\n<p>cd\r\n", None),  # in chunks, and broken
        (b"5;q=1\r\n<p>abcd\r\n0\r\n\r\n", None),  # longer than it says
        (b"5;q=1\r\n<p>ab\r\n", None),  # without its last chunk
        (b"5;q=1\r\n<p>ab\r\nfffffffffffffff\r\n<p>cd\r\n", None),
        (b"", b""),
    ],
)
def test_what_says_that_it_is_in_chunks_is_read_as_it_is(
    tmp_path: Path, packed: bool, body: bytes, expected: bytes | None
) -> None:
    path = tmp_path / "a.warc"
    headers = [*HTML, ("Transfer-Encoding", "chunked")]
    path.write_bytes(Warc(packed).add("http://a.b/1", body, headers=headers).add("http://a.b/2", b"<p>2").bytes())
    first, second = find(path)
    assert capture(source(path), second, None).body == b"<p>2"
    if expected is None:
        with pytest.raises(SitoError, match="chunk"):
            capture(source(path), first, None)
    else:
        assert capture(source(path), first, None).body == expected


def test_records_without_a_type_are_known_by_their_bytes(tmp_path: Path) -> None:
    packed = [("Content-Encoding", "gzip")]
    file = (
        Warc()
        .add("http://a.b/html", b"\n <!doctype html><p>1", headers=())
        .add("http://a.b/packed", gzip.compress(b"<p>2"), headers=packed)
        .add("http://a.b/text", "Причал відкрили.".encode(), headers=())
        .add("http://a.b/image", b"\x89PNG\r\n\x1a\n\0\0", headers=())
        .add("http://a.b/data", b'{"a": 1}', headers=())
        .add("http://a.b/feed", b"<?xml version='1.0'?><rss>", headers=())
        .add("http://a.b/nothing", b"", headers=())
        .add("http://a.b/broken", b"\x1f\x8b\x08\xff", headers=packed)
    )
    path = tmp_path / "a.warc.gz"
    path.write_bytes(file.bytes())
    assert taken(path) == ["html", "packed", "text"]
    assert taken(path, mime=["application/xml"]) == ["feed"]
    assert [capture(source(path), target, None).content_type or None for target in find(path)] == [None] * 3


def test_a_response_that_does_not_say_so_is_one(tmp_path: Path) -> None:
    warc = Warc(packed=False).add("http://a.b/1", b"<p>1").add("http://a.b/2", b"x" * 300_000).add("http://a.b/3", b"?")
    whole = warc.bytes().replace(b"Content-Type: application/http; msgtype=response\r\n", b"")
    path = tmp_path / "a.warc"
    path.write_bytes(whole.replace(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n?", b"?" * 60))
    got = [capture(source(path), target, None) for target in find(path)]
    assert [(page.url, page.status, page.content_type) for page in got] == [
        ("http://a.b/1", 200, "text/html; charset=utf-8"),
        ("http://a.b/2", 200, "text/html; charset=utf-8"),
    ]
    assert [page.body for page in got] == [b"<p>1", b"x" * 300_000]


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
            assert "`warcio recompress` fixes that" in str(error) or "offset" in str(error)  # noqa: PT017
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
        assert str(caught.value) == f"source 'w': no file lies at {path}; fix paths in the sources file"
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


def taken(path: Path, **fields: object) -> list[str]:
    """The last part of the addresses that a source with these fields takes."""
    wanted = WarcSource.model_validate({"name": "w", "kind": "warc", "paths": [str(path)]} | fields)
    return [target.url.rpartition("/")[2] for target in discover(wanted, None, LOG)]


def test_hosts_days_and_media_types_are_chosen(tmp_path: Path) -> None:
    xml = [("Content-Type", "application/xml; charset=utf-8")]
    file = (
        Warc()
        .add("http://example.org/1", b"<p>1", WARC_Date="2026-02-28T23:59:59Z")
        .add("http://www.EXAMPLE.org:80/2", b"<p>2", WARC_Date="2026-03-01T00:00:00Z")
        .add("http://notexample.org/3", b"<p>3", WARC_Date="2026-03-31T23:59:59Z")
        .add("http://example.org/4", b"<a/>", headers=xml, WARC_Date="2026-04-01T00:00:00Z")
        .add("http://example.org/5", b"<p>5", WARC_Date="once")
        .add("http://xn--80aikifvh.xn--j1amh/6", b"<p>6")
    )
    path = tmp_path / "a.warc.gz"
    path.write_bytes(file.bytes())
    assert taken(path) == ["1", "2", "3", "5", "6"]
    assert taken(path, hosts=["example.org"]) == ["1", "2", "5"]
    assert taken(path, hosts=["www.example.org", "приклад.укр"]) == ["2", "6"]
    assert taken(path, since="2026-03-01") == ["2", "3", "5", "6"]  # the undated one fails when it is kept
    assert taken(path, until="2026-03-01") == ["1", "2", "5"]
    assert taken(path, mime=["application/xml"]) == ["4"]


def test_languages_are_a_hint(tmp_path: Path) -> None:
    def http(*fields: tuple[str, str]) -> list[tuple[str, str]]:
        return [*HTML, *fields]

    packed = gzip.compress(b"<html lang='uk'><p>7")
    file = (
        Warc()
        .add("http://a.b/1", b"<html lang=uk><p>1")
        .add("http://a.b/2", b"<html lang=en-GB><p>2")
        .add("http://a.b/3", b"<html lang=en><p>3", headers=http(("Content-Language", "uk-UA, en")))
        .add("http://a.b/4", b"<html lang=uk><p>4", WARC_Identified_Content_Language="eng")
        .add("http://a.b/5", b"<html lang=en><p>5", WARC_Identified_Content_Language="ukr,eng")
        .add("http://a.b/6", b"<p>6")
        .add("http://a.b/7", packed, headers=http(("Content-Encoding", "gzip")))
        .add("http://a.b/8", gzip.compress(b"<html lang='en'><p>8"), headers=http(("Content-Encoding", "gzip")))
        .add("http://a.b/9", b"<html lang=en>" + b"x" * 300_000)
    )
    path = tmp_path / "a.warc.gz"
    path.write_bytes(file.bytes())
    assert taken(path, languages=["uk"]) == ["1", "3", "5", "6", "7"]
    assert taken(path, languages=["en", "pl"]) == ["2", "3", "4", "5", "6", "8", "9"]


@pytest.mark.parametrize(
    ("stated", "codes"),
    [
        ("uk-UA, en;q=0.5", {"uk", "en"}),
        ("UKR eng deu", {"uk", "en", "de"}),
        ("rus,und,mul", {"ru"}),
        ("", set()),
        ("українська", set()),
    ],
)
def test_languages_are_stated_in_many_ways(stated: str, codes: set[str]) -> None:
    assert spoken(stated) == codes


@given(st.binary(max_size=500))
def test_any_page_says_a_language_or_none(head: bytes) -> None:
    assert all(2 <= len(code) <= 3 for code in html_language(b"<html " + head))


def test_hostile_heads_cost_little() -> None:
    for head in (b"<html" * 800, b"<html " + b"lang=" * 800, b"<html " + b"lang " * 800, b"<html " + b" " * 4000):
        assert html_language(head) == frozenset()


def test_small_records_are_handed_over_and_large_ones_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc_files, "_HANDED", 50)
    chunked = [*HTML, ("Transfer-Encoding", "chunked")]
    file = Warc().add("http://a.b/1", b"x" * 50).add("http://a.b/2", b"y" * 51)
    file.add("http://a.b/3", b"5\r\n<p>ab\r\n0\r\n\r\n", headers=chunked)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(file.bytes())
    found = find(path)
    assert [target.record is not None for target in found] == [True, False, False]
    assert [read_record(target, 1000).body for target in found] == [b"x" * 50, b"y" * 51, b"<p>ab"]
    again = [read_record(replace(target, record=None), 1000) for target in found]
    assert again == [read_record(target, 1000) for target in found]


def test_a_page_is_one_page_however_it_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(Warc().add("http://A.b:80/1?utm_source=x&y=2", b"<p>1").bytes())
    (target,) = find(path)
    assert target.url == "http://a.b/1?y=2"
    assert read_record(replace(target, record=None), 1000).url == target.url
