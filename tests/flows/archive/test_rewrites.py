"""Whoever lists shards sees either the old ones or the one that was made of them, at any moment."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.archive.cdxj import read_entries
from flows.archive.rewrites import (
    GRACE,
    Rewrites,
    is_rewritten,
    load_rewrites,
    rewritten_name,
    save_rewrites,
    visible,
)
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from support.captures import NOON, keep, response

if TYPE_CHECKING:
    from pathlib import Path

A, B, C, M, N = (
    f"2026030{n}T120000Z-00000{n}{r}.warc.gz" for n, r in ((1, ""), (2, ""), (3, ""), (2, "-r1"), (3, "-r3"))
)


BOTH = {A: {5: 10, 25: 30}, B: {5: 50}}
"""What stays of two shards, and where."""


def made_of_both() -> Rewrites:
    return Rewrites().begin(M).publish(M, BOTH, 90, NOON)


def seen(folder: Path, *names: str) -> list[str]:
    return visible(folder, lambda: set(names))


def test_a_shard_is_hidden_while_it_is_made_and_what_it_replaces_afterwards(tmp_path: Path) -> None:
    assert seen(tmp_path, B, A) == [A, B]
    making = Rewrites().begin(M)
    save_rewrites(tmp_path, making)
    assert seen(tmp_path, A, B, M) == [A, B]
    save_rewrites(tmp_path, making.publish(M, BOTH, 90, NOON))
    assert seen(tmp_path, A, B, M) == [M]
    assert seen(tmp_path, A, B) == [A, B], "without the new one, the old ones put back count again"
    (tmp_path / M).touch()
    assert seen(tmp_path, A, B) == [], "a table is to be made anew from the new shard"


def test_what_was_made_may_be_made_into_others(tmp_path: Path) -> None:
    twice = made_of_both().begin(N).publish(N, {M: {10: 20, 50: 60}, C: {7: 70}}, 99, NOON + GRACE)
    save_rewrites(tmp_path, twice)
    assert seen(tmp_path, A, B, C, M, N) == [N]
    assert load_rewrites(tmp_path) == twice
    assert twice.end(NOON + GRACE, lambda _: True)[1] == []
    rest, names = twice.end(NOON + 2 * GRACE, lambda _: True)
    assert names == [A, B, M, C]
    assert rest.published == {}
    save_rewrites(tmp_path, rest)
    assert seen(tmp_path, A, C, N) == [N], "a backup that is put back brings nothing twice"


def test_what_a_run_wrote_is_found_in_whatever_was_made_of_it() -> None:
    once = made_of_both()
    assert once.written(M) == {A: [10, 50], B: [50, 90]}
    assert once.origins([A]) == {A}
    assert once.origins([M]) == {M, A, B}, "a run may have cleaned the new one again"
    twice = once.begin(N).publish(N, {M: {10: 20}, C: {7: 70}}, 99, NOON)
    assert twice.written(N) == {A: [20, 70], B: [0, 0], C: [70, 99]}
    assert twice.origins([M]) == {M, A}, "of B nothing stayed"
    assert twice.origins([N, "other"]) == {N, A, C, "other"}
    assert Rewrites().origins([A, M]) == {A, M}
    assert twice.written(C) == {}


def test_old_files_stay_a_while_and_as_long_as_what_replaces_them_is_away() -> None:
    done = made_of_both()
    assert done.end(NOON + GRACE - timedelta(seconds=1), lambda _: True)[1] == []
    assert done.end(NOON + GRACE, lambda _: False)[1] == []
    assert done.end(NOON + GRACE, lambda _: True)[1] == [A, B]
    assert Rewrites().begin(M).end(NOON, lambda _: True) == (Rewrites(2), [M])


def test_a_listing_during_which_something_is_published_is_made_again(tmp_path: Path) -> None:
    making = Rewrites().begin(M)
    save_rewrites(tmp_path, making)
    listed: list[set[str]] = []

    def there() -> set[str]:
        if not listed:
            save_rewrites(tmp_path, making.publish(M, BOTH, 90, NOON))
        listed.append({A, B} if not listed else {M})
        return listed[-1]

    assert visible(tmp_path, there) == [M]
    assert len(listed) == 2


@pytest.mark.parametrize("old", [B, M])
def test_the_new_name_sorts_where_the_old_one_did(old: str) -> None:
    name = rewritten_name(old, 12)
    assert sorted([C, name, A]) == [A, name, C]
    assert name == B.replace(".warc.gz", "-r12.warc.gz")
    assert is_rewritten(name)
    assert not is_rewritten(B)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"number": 1, "strange": 2}', '{"making": 3}', '{"published": {"a": "yesterday"}}'),
        *('{"replaced": {"a": ["b"]}}', '{"making": "../../a.warc.gz"}', '{"making": "sources.toml"}'),
        '{"replaced": {"a.warc.gz": {"/etc/b.warc.gz": [0, 1]}}}',
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / ".rewrites.json").write_text(text)
    with pytest.raises(SitoError, match="cannot be read"):
        load_rewrites(tmp_path)


def test_a_kill_in_the_making_leaves_nothing_to_be_taken_for_a_shard(tmp_path: Path) -> None:
    archive, _, _ = keep(tmp_path, [response()])
    (old,) = archive.shards()
    made = rewritten_name(old.name, 1)
    save_rewrites(archive.folder, Rewrites().begin(made))
    whole = [old.with_name(made), old.with_name(f"{made}.part")]
    for path in whole:
        path.write_bytes(old.read_bytes())
    with archive.lock():
        assert any("was not finished" in said for said in archive.recover())
    assert not any(path.exists() for path in whole)
    assert archive.shards() == [old]
    assert len(read_entries(old)) == len(Archive(tmp_path, "news").captured()) == 1
    assert json.loads((archive.folder / ".rewrites.json").read_text())["making"] == made
