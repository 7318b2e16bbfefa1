from __future__ import annotations

import gzip
import logging
import os
from pathlib import Path

import pytest

from flows.common.errors import SitoError
from flows.common.page_types import Target
from flows.config.kinds import FolderSource
from flows.crawl.capture import capture
from flows.discover import discover

LOG = logging.getLogger(__name__)
PAGE = b"<!doctype html><p>\xd0\x9f\xd1\x80\xd0\xb8\xd1\x87\xd0\xb0\xd0\xbb</p>"


def source(path: Path, **limits: int) -> FolderSource:
    return FolderSource.model_validate({"name": "a", "kind": "folder", "path": path, "limits": limits})


def find(path: Path) -> list[Target]:
    return list(discover(source(path), None, LOG))


def write(folder: Path, *names: str, content: bytes = PAGE) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_pages_are_found_sorted_and_everything_else_is_not(tmp_path: Path) -> None:
    write(tmp_path, "b.HTML", "a.htm", "c.xhtml", "d.txt", "below/e.html", "below/f/g.html")
    write(
        tmp_path, "README.md", ".hidden.html", ".git/h.html", "i.json", "j.pdf", "20260101.cdxj", "html", "k.html.part"
    )
    packed = gzip.compress(PAGE)
    write(tmp_path, "l.html.gz", "m.txt.gz", "bare.gz", "page 2026.01.gz", content=packed)
    write(tmp_path, "20260101.warc.gz", "n.tar.gz", "o.xml.gz", content=packed)
    write(tmp_path, "binary.gz", content=gzip.compress(b"\x7fELF\0\0"))
    write(tmp_path, "no.gz", "empty.gz", content=b"")
    assert [target.url for target in find(tmp_path)] == [
        "file:///a.htm",
        "file:///b.HTML",
        "file:///bare.gz",
        "file:///c.xhtml",
        "file:///d.txt",
        "file:///l.html.gz",
        "file:///m.txt.gz",
        "file:///page%202026.01.gz",
        "file:///below/e.html",
        "file:///below/f/g.html",
    ]


def test_every_file_name_gives_a_plain_address(tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff\xfe.html")  # no UTF-8
    write(tmp_path, "сторінка.html", "a?b#c%20d.html", "new\nline.html", odd)
    urls = [target.url for target in find(tmp_path)]
    assert sorted(urls) == sorted(
        [
            "file:///%D1%81%D1%82%D0%BE%D1%80%D1%96%D0%BD%D0%BA%D0%B0.html",
            "file:///a%3Fb%23c%2520d.html",
            "file:///new%0Aline.html",
            "file:///%FF%FE.html",
        ]
    )
    assert all(capture(source(tmp_path), target, None).body == PAGE for target in find(tmp_path))


def test_the_same_folder_elsewhere_gives_the_same_addresses(tmp_path: Path) -> None:
    write(tmp_path / "one", "x/y.html")
    write(tmp_path / "two", "x/y.html")
    (tmp_path / "link").symlink_to(tmp_path / "two")
    addresses = [[target.url for target in find(tmp_path / name)] for name in ("one", "two", "link")]
    assert addresses == [["file:///x/y.html"]] * 3


def test_links_do_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.html", "in/real.html")
    inside = tmp_path / "in"
    (inside / "alias.html").symlink_to("real.html")
    (inside / "leak.html").symlink_to(tmp_path / "outside/secret.html")
    (inside / "leak").symlink_to(tmp_path / "outside")
    (inside / "loop").symlink_to(inside)
    (inside / "self.html").symlink_to("self.html")
    (inside / "broken.html").symlink_to("nowhere.html")
    assert [target.url for target in find(inside)] == ["file:///alias.html", "file:///real.html"]


def test_a_file_becomes_a_link_after_discovery(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.html", "in/a.html")
    (target,) = find(tmp_path / "in")
    (tmp_path / "in/a.html").unlink()
    (tmp_path / "in/a.html").symlink_to(tmp_path / "outside/secret.html")
    with pytest.raises(SitoError, match=r"^the file cannot be read: a link that leads out of the folder$"):
        capture(source(tmp_path / "in"), target, None)


def test_a_capture_holds_the_file_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, "a.html", "b.txt")
    write(tmp_path, "c.html.gz", "d.gz", content=gzip.compress(PAGE))
    write(tmp_path, "e.gz", content=gzip.compress("Самий лише текст".encode()))
    os.utime(tmp_path / "a.html", (1_700_000_000.25, 1_700_000_000.25))
    captures = [capture(source(tmp_path), target, None) for target in find(tmp_path)]
    assert [c.content_type for c in captures] == ["text/html", "text/plain", "text/html", "text/html", "text/plain"]
    assert captures[0].at.isoformat() == "2023-11-14T22:13:20.250000+00:00"
    assert [c.body for c in captures] == [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    assert captures[0].status is None


def test_what_cannot_be_read_has_a_reason(tmp_path: Path) -> None:
    whole = gzip.compress(PAGE * 200)
    write(tmp_path, "big.html", content=b"x" * 65_537)
    write(tmp_path, "bomb.html.gz", content=gzip.compress(b"0" * 1_000_000))
    write(tmp_path, "broken.html.gz", content=whole[:-20])
    write(tmp_path, "gone.html", "pipe.html", "good.html")
    targets = find(tmp_path)
    (tmp_path / "gone.html").unlink()
    (tmp_path / "pipe.html").unlink()
    os.mkfifo(tmp_path / "pipe.html")
    reasons = {}
    for target in targets:
        try:
            capture(source(tmp_path, page_bytes=65_536), target, None)
        except SitoError as error:
            reasons[target.url.removeprefix("file:///")] = str(error)
    assert reasons == {
        "big.html": "the file is larger than limits.page_bytes (65,536)",
        "bomb.html.gz": "the file is no whole page: over 0.0625 MiB when unpacked",
        "broken.html.gz": "the file is no whole page: broken gzip: it ends in the middle",
        "gone.html": "the file cannot be read: No such file or directory",
        "pipe.html": "the file cannot be read: no regular file",
    }


def test_a_missing_folder_is_a_mistake_in_the_sources_file(tmp_path: Path) -> None:
    with pytest.raises(SitoError) as caught:
        find(tmp_path / "none")
    assert str(caught.value) == (f"source 'a': the folder {tmp_path}/none does not exist; fix path in the sources file")
    write(tmp_path, "file")
    with pytest.raises(SitoError, match=r"is no folder; fix path in the sources file$"):
        find(tmp_path / "file")


def test_an_unreadable_folder_below_is_a_failed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.html", "closed/b.html", "open/c.html")
    scandir = os.scandir  # root may read everything, so file modes cannot be used here

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = [(target.url, target.problem) for target in find(tmp_path)]
    assert found == [
        ("file:///a.html", None),
        ("file:///closed/", "the folder cannot be read: Permission denied"),
        ("file:///open/c.html", None),
    ]
