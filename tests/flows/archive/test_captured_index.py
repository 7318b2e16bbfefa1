"""What the index of captures says of an address, by what was added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.archive.captured_index import CapturedIndex, Original

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(microseconds=1)
URL = "https://a.example/1"


@pytest.mark.parametrize(
    ("status", "known", "pages"),
    [
        (None, True, 1),
        (199, False, 0),
        (200, True, 1),
        (299, True, 1),
        (300, True, 0),
        (399, True, 0),
        (400, False, 0),
        (500, False, 0),
    ],
)
def test_files_and_good_answers_are_pages_and_redirects_are_known(status: int | None, known: bool, pages: int) -> None:
    captured = CapturedIndex()
    captured.add(URL, "sha1:a", NOON, status)
    page = captured.get(URL)
    assert (page is not None, URL in captured, len(captured)) == (known, known, pages)
    assert page is None or (page.digest, page.at, page.status, page.digests) == ("sha1:a", NOON, status, ("sha1:a",))
    assert captured.original(URL, "sha1:a") == Original(NOON, "", 0)
    captured.forget(URL)
    assert (captured.get(URL), captured.original(URL, "sha1:a"), len(captured)) == (None, None, 0)


@pytest.mark.parametrize(
    ("statuses", "digest", "status", "pages"),
    [
        ([200, 200], "sha1:1", 200, 1),
        ([200, 301], "sha1:1", 301, 0),
        ([300, 200], "sha1:1", 200, 1),
        ([299, 200], "sha1:1", 200, 1),
        ([200, 404], "sha1:0", 200, 1),
        ([404, 200], "sha1:1", 200, 1),
        ([200, None], "sha1:1", None, 1),
    ],
)
def test_the_last_good_capture_counts(statuses: list[int | None], digest: str, status: int | None, pages: int) -> None:
    captured = CapturedIndex()
    for n, each in enumerate(statuses):
        captured.add(URL, f"sha1:{n}", NOON + timedelta(hours=n), each, shard=f"{n}.warc.gz", offset=n + 7)
    page = captured.get(URL)
    assert page
    assert (page.digest, page.status, page.digests, len(captured)) == (digest, status, ("sha1:0", "sha1:1"), pages)
    assert captured.original(URL, "sha1:1") == Original(NOON + timedelta(hours=1), "1.warc.gz", 8)
    assert captured.original(URL, "sha1:2") is None


def test_a_revisit_confirms_what_is_known_and_nothing_else() -> None:
    captured = CapturedIndex()
    captured.add(URL, "sha1:a", NOON, 200, revisit=True, shard="b", offset=5)
    assert (captured.get(URL), len(captured)) == (None, 0)
    captured.add(URL, "sha1:a", NOON, 304, revisit=True)
    assert captured.get(URL) is None
    captured.add(URL, "sha1:a", NOON, 200, shard="a", offset=3)
    captured.add(URL, "sha1:a", LATER, 200, revisit=True, shard="b", offset=5)
    page = captured.get(URL)
    assert page
    assert page.at == LATER
    assert captured.original(URL, "sha1:a") == Original(NOON, "a", 3)


@pytest.mark.parametrize("status", [None, 200, 301])
def test_not_modified_confirms_the_last_good_capture(status: int | None) -> None:
    captured = CapturedIndex()
    captured.add(URL, "sha1:a", NOON, status)
    captured.add(URL, "sha1:a", LATER, 304, revisit=True)
    page = captured.get(URL)
    assert page
    assert (page.at, page.status, len(captured)) == (LATER, status, int(status != 301))


@pytest.mark.parametrize("status", [404, 500])
def test_not_modified_does_not_confirm_an_error(status: int) -> None:
    captured = CapturedIndex()
    captured.add(URL, "sha1:a", NOON, status)
    captured.add(URL, "sha1:a", LATER, 304, revisit=True)
    assert (captured.get(URL), len(captured)) == (None, 0)


@pytest.mark.parametrize(
    ("held", "digest", "asked", "twin"),
    [
        (f"{URL}?a=1", "sha1:a", f"{URL}?b=2", f"{URL}?a=1"),
        (f"{URL}?a=1", "sha1:a", URL, f"{URL}?a=1"),
        (URL, "sha1:a", f"{URL}?b=2", URL),
        (f"{URL}?a=1", "sha1:a", f"{URL}?a=1", None),
        (URL, "sha1:a", URL, None),
        (f"{URL}?a=1", "sha1:other", f"{URL}?b=2", None),
        ("https://a.example/2?a=1", "sha1:a", f"{URL}?a=1", None),
        ("https://b.example/1", "sha1:a", f"{URL}?a=1", None),
    ],
)
def test_a_twin_has_the_same_bytes_and_another_query(held: str, digest: str, asked: str, twin: str | None) -> None:
    captured = CapturedIndex()
    captured.add(held, digest, NOON, 200)
    assert captured.twin(asked, "sha1:a") == twin


def test_a_twin_that_has_changed_since_is_none() -> None:
    captured = CapturedIndex()
    captured.add(f"{URL}?a=1", "sha1:a", NOON, 200)
    captured.add(f"{URL}?a=1", "sha1:b", LATER, 200)
    assert captured.twin(f"{URL}?b=2", "sha1:a") is None
    assert captured.twin(f"{URL}?b=2", "sha1:b") == f"{URL}?a=1"


def test_what_is_no_address_is_not_known() -> None:
    captured = CapturedIndex()
    captured.add("https://a.example/\n", "sha1:a", NOON, 200)
    captured.forget("https://a.example/\n")
    assert (len(captured), captured.twin("https://a.example/\n", "sha1:a")) == (0, None)
