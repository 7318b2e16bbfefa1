"""Which steps are tried again, with Prefect and without it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.common.page_types import Target
from flows.config.kinds import FeedSource, SitemapSource
from flows.fetch.fetch_errors import FetchError
from flows.pipeline import steps
from flows.pipeline.steps import DISCOVERY_WAITS, discover_whole
from support.in_process import HereSteps

if TYPE_CHECKING:
    from collections.abc import Iterator

FEED = FeedSource.model_validate({"name": "feed", "kind": "feed", "url": "http://news.example/rss"})
MAP = SitemapSource.model_validate({"name": "map", "kind": "sitemap", "url": "http://news.example/map.xml"})
LOG = logging.getLogger("test")
PAGE = Target("http://news.example/1")


class Feed:
    """A feed that answers with these errors one after the other, then with a page; nobody waits meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *errors: SitoError) -> None:
        self.errors = list(errors)
        self.asked = 0
        self.waited: list[float] = []
        monkeypatch.setattr(steps, "discover", self.discover)
        monkeypatch.setattr(steps.time, "sleep", self.waited.append)

    def discover(self, *_: object) -> Iterator[Target]:
        self.asked += 1
        yield PAGE
        if self.errors:
            raise self.errors.pop(0)


SILENT = FetchError("no answer", retryable=True)


@pytest.mark.parametrize(("errors", "waited"), [([], []), ([SILENT], [2]), ([SILENT] * 2, [2, 10])])
def test_a_feed_that_does_not_answer_is_asked_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch, errors: list[SitoError], waited: list[float]
) -> None:
    feed = Feed(monkeypatch, *errors)
    assert discover_whole(FEED, None, LOG, None, print) == [PAGE]
    assert feed.waited == waited


@pytest.mark.parametrize(
    ("error", "tries"),
    [(SILENT, 1 + len(DISCOVERY_WAITS)), (FetchError("refused", retryable=False), 1), (SitoError("no feed"), 1)],
)
def test_in_the_end_its_error_is_raised_and_at_once_if_another_try_would_not_help(
    monkeypatch: pytest.MonkeyPatch, error: SitoError, tries: int
) -> None:
    feed = Feed(monkeypatch, *[error] * 9)
    with pytest.raises(SitoError, match=str(error)):
        discover_whole(FEED, None, LOG, None, print)
    assert feed.asked == tries


def test_the_plain_steps_ask_a_feed_again_and_leave_other_sources_to_be_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Feed(monkeypatch, SILENT)
    plain = HereSteps(waits=[0.0])
    assert list(plain.discover(FEED, None, None, print)) == [PAGE]
    assert feed.waited == [0]
    feed.errors = [SILENT]
    walked = iter(plain.discover(MAP, None, None, print))
    assert next(walked) == PAGE
    with pytest.raises(FetchError):
        next(walked)
