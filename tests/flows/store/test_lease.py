"""The lease of a scope: taken, renewed, ended, taken over when its time has run out, and never before."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.store import lease
from flows.store.address import store_of
from flows.store.lease import Lease
from flows.store.objects import Objects
from support.object_store import Fault

if TYPE_CHECKING:
    from support.object_store import ObjectStore

pytestmark = pytest.mark.xdist_group("object_store")


@pytest.fixture
def here(object_store: ObjectStore) -> Objects:
    at = store_of(object_store.machine("one"))
    assert at is not None
    return Objects(at)


def a_lease(here: Objects, owner: str) -> Lease:
    return Lease(here, "raw/news/.lease.json", owner, "s3://bucket: news")


def told(here: Objects) -> dict[str, object]:
    found = here.read("raw/news/.lease.json", 4096)
    assert found is not None
    answer: dict[str, object] = json.loads(found[0])
    return answer


def test_it_is_of_one_owner_at_a_time(here: Objects) -> None:
    one, other = a_lease(here, "one"), a_lease(here, "other")
    assert not one.take()
    with pytest.raises(SitoError, match=r"s3://bucket: news: another run \(.*\) is writing there until \d\d:\d\d"):
        other.take()
    one.release()
    assert told(here) == {"owner": None, "tidy": True}
    assert not other.take()
    other.is_tidy = False
    other.release()
    assert one.take(), "who comes next has to tidy up"
    one.release()


def test_who_was_killed_on_this_machine_is_known_to_be_dead(here: Objects) -> None:
    a_lease(here, "one").take()
    again = a_lease(here, "one")
    assert again.take()
    again.release()


def test_it_is_renewed_as_long_as_it_is_held(here: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1.0)
    monkeypatch.setattr(lease, "MARGIN", 1.0)
    one = a_lease(here, "one")
    one.take()
    time.sleep(3)
    with pytest.raises(SitoError, match="is writing there"):
        a_lease(here, "other").take()
    assert not one.lost
    one.release()


def test_one_that_ran_out_is_taken_over_and_its_owner_sees_it(here: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1.0)
    monkeypatch.setattr(lease, "MARGIN", -10.0)
    one, other = a_lease(here, "one"), a_lease(here, "other")
    one.take()
    assert other.take()
    time.sleep(1)
    assert one.lost
    one.release()
    assert told(here)["owner"] == "other"
    other.release()


def test_a_renewal_that_fails_is_tried_again(
    here: Objects, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1.0)
    one = a_lease(here, "one")
    one.take()
    object_store.faults.append(Fault(method="PUT", status=403, times=2))
    time.sleep(2)
    assert not one.lost
    one.release()
    assert told(here)["owner"] is None


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_a_store_that_ignores_conditions_is_refused(skip: int, here: Objects, object_store: ObjectStore) -> None:
    object_store.faults.append(Fault(method="PUT", blind=True, skip=skip, times=10**6))
    with pytest.raises(SitoError, match="writes although the condition of the write does not hold"):
        a_lease(here, "one").take()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"owner": 1}', b'{"owner": "x", "until": "soon"}', b"\xff"])
def test_what_is_no_lease_holds_nobody_up(content: bytes, here: Objects) -> None:
    here.create("raw/news/.lease.json", content)
    one = a_lease(here, "one")
    one.take()
    one.release()
