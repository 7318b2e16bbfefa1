from __future__ import annotations

import gzip
import json
import logging
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.common.errors import SitoError
from flows.config.kinds import CdxSource
from flows.discover import cdx, discover
from flows.discover.warc_files import read_record
from support.warc import Warc

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Target

LOG = logging.getLogger(__name__)


def find(*paths: Path | str, **fields: object) -> list[Target]:
    source = {"name": "c", "kind": "cdx", "paths": list(map(str, paths))} | fields
    return list(discover(CdxSource.model_validate(source), None, LOG))


def listed(folder: Path, text: str | bytes, name: str = "list.cdx") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


A, B = "http://example.org/a", "http://example.org/b"
NINE = f"org,example)/a 20260301120000 {A} text/html 200 AAAA - 15 w.warc.gz"
TEN = f"org,example)/a 20260301120000 {A} text/html 200 AAAA - - 15 w.warc.gz"
ELEVEN = f"org,example)/a 20260301120000 {A} text/html 200 AAAA - - 40 15 w.warc.gz"
SEVEN = f"org,example)/a 20260301120000 {A} text/html 200 AAAA 40"
RECORD = {"url": A, "mime": "text/html", "status": "200", "length": "40", "offset": "15", "filename": "w.warc.gz"}
CDXJ = f"org,example)/a 20260301120000 {json.dumps(RECORD)}"
BARE = json.dumps({"urlkey": "org,example)/a", "timestamp": "20260301120000"} | RECORD | {"status": 200, "offset": 15})
SERVER = [
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
    ["org,example)/a", "20260301120000", A, "text/html", "200", "AAAA", "40"],
    ["org,example)/b", "20260301120000", B, "text/html", "404", "AAAA", "40"],
]


@pytest.mark.parametrize(
    ("text", "record"),
    [
        (NINE, (15, None)),
        (TEN, (15, None)),
        (ELEVEN, (15, 40)),
        (" CDX N b a m s k r M S V g\n" + ELEVEN + "\n", (15, 40)),
        (" CDX A b a m s k r V g\r\n" + NINE + "\r\n", (15, None)),
        ("\tCDX\ta\tb\tV\tg\n" + f"{A}\t20260301120000\t15\tw.warc.gz", (15, None)),
        (CDXJ, (15, 40)),
        ('!meta {"pywb": 1}\n\n' + CDXJ + "\n", (15, 40)),
        (BARE + "\n", (15, 40)),
        (SEVEN, None),
        (json.dumps(SERVER), None),
        (json.dumps(SERVER, indent=1), None),
        ("[" + ",\n".join(json.dumps(row) for row in SERVER) + "]\n", None),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_form_is_read(tmp_path: Path, text: str, record: tuple[int, int | None] | None, packed: bool) -> None:
    path = listed(tmp_path, gzip.compress(text.encode()) if packed else text)
    (live,) = find(path)
    assert (live.url, live.path, live.offset, live.problem) == (A, None, None, None)
    (kept,) = find(path, warcs="/mnt/warcs/")
    if record is None:
        assert kept.problem is not None
        assert kept.problem.endswith(": names no record of a WARC file below warcs")
    else:
        assert (kept.url, kept.path, kept.offset, kept.length) == (A, "/mnt/warcs/w.warc.gz", *record)


def row(url: str = A, time: str = "20260301", mime: str = "text/html", status: str = "200", **more: str) -> str:
    said = {"url": url, "mime": mime, "status": status, "filename": "w.warc.gz", "offset": "0", "length": "9"} | more
    return f"key {time} {json.dumps(said)}\n"


def test_pages_of_a_list_are_those_that_the_source_wants(tmp_path: Path) -> None:
    text = "".join(
        [
            row("http://example.org/1"),
            row("http://example.org/2", status="301"),
            row("http://example.org/3", mime="image/jpeg"),
            row("http://example.org/4", mime="warc/revisit", status="-"),
            row("http://example.org/5", mime="unk", status="-"),
            row("http://example.org/robots.txt", mime="text/plain"),
            row("dns:example.org", mime="text/plain"),
            row("http://other.org/6"),
            row("https://www.Example.org:443/7"),
            row("http://example.org/8", time="20260228235959"),
            row("http://example.org/9", time="20260401000000000"),
            row("http://example.org/10", languages="eng,rus"),
            row("http://example.org/11", languages="ukr,eng"),
        ]
    )
    path = listed(tmp_path, text)

    def numbers(**fields: object) -> list[str]:
        return [target.url.rpartition("/")[2] for target in find(path, **fields)]

    assert numbers() == ["1", "5", "6", "7", "8", "9", "10", "11"]
    assert numbers(hosts=["example.org"]) == ["1", "5", "7", "8", "9", "10", "11"]
    assert numbers(since="2026-03-01", until="2026-03-31") == ["1", "5", "6", "7", "10", "11"]
    assert numbers(languages=["uk"]) == ["1", "5", "6", "7", "8", "9", "11"]
    assert numbers(mime=["image/jpeg"]) == ["3", "5"]


def test_a_page_is_fetched_once_but_every_record_is_kept(tmp_path: Path) -> None:
    text = row(A) + row(A + "?utm_source=x", time="20260302", offset="70") + row(A + "#c", time="20260303", offset="90")
    path = listed(tmp_path, text)
    assert [target.url for target in find(path)] == [A]
    assert [target.offset for target in find(path, warcs="w")] == [0, 70, 90]


@pytest.mark.parametrize("store", ["folder", "memory"])
def test_records_come_out_of_their_files(tmp_path: Path, store: str) -> None:
    warc = Warc().add(A, b"<p>1").add(B + "?a=1&utm_source=x", b"<p>2", WARC_Date="2026-03-05T00:00:00Z")
    ends = [*warc.offsets[1:], len(warc.bytes())]
    text = row(A, offset="0", length=str(ends[0])) + row(B + "?a=1", offset=str(ends[0]), length=str(ends[1] - ends[0]))
    memory = fsspec.filesystem("memory")
    if store == "memory":
        memory.pipe("/crawl/w.warc.gz", warc.bytes())
        memory.pipe("/lists/a.cdxj.gz", gzip.compress(text.encode()))
        path, warcs = "memory://lists/*.cdxj.gz", "memory://crawl"
    else:
        (tmp_path / "w.warc.gz").write_bytes(warc.bytes())
        path, warcs = str(listed(tmp_path, text)), str(tmp_path)
    try:
        found = find(path, warcs=warcs)
        assert [read_record(target, 1000).body for target in found] == [b"<p>1", b"<p>2"]
        for other, reason in (
            (replace(found[0], url=B), "another record at offset"),
            (replace(found[0], length=10**9), "larger than limits.page_bytes"),
            (replace(found[0], length=20), "offset 0"),
            (replace(found[0], offset=10**9), "offset 1000000000"),
        ):
            with pytest.raises(SitoError, match=reason):
                read_record(other, 1000)
    finally:
        if store == "memory":
            memory.rm("/", recursive=True)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.warc.gz",
        "/etc/passwd",
        "a/../../b.warc",
        "s3://bucket/a.warc",
        "simplecache::a",
        "a\\b",
        "~root/a",
        "",
        "a\0b",
    ],
)
def test_a_list_leads_nowhere_but_below_warcs(tmp_path: Path, name: str) -> None:
    (target,) = find(listed(tmp_path, row(filename=name)), warcs=str(tmp_path))
    assert target.path is None
    assert target.problem == "list.cdx, line 1: names no record of a WARC file below warcs"


def test_wrong_lines_are_named_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cdx, "_PROBLEMS", 4)
    lines = ["nothing", "a b c d", 'key 2026 {"url": "http://a.b/"}\n', "x" * 300_000, "{}", "{" * 5000 + "}", row(A)]
    *wrong, good = find(listed(tmp_path, "\n".join(lines)))
    assert good.url == A
    assert [target.problem for target in wrong] == [f"list.cdx, line {n}: is no capture" for n in (1, 2, 3, 5)]
    assert "2 more lines of" in caplog.text
    (bad,) = find(listed(tmp_path, row("http://tom:secret@example.org/")))
    assert bad.problem is not None
    assert bad.problem.startswith("list.cdx, line 1: its address holds a user name or password")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(row(A).encode() * 50)[:-30], "list.cdx breaks off: Compressed file ended"),
        (json.dumps(SERVER)[:-80], "list.cdx breaks off: row 3 is no JSON"),
        ("[" + "[" * 200_000, "list.cdx breaks off: row 1 is no JSON"),
        ('[["url"], ["' + "x" * 400_000, "list.cdx breaks off: row 2 is no JSON"),
    ],
)
def test_a_list_that_breaks_off_says_so(tmp_path: Path, content: str | bytes, message: str) -> None:
    found = find(listed(tmp_path, content))
    assert found[-1].problem is not None
    assert found[-1].problem.startswith(message)
    assert all(target.problem is None for target in found[:-1])


def test_an_empty_list_is_one_and_a_missing_one_is_a_mistake(tmp_path: Path) -> None:
    assert find(listed(tmp_path, ""), listed(tmp_path, "[]", "b.json"), listed(tmp_path, "[[]]", "c.json")) == []
    with pytest.raises(SitoError, match="no file lies at"):
        find(tmp_path / "none.cdx")


@settings(max_examples=60)
@given(
    st.binary(max_size=400).map(lambda content: content.removeprefix(b"\x1f\x8b"))
    | st.text('[]{}", \n:a1', max_size=200).map(str.encode),
    st.sampled_from([b"", b"[", b" CDX a b V g\n"]),
)
def test_any_list_is_read_to_its_end(content: bytes, head: bytes) -> None:
    with suppress(ValueError):  # of an array that breaks off
        for each in cdx._rows(BytesIO(head + content)):
            assert each.place
