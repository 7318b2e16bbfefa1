"""What of the captures of one address nobody needs who wants the page as it is now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.archive.captured_index import CapturedIndex
from flows.archive.cdxj import CdxjEntry
from flows.archive.superseded import superseded, superseded_revisits
from support.captures import NOON

URL = "https://a.example/1"
LATER = NOON + timedelta(days=99)


def captures(told: str) -> list[CdxjEntry]:
    """A letter a capture, a day after the other: small ones are revisits, a sign behind it says the status."""
    found = []
    for n, word in enumerate(told.split()):
        status = {"!": 500, ">": 301, "=": 304}.get(word[1:], 200)
        found.append(CdxjEntry(URL, word[0].upper(), NOON + timedelta(days=n), status, word[0].islower(), n))
    return found


@pytest.mark.parametrize(
    ("told", "goes", "wanted"),
    [
        ("A", "", ""),
        ("A B C", "01", ""),
        ("A B C", "1", "0"),  # the last with text
        ("A a a a", "12", ""),  # the last says until when it was so
        ("A B a", "", ""),  # came back: its bytes are in the first, the last row is that of the second
        ("A B C a", "1", ""),
        ("A B b= b=", "02", ""),
        ("A B!", "", ""),
        ("A B! C!", "1", ""),
        ("A B b! C>", "02", ""),  # once more the same error, then it moved: the page itself stays
        ("A> B> C", "01", ""),
        ("a", "", ""),  # its payload is in a shard that was moved away
    ],
)
def test_what_goes(told: str, goes: str, wanted: str) -> None:
    assert superseded(captures(told), LATER, [int(place) for place in wanted]) == set(map(int, goes))


@pytest.mark.parametrize(
    ("told", "days", "goes"),
    [
        ("A B a C", 0, ""),
        ("A B a C", 2, ""),  # A is the payload of what was superseded later
        ("A B a C", 2.5, "1"),
        ("A B a C", 3, "1"),
        ("A B a C", 3.5, "012"),
        ("A a a B", 2.5, "1"),  # the last that said so until B came
        ("A B! B! C", 2.5, "1"),
        ("A B! C", 2, ""),  # an error is no other version: A was the page until C came
    ],
)
def test_what_was_superseded_lately_stays_with_the_payload_that_it_refers_to(told: str, days: float, goes: str) -> None:
    assert superseded(captures(told), NOON + timedelta(days=days)) == set(map(int, goes))


def test_a_page_of_years_that_changed_yesterday_stays() -> None:
    old, new = captures("A B")
    entries = [
        old,
        new._replace(at=NOON + timedelta(days=900)),
        new._replace(digest="C", at=NOON + timedelta(days=901)),
    ]
    assert superseded(entries, NOON + timedelta(days=900)) == set()
    assert superseded(entries, NOON + timedelta(days=901)) == {0}
    assert superseded(entries, NOON + timedelta(days=902)) == {0, 1}


@pytest.mark.parametrize(
    ("told", "goes"),
    [
        ("A", ""),
        ("A a= a=", "1"),
        ("A a a= a=", "2"),  # a 304 need not repeat the validators that the full answer had
        ("A a= B b= b=", "13"),
        ("A a= b=", ""),  # the last one's payload is not here, so the one before says what is known
    ],
)
def test_revisits_after_which_others_came(told: str, goes: str) -> None:
    assert superseded_revisits(captures(told)) == set(map(int, goes))


def known(entries: list[CdxjEntry]) -> CapturedIndex:
    index = CapturedIndex()
    for entry in entries:
        index.add(*entry[:5], "s", entry.offset)
    return index


@given(
    st.lists(st.sampled_from(["A", "B", "C", "a", "b", "c", "a=", "b=", "A!", "b!", "C>"]), min_size=1, max_size=9),
    st.integers(0, 9),
)
def test_what_is_known_of_the_page_stays(words: list[str], days: int) -> None:
    every = captures(" ".join(words))
    for goes in (superseded(every, NOON + timedelta(days=days)), superseded_revisits(every)):
        rest = [entry for place, entry in enumerate(every) if place not in goes]
        before, after = known(every).get(URL), known(rest).get(URL)
        assert (before and (before.digest, before.at, before.status)) == (
            after and (after.digest, after.at, after.status)
        )
        assert dangling(rest) <= dangling(every)
    rest = [entry for place, entry in enumerate(every) if place not in superseded(every, LATER)]
    assert superseded(rest, LATER) == set()


def dangling(entries: list[CdxjEntry]) -> set[str]:
    """The payloads that revisits refer to and that are not there."""
    return {each.digest for each in entries if each.revisit} - {each.digest for each in entries if not each.revisit}
