"""Two addresses, one article: only where nothing but the marks of a version differ."""

from __future__ import annotations

import pytest

from flows.urls.variants import is_variant

PAGE = "https://visti.example/news/1-mist"
VARIANTS = [
    "https://m.visti.example/news/1-mist",
    "https://www.visti.example/news/1-mist/",
    "https://amp.visti.example/news/1-mist",
    "https://visti.example/amp/news/1-mist",
    "https://visti.example/news/1-mist/amp/",
    "https://visti.example/news/1-mist.amp",
    "https://visti.example/news/1-mist?amp=1",
    "https://visti.example/news/1-mist?outputType=amp",
    "http://visti.example/news/1-mist/print",
]
OTHERS = [
    "https://visti.example/news/2-port",
    "https://visti.example/news/1-mist?page=2",
    "https://visti.example/index.php?id=5",
    "https://sport.visti.example/news/1-mist",
    "https://visti.example/news/",
    "https://visti.example/",
    "https://visti.example/news/1-mist/camp",
    "https://visti.example/news/ampula",
]


@pytest.mark.parametrize("url", [PAGE, *VARIANTS])
def test_another_version_of_a_page_is_a_variant(url: str) -> None:
    assert is_variant(url, PAGE)


@pytest.mark.parametrize("url", OTHERS)
def test_what_may_be_another_page_is_none(url: str) -> None:
    assert not is_variant(url, PAGE)
