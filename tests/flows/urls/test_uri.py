"""One spelling for an address, wherever it comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.common.errors import SitoError
from flows.urls.uri import MAX_URI, BadAddressError, address_hash, to_uri


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("https://example.org/новини", "https://example.org/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8"),
        ("file:///a b.html", "file:///a%20b.html"),
        ('file:///"<>\\^`{|}', "file:///%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ("file:///\u2028\xa0", "file:///%E2%80%A8%C2%A0"),
        ("file:///\udcd0.html", "file:///%D0.html"),  # a byte of a file's name that is not UTF-8
    ],
)
def test_what_no_uri_may_hold_is_encoded(address: str, uri: str) -> None:
    assert to_uri(address) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.org/a%20b?c=d&e=%D0%BD#f",
        "http://user:word@[::1]:8000/;p=1,2/*'()!$@~-._",
        "file:///100%.html",
        "file:///%D1%81",
        "urn:uuid:0",
        "x:",
        "x:" + "a" * (MAX_URI - 2),
    ],
)
def test_what_is_a_uri_stays_as_it_is(uri: str) -> None:
    assert to_uri(uri) == uri


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///a\nb", "control characters"),
        ("file:///a\r\nb", "control characters"),
        ("file:///a\0", "control characters"),
        ("file:///a\x7f", "control characters"),
        ("file:///ok\n", "control characters"),
        ("", "no scheme"),
        ("news/page.html", "no scheme"),
        ("//example.org/", "no scheme"),
        ("1x:/", "no scheme"),
        ("s" * 40 + ":/", "no scheme"),
        ("file:///\ud800\udc00x\ud800", "half of a surrogate pair"),
        ("x:" + "a" * (MAX_URI - 1), f"{MAX_URI + 1} characters, {MAX_URI} at most"),
        ("x:" + "ї" * (MAX_URI // 6 + 1), "characters, 12000 at most"),
    ],
)
def test_what_no_header_can_carry_is_refused_in_one_line(address: str, reason: str) -> None:
    with pytest.raises(BadAddressError, match=reason) as told:
        to_uri(address)
    assert isinstance(told.value, SitoError)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 1000


@given(st.text())
def test_the_second_time_changes_nothing(tail: str) -> None:
    try:
        uri = to_uri(f"x:{tail}")
    except BadAddressError:
        return
    assert to_uri(uri) == uri
    assert uri.isascii()
    assert not set(uri) & set(' \t\r\n<>"')


@pytest.mark.parametrize(("size", "digest"), [(8, "3c089aeec81ed5e3"), (16, "eadbab4e585cca71b14261b40edfbfae")])
def test_the_hashes_in_stored_data_stay_those_of_release_0_1_0(size: int, digest: str) -> None:
    assert address_hash("https://example.org/news/1", size).hex() == digest
