"""The bounded notation of CSS selectors, held against what a browser would select."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement

from cleaners.read.selector import LONGEST, MOST_PARTS, selector
from cleaners.read.tree import parse

PAGE = """<html><body><div id=top class="site head"><p n=1>a</p></div>
<main class="story" data-kind="news-long"><section><p n=2 class=lead>b</p><div class="text"><p n=3>c</p>
<figure><figcaption n=4>d</figcaption></figure></div></section><p n=5>e</p></main></body></html>"""


def tree() -> HtmlElement:
    found = parse(PAGE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("p", "1235"),
        ("P.lead", "2"),
        (".story p", "235"),
        ("main > p", "5"),
        ("main>section > p", "2"),
        ("body > p", ""),
        (".story .text p, #top.site > p", "13"),
        ("main .text > figure *", "4"),
        ("section p , figcaption", "234"),
        ("[data-kind='news-long'] > p", "5"),
        ('[data-kind^="news"] .lead', "2"),
        ("[data-kind$=long] .lead", "2"),
        ("[data-kind*='s-l'] .lead", "2"),
        ("[data-kind*=''] .lead", ""),
        ("[data-kind] > section .lead", "2"),
        ("[nothing] p", ""),
        ("div div", ""),
        (".head.site p", "1"),
        (".head.none p", ""),
    ],
)
def test_it_selects_as_css_does(text: str, numbers: str) -> None:
    found = [element.get("n") for element in selector(text).select(tree())]
    assert "".join(n or "?" for n in found) == numbers


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            ",",
            "p,",
            ", p",
            "> p",
            "p >",
            "p > > b",
            "p:has(a)",
            "p::before",
            "p + b",
            "p ~ b",
            "..a",
            "#",
            ".",
        ),
        *("..a", "#", ".", "[a", "[a=]", "p[a|=b]", "//p", "p{}", "p\x00"),
    ],
)
def test_what_it_does_not_know_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no selector that we can use at .*; write tags, "):
        selector(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("p " * LONGEST, f"{LONGEST} at most"), ("p " * (MOST_PARTS + 1), f"more than {MOST_PARTS} parts")],
)
def test_long_ones_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        selector(text)
