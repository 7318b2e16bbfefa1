"""Files cleaned without stores."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleaners.document import Page
from flows.pipeline.clean_files import read_page

PAGE = "<h1>Міст закрили на ремонт</h1><p class='date'>{}</p>" + (
    "<p>Міська рада закрила старий міст через річку, бо опори просіли після весняної повені, кажуть інженери.</p>" * 3
)


@pytest.mark.parametrize(
    ("line", "published"), [("вчора, 14:30", None), ("2 години тому", None), ("12 жовтня 2024", "2024-10-12")]
)
def test_a_files_time_is_no_time_of_fetching(tmp_path: Path, line: str, published: str | None) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE.format(line))
    os.utime(path, (1_772_000_000, 1_772_000_000))
    page = read_page(path)
    assert isinstance(page, Page)
    assert (page.fetched_at, page.metadata.published) == (None, published)
