"""The blocks of a page: what a reader sees as one run of text."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners.read.blocks import read_blocks
from cleaners.read.tree import parse


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


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        ("<ruby>弾劾<rp>（</rp><rt>だんがい</rt><rp>）</rp></ruby>の訴え", "弾劾（だんがい）の訴え"),
        ("<ruby><rb>弾劾</rb><rt>だんがい</rt></ruby>の訴え", "弾劾(だんがい)の訴え"),
        ("<ruby>弾<rt><b>だん</b></rt>劾<rt>がい</rt></ruby>の訴え", "弾(だん)劾(がい)の訴え"),
        ("<ruby>弾劾<rt> </rt></ruby>の訴え", "弾劾 の訴え"),
        ("The mill <rt>above</rt> the river", "The mill above the river"),
    ],
)
def test_a_reading_above_a_word_stands_behind_it_in_brackets(paragraph: str, text: str) -> None:
    tree = parse(f"<html><body><p>{paragraph}</p></body></html>")
    assert tree is not None
    assert [block.text for block in read_blocks(tree)] == [text]
