"""What is known by the manifest is what the indexes say, whatever became of shards, indexes and manifest."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive import remembered_shards
from flows.archive.pruned_versions import PrunedVersion
from flows.archive.source_archive import Archive
from support.captures import NOON

if TYPE_CHECKING:
    from flows.archive.captured_index import CapturedIndex

Line = tuple[int, int, int, bool]
"""Of a capture: numbers of its address and payload, status, whether it is a revisit."""
URLS = ("https://a.example/1", "https://a.example/1?a=1", "https://a.example/1?a=2", "https://a.example/2")
DIGESTS = ("sha1:A", "sha1:B")


def shard(archive: Archive, number: int, lines: list[Line], version: int = 0) -> None:
    """A shard of which only the index can be read."""
    archive.folder.mkdir(parents=True, exist_ok=True)
    name = f"{number:03}"
    (archive.folder / f"{name}.warc.gz").write_bytes(b"x" * (1 + version))
    text = ""
    for place, (url, digest, status, revisit) in enumerate(lines):
        at = NOON + timedelta(hours=number, minutes=place)
        fields = {"url": URLS[url], "digest": DIGESTS[digest], "status": str(status), "warc-date": at.isoformat()}
        fields |= {"mime": "warc/revisit" if revisit else "text/html", "offset": str(place)}
        text += f"key 20260301 {json.dumps(fields)}\n"
    (archive.folder / f"{name}.cdxj").write_text(text)


def answers(captured: CapturedIndex) -> list[Any]:
    told: list[Any] = [len(captured)]
    for url in URLS:
        told += [captured.get(url), [(captured.original(url, d), captured.twin(url, d)) for d in DIGESTS]]
    return told


def by_files(archive: Archive) -> list[Any]:
    """Without a manifest."""
    path, aside = archive.manifest.path, archive.manifest.path.with_name("aside")
    there = path.exists()
    if there:
        path.rename(aside)
    try:
        return answers(Archive(archive.folder.parents[1], archive.folder.name).captured())
    finally:
        if there:
            aside.rename(path)


lines = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from([200, 200, 304, 301, 404]), st.booleans()),
    max_size=4,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 6), lines),
        st.tuples(st.just("remove"), st.integers(0, 6), st.just([])),
        st.tuples(st.just("remember"), st.just(0), st.just([])),
    ),
    max_size=14,
)


@settings(max_examples=40)
@given(steps=steps, at_once=st.sampled_from([1, 256]))
def test_the_manifest_says_what_the_files_say(steps: list[tuple[str, int, list[Line]]], at_once: int) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered_shards, "_AT_ONCE", at_once)
        archive = Archive(Path(folder), "news")
        archive.folder.mkdir(parents=True)
        for version, (what, number, own) in enumerate(steps):
            if what == "put":
                shard(archive, number, own, version)
            elif what == "remove":
                for path in archive.folder.glob(f"{number:03}.*"):
                    path.unlink()
            else:
                archive.remember()
            assert answers(archive.captured()) == by_files(archive)
            archive.manifest.close()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Three shards that the manifest knows."""
    made = Archive(tmp_path, "news")
    for number in range(3):
        shard(made, number, [(number, 0, 200, False), (3, number % 2, 200, False)])
    made.remember()
    return made


def unreadable(archive: Archive) -> None:
    """Indexes of the same states in which nothing can be read any more."""
    import os

    for path in archive.folder.glob("*.cdxj"):
        at = path.stat()
        path.write_bytes(b"\xff" * at.st_size)
        os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))


def test_what_the_manifest_knows_is_not_opened(archive: Archive) -> None:
    told = by_files(archive)
    unreadable(archive)
    assert answers(archive.captured()) == told
    shard(archive, 7, [(0, 1, 200, False)])
    captured = archive.captured()
    assert captured.original(URLS[0], DIGESTS[1]) == (NOON + timedelta(hours=7), "007.warc.gz", 0)
    archive.remember()
    assert answers(archive.captured()) == answers(captured)


def test_what_was_forgotten_in_a_run_is_held_no_more(archive: Archive) -> None:
    captured = archive.captured()
    before = len(captured)
    captured.forget(URLS[3])
    assert (URLS[3] in captured, captured.original(URLS[3], DIGESTS[0]), len(captured)) == (False, None, before - 1)
    captured.forget(URLS[3])
    assert len(captured) == before - 1


@pytest.mark.parametrize("damaged", [False, True])
def test_what_was_pruned_is_known_too(archive: Archive, monkeypatch: pytest.MonkeyPatch, damaged: bool) -> None:
    shard(archive, 3, [(0, 1, 200, False)])
    for path in archive.folder.glob("003.*"):
        path.rename(path.with_name(path.name.replace("003", "003-r1")))
    gone = [PrunedVersion(URLS[1], DIGESTS[0], NOON)]
    monkeypatch.setattr(remembered_shards, "read_pruned", lambda shard: gone if shard.name == "003-r1.warc.gz" else [])
    captured = archive.remember()
    if damaged:
        archive.manifest.close()
        whole = archive.manifest.path.read_bytes()
        archive.manifest.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    pruned = [captured.was_pruned(url, digest) for url in URLS for digest in DIGESTS]
    assert pruned == [False, False, True, *[False] * 5]


def test_a_manifest_that_is_damaged_in_mid_run_is_done_without(archive: Archive) -> None:
    told = by_files(archive)
    captured = archive.captured()
    archive.manifest.close()
    whole = archive.manifest.path.read_bytes()
    archive.manifest.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert answers(captured) == told


def test_a_wrong_one_is_known(archive: Archive) -> None:
    from flows.archive.cdxj import read_entries

    entries = {path: read_entries(path) for path in archive.shards()}
    assert archive.is_manifest_right(entries)
    archive.manifest.write(lambda connection: connection.execute("DELETE FROM captured"))
    assert not archive.is_manifest_right(entries)
