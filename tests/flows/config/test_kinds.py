from __future__ import annotations

import pytest

from flows.config.kinds import KINDS, STANDARD_INPUT, Source

WEB = "https://example.org/"
FIELDS: dict[str, tuple[dict[str, object], str]] = {
    "folder": ({"path": "pages"}, "pages"),
    "feed": ({"url": WEB}, WEB),
    "sitemap": ({"url": WEB}, WEB),
    "urls": ({"urls": [WEB, WEB + "a"]}, "2 addresses"),
    "page": ({"urls": [WEB, WEB + "a"], "pattern": "/a"}, f"{WEB} {WEB}a"),
    "warc": ({"paths": ["a.warc", "b.warc"]}, "a.warc b.warc"),
    "cdx": ({"paths": ["a.cdx"]}, "a.cdx"),
}


def make(kind: str, **more: object) -> Source:
    return KINDS[kind].model_validate({"name": "a", "kind": kind} | FIELDS[kind][0] | more)


def kinds_that(trait: str) -> set[str]:
    return {kind for kind in KINDS if getattr(make(kind), trait)}


def test_the_table_of_kinds_comes_from_the_classes() -> None:
    assert list(KINDS) == ["folder", "feed", "sitemap", "urls", "page", "warc", "cdx"]
    assert all(make(kind).kind == kind for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_where_its_pages_come_from(kind: str) -> None:
    assert make(kind).location == FIELDS[kind][1]


def test_a_list_in_a_file_is_located_by_the_file() -> None:
    assert make("urls", urls=None, file=STANDARD_INPUT).location == "-"


def test_traits() -> None:
    assert kinds_that("is_of_web") == {"feed", "sitemap", "urls", "page", "cdx"}
    assert kinds_that("read_whole") == {"feed"}
    assert kinds_that("walks_listings") == {"sitemap", "page"}
    assert kinds_that("repeats_pages") == {"warc"}
    assert kinds_that("named_only") == {"urls", "cdx"}
    assert kinds_that("root") == {"folder"}


def test_captures_out_of_warc_files_are_not_fetched() -> None:
    assert make("cdx").is_of_web
    assert not make("cdx", warcs="crawl").is_of_web
