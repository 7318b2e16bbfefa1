"""Discovery beside the fetching: in order, to its end, and without holding anything back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.common.page_types import Target
from flows.discover import background
from flows.discover.background import Background

if TYPE_CHECKING:
    from collections.abc import Iterator


def targets(count: int) -> list[Target]:
    return [Target(f"https://a.example/{n}") for n in range(count)]


def taken(found: Background) -> list[Target]:
    """All of them, waiting where need be."""
    got = []
    for target in found:
        if target is None:
            found.wait()
        else:
            got.append(target)
    return got


def test_targets_come_in_order_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AHEAD", 3)
    found = Background(targets(50))
    assert taken(found) == targets(50)
    found.close()


def test_what_is_not_found_yet_holds_nothing_back() -> None:
    go = threading.Event()

    def slow() -> Iterator[Target]:
        yield targets(1)[0]
        assert go.wait(20)
        yield targets(2)[1]

    found = Background(slow())
    found.wait()
    each = iter(found)
    assert [next(each), next(each), next(each)] == [targets(1)[0], None, None]
    go.set()
    assert taken(found) == targets(2)[1:]
    found.close()


def test_an_error_comes_behind_the_targets() -> None:
    def broken() -> Iterator[Target]:
        yield from targets(2)
        raise SitoError("no sitemap")

    found = Background(broken())
    got: list[Target] = []
    with pytest.raises(SitoError, match="no sitemap"):
        got.extend(target for target in found if target)
    assert got == targets(2)
    found.close()


def test_what_was_read_counts_when_its_last_target_is_taken() -> None:
    read = 0
    full = threading.Event()

    def listings() -> Iterator[Target]:
        nonlocal read
        for target in targets(3):
            yield target
            read += 1
        full.set()

    found = Background(listings(), lambda: read)
    assert full.wait(20)
    counts = []
    for target in found:
        counts += [found.read] if target else []
    assert counts == [0, 1, 2]
    assert found.read == 3
    found.close()


def test_closing_ends_discovery_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AHEAD", 2)
    waits = Background(targets(9))  # for somebody to take what it has found
    waits.close()
    stop = threading.Event()

    def hangs() -> Iterator[Target]:
        assert stop.wait(20)
        yield targets(1)[0]

    Background(hangs()).close(abort=stop.set)
