"""The choice of the body, whatever trafilatura gives."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners.extract.body import choose_body
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import read_blocks

PAGE = "<html><body><h1>The mill</h1><div><p>{}</p></div></body></html>"
SENTENCE = "The miller of Eastbrook has stopped his wheel for good, as the river no longer brings enough water."


def test_the_body_knows_its_blocks_and_their_span() -> None:
    tree = fromstring(PAGE.format(SENTENCE))
    page = read_blocks(tree)
    body = choose_body(tree, page, {}, None, PageHead())
    assert list(body.blocks) == list(page[body.span.start : body.span.stop])
    assert body.blocks[-1].text == SENTENCE


def test_text_that_is_not_in_the_markup_gives_blocks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = fromstring(PAGE.format("Loading"))
    monkeypatch.setattr("cleaners.extract.body.found_text", lambda tree, url: f"{SENTENCE}\n\nOne line more of it.")
    body = choose_body(tree, read_blocks(tree), {}, None, PageHead())
    assert [block.text for block in body.blocks] == [SENTENCE, "One line more of it."]
    assert {(block.tag, block.attributes, block.link_share) for block in body.blocks} == {("p", "", 0.0)}
    assert not body.span
    assert (list(body.indices), body.first) == ([0, 1], 2)


def test_cells_that_an_extractor_ran_together_do_not_make_its_text_another(monkeypatch: pytest.MonkeyPatch) -> None:
    table = "".join(f"<tr><td>Osk {n}</td><td>Mabel {n}</td><td>17:{n}</td></tr>" for n in range(10, 40))
    tree = fromstring(PAGE.format(SENTENCE).replace("</div>", f"</div><table>{table}</table>"))
    lines = [SENTENCE, *(f"Osk{n}Mabel{n}at17{n} and so on" for n in range(10, 40))]
    monkeypatch.setattr("cleaners.extract.body.found_text", lambda tree, url: "\n".join(lines))
    page = read_blocks(tree)
    body = choose_body(tree, page, {}, None, PageHead())
    assert body.span
    assert SENTENCE in {block.text for block in body.blocks}


def test_trafilatura_is_asked_only_where_the_page_alone_leaves_doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("cleaners.extract.body.found_text", lambda tree, url: asked.append(len(tree)) or "")
    sentences = [SENTENCE.replace("Eastbrook", place) for place in ("Willowford", "Osk", "Mabel", "Garden Street")]
    article = "".join(f"<p>{sentence} {sentence}</p>" for sentence in sentences)
    menu = "".join(f'<li><a href="/{n}">Part {n}</a></li>' for n in range(9))
    page = f"<html><body><ul>{menu}</ul><article><h1>The mill</h1>{article}</article></body></html>"
    for markup, times in ((page, 0), (PAGE.format(SENTENCE), 1)):
        tree = fromstring(markup)
        body = choose_body(tree, read_blocks(tree), {}, None, PageHead())
        assert len(asked) == times
        assert body.blocks
