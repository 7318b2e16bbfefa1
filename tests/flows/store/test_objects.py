"""A store that is slow, full of faults, or not there at all; and what is said of it."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.store import objects
from flows.store.address import store_of
from flows.store.objects import Conflict, Missing, Objects
from support.object_store import KEYS, Fault

if TYPE_CHECKING:
    from support.object_store import ObjectStore

pytestmark = pytest.mark.xdist_group("object_store")

BODY = bytes(range(256)) * 4096


@pytest.fixture
def here(object_store: ObjectStore) -> Objects:
    at = store_of(object_store.machine("one"))
    assert at is not None
    return Objects(at)


def download(here: Objects, key: str, body: bytes = BODY) -> bytes:
    file = io.BytesIO()
    here.download(key, len(body), hashlib.sha256(body).hexdigest(), file)
    return file.getvalue()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=503, times=3),
        Fault(status=500, times=2),
        Fault(seconds=1.0, times=2),
        Fault(method="GET", cut=1000, times=2),
        Fault(method="GET", cut=0),
        Fault(method="GET", deaf=True, times=2),
        Fault(method="PUT", deaf=True),
    ],
    ids=["503", "500", "slow", "cut", "cut at once", "no answer", "answer to the write is lost"],
)
def test_a_passing_fault_is_passed_over(fault: Fault, here: Objects, object_store: ObjectStore) -> None:
    object_store.faults.append(fault)
    assert here.create("raw/a/1.warc.gz", BODY)
    assert download(here, "raw/a/1.warc.gz") == BODY
    first = here.replace("raw/a/.files", b"1", None)
    second = here.replace("raw/a/.files", b"2", first)
    assert here.read("raw/a/.files", 10) == (b"2", second)
    assert here.read("raw/a/.files", 10, second) is None
    assert fault.met > fault.times


def test_each_write_says_what_must_be_there(here: Objects) -> None:
    first = here.replace("x", b"1", None)
    with pytest.raises(Conflict):
        here.replace("x", b"2", None)
    assert here.create("x", b"1"), "the same bytes are what an earlier try wrote"
    assert not here.create("x", b"2")
    here.replace("x", b"3", first)
    with pytest.raises(Conflict):
        here.replace("x", b"4", first)
    with pytest.raises(Conflict):
        here.replace("y", b"4", first)
    assert here.read("x", 1) is not None
    with pytest.raises(SitoError, match="larger than anything"):
        here.read("x", 0)


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_a_lost_answer_to_a_conditional_write_is_no_conflict(
    method: str, here: Objects, object_store: ObjectStore
) -> None:
    first = here.replace("x", b"1", None)
    object_store.faults.append(Fault(method=method, deaf=True))
    second = here.replace("x", b"2", first)
    assert here.read("x", 1) == (b"2", second)


def test_what_is_not_what_was_published_is_not_taken(here: Objects) -> None:
    here.create("x", BODY)
    with pytest.raises(Conflict):
        download(here, "x", BODY[:-1])
    with pytest.raises(Conflict):
        download(here, "x", BODY[:-1] + b"x")
    with pytest.raises(Missing):
        download(here, "y")


def test_objects_are_listed_and_removed(here: Objects, object_store: ObjectStore) -> None:
    for key in ("raw/a/1", "raw/a/2", "raw/b/1", "clean/1"):
        here.create(key, b"12")
    assert here.folders("raw") == ["a", "b"]
    assert here.sizes("raw/a") == {"raw/a/1": 2, "raw/a/2": 2}
    assert here.beginning("raw/a/1", 1) == b"1"
    object_store.faults.append(Fault(method="POST", deaf=True))
    here.remove(key for key in ("raw/a/1", "raw/a/3"))
    assert here.sizes("raw/a") == {"raw/a/2": 2}
    here.remove([])


def said(here: Objects) -> str:
    with pytest.raises(SitoError) as error:
        here.read("raw/a/.files.json.gz", 10)
    assert not any(value in f"{error.value!r} {error.value}" for value in list(KEYS.values())[:2])
    return str(error.value)


def test_a_store_that_refuses(here: Objects, object_store: ObjectStore) -> None:
    object_store.faults.append(Fault(status=403, times=10**6))
    assert "the store refuses" in (found := said(here))
    assert "AWS_SECRET_ACCESS_KEY" in found
    assert len(object_store.requests) == 1, "it is not asked again"


def test_a_store_that_is_down(here: Objects, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "RETRY_SECONDS", 0.5)
    object_store.faults.append(Fault(status=503, times=10**6))
    at = store_of(object_store.machine("one"))
    assert at is not None
    assert "the store cannot be used" in said(Objects(at))


def test_a_store_that_hangs(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "READ_SECONDS", 1)
    monkeypatch.setattr(objects, "RETRY_SECONDS", 1)
    object_store.faults.append(Fault(seconds=3, times=3))
    at = store_of(object_store.machine("one"))
    assert at is not None
    assert "the store cannot be used" in said(Objects(at))


def test_a_bucket_that_is_not_there(object_store: ObjectStore) -> None:
    object_store.bucket = "nobody-made-it"
    at = store_of(object_store.machine("one"))
    assert at is not None
    with pytest.raises(SitoError, match="there is no such bucket"):
        Objects(at).read("x", 1)
    with pytest.raises(SitoError, match="there is no such bucket"):
        Objects(at).create("x", b"1")


def test_a_store_needs_one_package_more(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "obstore.exceptions", None)
    at = store_of(object_store.machine("one"))
    assert at is not None
    with pytest.raises(SitoError, match=r"pip install 'sito\[store\]'"):
        Objects(at)


def test_what_the_library_says_is_short_and_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-token-of-mine")
    told = "Error performing GET http://x/ in 2.49s, after 8 retries, max_retries: 8, retry_timeout: 90s - HTTP error: "
    assert objects._without_secrets(f"{told}a-token-of-mine\n\nDebug source:\nGeneric") == (
        "Error performing GET http://x/: HTTP error: ***"
    )
