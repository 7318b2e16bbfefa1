"""The head of a page: metas, JSON-LD and the address, read once."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners.metadata.head import PageHead, read_head
from cleaners.metadata.publisher import address_of


def head(markup: str) -> PageHead:
    return read_head(fromstring(f"<html><head>{markup}</head><body><p>text</p></body></html>"), None)


@pytest.mark.parametrize("key", ["property", "name", "itemprop"])
def test_metas_are_found_by_each_kind_of_name_in_lower_case(key: str) -> None:
    assert head(f'<meta {key}="OG:Title" content=" The   mill ">').metas == {"og:title": "The mill"}


def test_of_several_metas_the_first_with_content_counts() -> None:
    metas = '<meta name="author" content=" "><meta name="author" content="Ann"><meta name="author" content="Bo">'
    assert head(metas).metas == {"author": "Ann"}


@pytest.mark.parametrize(
    ("metas", "description"),
    [
        ("", ""),
        ('<meta property="og:description" content="The mill stops.">', "The mill stops."),
        ('<meta name="Description" content="The mill stops.">', "The mill stops."),
        ('<meta name="description" content="Mills."><meta property="og:description" content="It stops.">', "It stops."),
    ],
)
def test_the_description_is_what_a_meta_states(metas: str, description: str) -> None:
    assert head(metas).description == description


def test_the_canonical_address_comes_before_og_url() -> None:
    og = '<meta property="og:url" content=""><meta property="og:url" content="https://a.example/og">'
    for links, address in (
        ("", "https://a.example/og"),
        ('<link rel="canonical" href="/own">', "https://a.example/own"),
    ):
        tree = fromstring(f"<html><head>{og}{links}</head><body><p>text</p></body></html>")
        assert address_of(tree, "https://a.example/from") == address
