"""Pages that go on with the next article as the reader scrolls."""

from __future__ import annotations

from lxml.html import fromstring

from cleaners.extract.other_articles import other_articles
from cleaners.read.blocks import read_blocks

TEXT = "The people of Eastbrook carried stones to the river all day long and laid the first row of the new wall there."


def article(headline: str, body: str = f"<p>{TEXT}</p>", tag: str = "article") -> str:
    return f"<{tag}><p>News</p><h1>{headline}</h1><time>1 May</time>{body}</{tag}>"


def others(body: str, headline: str = "") -> list[str]:
    page = read_blocks(fromstring(f"<html><body><main>{body}</main></body></html>"))
    return [page[i].text for i in sorted(other_articles(page, headline)) if page[i].tag == "h1"]


def test_the_first_stays_where_the_headline_says_nothing() -> None:
    assert others(
        article("The wall") + article("The ferry") + article("The choir", tag="div") + article("The fox")
    ) == [
        "The ferry",
        "The fox",
    ]


def test_the_one_that_the_page_is_named_after_stays() -> None:
    assert others(article("The wall") + article("The ferry"), "The ferry - Eastbrook News") == ["The wall"]


def test_sections_under_an_h1_each_are_one_article() -> None:
    assert others(article("The wall", f"<h1>Stones</h1><p>{TEXT}</p><h1>Money</h1><p>{TEXT}</p>")) == []
    assert others(f"<h1>The wall</h1><p>{TEXT}</p><h1>Money</h1><p>{TEXT}</p>") == []


def test_chapters_in_boxes_of_their_own_are_one_article() -> None:
    chapters = [
        article(name, tag="section").replace("<time>1 May</time>", "") for name in ("The wall", "Stones", "Money")
    ]
    assert others("".join(chapters)) == []


def test_a_site_name_in_an_h1_is_no_article() -> None:
    assert others("<header><h1>Eastbrook News</h1></header>" + article("The wall")) == []
