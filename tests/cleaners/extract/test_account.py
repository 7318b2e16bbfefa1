"""Every block of a page is in the body or left out of it, with a stage."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from lxml.html import fromstring

from benchmarks.sets import SETS
from cleaners import LeftOut, Line, Paragraph, clean_html, read_html
from cleaners.extract.account import BETWEEN, left_out, much_left_out
from cleaners.read.blocks import Blocks, read_blocks
from cleaners.read.decode import decode
from cleaners.read.tree import parse
from cleaners.read.words import words
from flows.pipeline.clean_file import read_file

SENTENCE = "The ferry of Eastbrook will cross the river every half an hour from the first of May until the leaves fall."
PAGE = f"""<html><body><nav><a href="/">Home</a><p><a href="/s">Sport</a></p></nav><h1>The ferry</h1><p>{SENTENCE}</p>
<div style="display:none"><p>Hidden until the reader asks for it with a click.</p></div>
<p>Not chosen, but six words long.</p>
<ul><li>Tide</li></ul><p>A label</p></body></html>"""


def blocks() -> Blocks:
    return read_blocks(fromstring(PAGE))


def test_each_block_outside_the_body_has_a_stage_and_menus_are_one_line() -> None:
    page = blocks()
    body = {i for i, block in enumerate(page) if block.text == SENTENCE}
    outside = left_out(page, body, {}, {})
    assert [(other.stage, other.line.text) for other in outside] == [
        ("menu", f"Home{BETWEEN}Sport"),
        ("not_chosen", "The ferry"),
        ("hidden", "Hidden until the reader asks for it with a click."),
        ("not_chosen", "Not chosen, but six words long."),
        ("not_chosen", "Tide"),
        ("menu", "A label"),
    ]
    assert outside[0].evidence == "2 links"


def test_known_stages_and_evidence_are_told() -> None:
    page = blocks()
    last = len(page) - 1
    outside = left_out(page, set(range(last)), {last: "comments"}, {last: "likelihood of body 0.10"}, first=7)
    assert [(other.rule, other.evidence, other.line.index) for other in outside] == [
        ("body.comments", "likelihood of body 0.10", 7 + last)
    ]


@pytest.mark.parametrize(
    ("stage", "times", "flagged"), [("not_chosen", 5, True), ("not_chosen", 2, False), ("comments", 9, False)]
)
def test_a_page_is_flagged_where_more_prose_is_outside_than_inside(stage: str, times: int, flagged: bool) -> None:
    kept = [Paragraph(SENTENCE, "en", "p", ())] * 3
    outside = [LeftOut(Line(0, SENTENCE), stage)] * times  # type: ignore[arg-type]
    assert bool(much_left_out(kept, outside)) == flagged


def test_a_cleaned_page_has_all_its_words_in_the_ledger() -> None:
    document = clean_html(PAGE)
    assert spoken(document.ledger) == Counter(word for block in blocks() for word in block.words)
    assert {entry.verdict for entry in document.ledger} == {"kept", "left out"}


def spoken(ledger: object) -> Counter[str]:
    return Counter(word for entry in ledger for word in words(entry.line.original or entry.line.text))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["demo", "modern", "readability", "ru", "world"])
def test_the_words_of_gold_pages_are_those_of_their_ledgers(name: str) -> None:
    gold_set = replace(SETS[name], every=1 if name == "demo" else 5 if name == "modern" else 32)
    if not gold_set.is_there:
        pytest.skip(f"{gold_set.gold} is not there")
    for path in gold_set.paths:
        payload = read_file(path)
        tree = parse(decode(payload, None).text)
        if path.name.endswith(".txt") or tree is None:
            continue
        page = read_html(payload)
        lines = [*page.lines, *(other.line for other in page.left_out)]
        got = Counter(word for line in lines for word in words(line.original or line.text))
        want = Counter(word for block in read_blocks(tree) for word in block.words)
        assert want - got == Counter(), path.name
        indices = [line.index for line in lines]
        assert len(indices) == len(set(indices)), path.name
