"""The state made of raw/: complete, the same in any order of shards, and never older than what it knew."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, tzinfo
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

import flows.state.state_store
from flows.archive.cdxj import index_path
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.state import PageState, Policy, State
from support.captures import NOON, file, keep, response

if TYPE_CHECKING:
    from flows.common.page_types import Capture

HOUR = timedelta(hours=1)
BRIDGE = "https://example.org/bridge"
ROAD = "https://example.org/road"
NEWS = Policy((1, 6, 24))
TEXT = ("Content-Type", "text/html")


def day() -> list[list[Capture]]:
    """Four runs: new, changed, confirmed by 304, moved, failing."""
    return [
        [
            response(BRIDGE, b"first", NOON, headers=(TEXT, ("ETag", '"1"'))),
            response(ROAD, b"road", NOON, headers=(TEXT, ("last-modified", "Sun, 01 Mar 2026 12:00:00 GMT"))),
            file("file:///a.html", b"file", NOON),
        ],
        [response(BRIDGE, b"second", NOON + HOUR, headers=(TEXT, ("ETag", '"2"')))],
        [response(BRIDGE, b"", NOON + 2 * HOUR, status=304, headers=()), response(ROAD, b"road", NOON + 2 * HOUR)],
        [
            response("https://example.org/old", b"", NOON, status=301),
            response(ROAD, b"no", NOON + 3 * HOUR, status=404),
        ],
    ]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    for run in day():
        archive, _, _ = keep(tmp_path / "data", run)
    return archive


def rows(state: State, source: str = "news") -> dict[str, PageState]:
    return {page.url: page for page in state.pages.all(source)}


class ThatDay(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp((NOON + 3 * HOUR).timestamp(), tz)


def test_every_capture_is_taken_in(state: State, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.state.state_store, "datetime", ThatDay)  # a revisit of long ago is not made up for
    assert state.sync_from_archive("news", archive, NEWS) == 8
    found = rows(state)
    assert set(found) == {BRIDGE, ROAD, "file:///a.html", "https://example.org/old"}
    bridge = found[BRIDGE]
    assert (bridge.first_seen, bridge.first_captured, bridge.changed_at) == (NOON, NOON, NOON + HOUR)
    assert (bridge.captured_at, bridge.asked_at) == (NOON + 2 * HOUR, NOON + 2 * HOUR)
    assert (bridge.status, bridge.outcome, bridge.etag) == (304, "unchanged", '"2"')
    assert bridge.next_try == NOON + 6 * HOUR
    captured = archive.captured().get(BRIDGE)
    assert captured is not None
    assert (bridge.digest, bridge.captured_at) == (captured.digest, captured.at)
    road = found[ROAD]
    assert (road.outcome, road.status, road.failures, road.captured_at) == ("failed", 404, 1, NOON + 2 * HOUR)
    assert road.last_modified is None  # the last good answer gave none
    assert found["file:///a.html"].status is None
    assert found["https://example.org/old"].status == 301


def test_a_second_time_nothing_is_read(state: State, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    state.sync_from_archive("news", archive)
    before = rows(state)
    for shard in archive.shards():
        index_path(shard).write_text("no index")
    assert state.sync_from_archive("news", archive) == 0
    assert rows(state) == before


def test_only_shards_that_are_new_or_changed_are_read(state: State, archive: Archive, tmp_path: Path) -> None:
    state.sync_from_archive("news", archive)
    keep(tmp_path / "data", [response("https://example.org/new", b"new", NOON + 5 * HOUR)])
    assert state.sync_from_archive("news", archive) == 1
    shard = archive.shards()[0]
    index_path(shard).unlink()
    with shard.open("ab") as grown:
        grown.write(archive.shards()[1].read_bytes())
    assert state.sync_from_archive("news", archive) == 4


def test_any_order_of_shards_gives_the_same_rows(archive: Archive, tmp_path: Path) -> None:
    shards = archive.shards()
    outcomes = []
    for number, order in enumerate(permutations(range(len(shards)))):
        part = Archive(tmp_path / f"parts{number}", "news")
        part.folder.mkdir(parents=True)
        with State.open(f"sqlite:///{tmp_path}/{number}.sqlite") as state:
            for place in order:
                for path in (shards[place], index_path(shards[place])):
                    shutil.copy(path, part.folder)
                state.sync_from_archive("news", part, NEWS)
            outcomes.append(rows(state))
            state.rebuild("news", archive, NEWS)
            outcomes.append(rows(state))
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_a_shard_moved_away_takes_nothing_with_it(state: State, archive: Archive) -> None:
    state.sync_from_archive("news", archive)
    before = rows(state)
    for path in list(archive.folder.iterdir()):
        path.unlink()
    assert state.sync_from_archive("news", archive) == 0
    assert rows(state) == before


def test_what_a_run_entered_later_stays(state: State, archive: Archive) -> None:
    known = PageState(
        BRIDGE,
        first_seen=NOON - HOUR,
        asked_at=NOON + 9 * HOUR,
        outcome="failed",
        status=503,
        failures=3,
        reason="HTTP status 503",
        next_try=NOON + 13 * HOUR,
    )
    state.pages.record("news", [known])
    state.sync_from_archive("news", archive)
    found = rows(state)[BRIDGE]
    assert (found.first_seen, found.asked_at, found.failures) == (NOON - HOUR, NOON + 9 * HOUR, 3)
    assert (found.captured_at, found.etag) == (NOON + 2 * HOUR, '"2"')


def test_what_a_run_entered_of_the_same_captures_is_not_read_again(
    state: State, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.sync_from_archive("news", archive)
    before = rows(state)
    read: list[int] = []
    monkeypatch.setattr("flows.state.sync.ArchiveIterator", lambda *_, **__: iter([read.append(1)]))
    other = Archive(archive.folder.parent.parent, "news")
    for shard in archive.shards():
        moved = shard.with_name(shard.name.replace("Z-", "Z-9"))
        index_path(shard).rename(index_path(moved))
        shard.rename(moved)
    assert state.sync_from_archive("news", other) == 8
    assert rows(state) == before
    assert len(read) <= 5  # those at the very moment of the known one, and the file's and errors' never


def test_a_rebuild_forgets_what_raw_does_not_hold(state: State, archive: Archive) -> None:
    state.pages.seen("news", ["https://example.org/never"], NOON)
    state.pages.seen("other", ["https://example.org/never"], NOON)
    state.sync_from_archive("news", archive)
    assert state.rebuild("news", archive) == 8
    assert "https://example.org/never" not in rows(state)
    assert len(rows(state, "other")) == 1


def test_another_policy_makes_all_pages_due_anew(state: State, archive: Archive) -> None:
    state.sync_from_archive("news", archive)
    state.pages.seen("news", ["https://example.org/waits"], NOON)
    assert rows(state)[BRIDGE].next_try is None
    state.sync_from_archive("news", archive, Policy(refresh_hours=48))
    found = rows(state)
    assert found[BRIDGE].next_try == NOON + 50 * HOUR
    assert found["https://example.org/waits"].next_try == NOON
    state.sync_from_archive("news", archive)
    assert rows(state)[BRIDGE].next_try is None
    assert rows(state)[ROAD].next_try is not None  # it failed, and is tried again by any policy


def test_hostile_headers_do_no_harm(state: State, tmp_path: Path) -> None:
    headers = (TEXT, ("ETag", '"' + "a" * 20_000 + '"'), ("Last-Modified", "\x01\x02"), ("Set-Cookie", "b" * 50_000))
    archive, _, _ = keep(tmp_path / "data", [response(BRIDGE, b"page", NOON, headers=headers)])
    assert state.sync_from_archive("news", archive) == 1
    found = rows(state)[BRIDGE]
    assert (found.etag, found.last_modified) == (None, None)


def test_a_damaged_index_is_said(state: State, archive: Archive) -> None:
    index_path(archive.shards()[1]).write_text("no index")
    with pytest.raises(SitoError, match=r"cdxj: cannot be read .*delete it"):
        state.sync_from_archive("news", archive)


def test_a_damaged_shard_gives_what_its_index_says(state: State, archive: Archive) -> None:
    shard = archive.shards()[0]
    shard.write_bytes(shard.read_bytes()[:900])
    assert state.sync_from_archive("news", archive) == 8
    assert set(rows(state)) >= {BRIDGE, ROAD}


def test_progress_is_told_shard_by_shard(state: State, archive: Archive) -> None:
    told: list[tuple[int, int]] = []
    state.sync_from_archive("news", archive, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_nothing_is_absorbed_of_a_source_without_an_archive(state: State, tmp_path: Path) -> None:
    assert state.sync_from_archive("news", Archive(tmp_path / "data", "news")) == 0
