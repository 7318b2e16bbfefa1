"""The blocks of a page: what a reader sees as one run of text."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners.read.blocks import read_blocks


@pytest.mark.parametrize(
    ("paragraph", "texts"),
    [
        ('<a name="p1"></a><a class="comments_count" href="#c">0</a>The ferry is late.', ["0", "The ferry is late."]),
        (' <span id="comments-4">12</span> The ferry is late.', ["12", "The ferry is late."]),
        ('We read all <a class="comments">12</a> of them.', ["We read all 12 of them."]),
        ('<span class="figure">12</span> ferries were late.', ["12 ferries were late."]),
        ('<span class="comment">Late again</span>, said the miller.', ["Late again, said the miller."]),
    ],
)
def test_only_the_number_of_comments_before_a_paragraph_is_no_part_of_it(paragraph: str, texts: list[str]) -> None:
    assert [block.text for block in read_blocks(fromstring(f"<html><body><p>{paragraph}</p></body></html>"))] == texts
