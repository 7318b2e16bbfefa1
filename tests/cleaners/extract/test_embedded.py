"""Text that stands only in a script, as data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml.html import fromstring

from cleaners.extract.article import extract
from cleaners.extract.embedded import embedded_text

TEXTS = [
    f"On day {n} the people of Eastbrook carried stones to the river and laid another row of the new wall."
    for n in range(4)
]


def page(data: Any, kind: str = "application/json") -> str:
    script = data if isinstance(data, str) else json.dumps(data)
    return f"<html><body><h1>The wall</h1><div>Loading…</div><script type='{kind}'>{script}</script></body></html>"


@pytest.mark.parametrize(
    "data",
    [
        {"props": {"article": {"body": [{"type": "p", "text": text} for text in TEXTS], "title": "The wall"}}},
        {"story": {"html": "".join(f"<p>{text}</p>" for text in TEXTS), "id": 7, "live": True, "next": None}},
        [{"text": "\n\n".join(TEXTS)}, {"menu": ["News", "Sport"] * 50}],
        {"articleBody": "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in TEXTS) + "&amp;nbsp;"},
        {"articleBody": "\n".join(text.replace(" ", "&nbsp;", 1) for text in TEXTS)},
    ],
    ids=["a list of blocks", "markup", "lines", "escaped markup", "entities"],
)
def test_the_longest_run_of_paragraphs_is_the_text(data: Any) -> None:
    assert embedded_text(fromstring(page(data))).split("\n") == TEXTS
    assert [line.text for line in extract(page(data)).lines] == TEXTS


@pytest.mark.parametrize(
    "markup",
    [
        page({"menu": ["News", "Sport"] * 50}),
        page({"body": TEXTS[:1]}),
        page({"body": TEXTS}, "text/javascript"),
        page("{not json"),
        page("[" * 3000 + "]" * 3000),
        "<html><body></body></html>",
    ],
    ids=["a menu", "a short text", "a program", "an error", "deep nesting", "no script"],
)
def test_other_scripts_hold_no_text(markup: str) -> None:
    assert embedded_text(fromstring(markup)) == ""


def test_a_text_about_markup_keeps_it() -> None:
    lines = [text.replace("stones", "the tags &lt;b&gt; and &lt;table&gt;") for text in TEXTS]
    found = embedded_text(fromstring(page({"articleBody": "\n".join(lines)})))
    assert found.split("\n") == [line.replace("&lt;", "<").replace("&gt;", ">") for line in lines]


def test_a_page_with_text_of_its_own_keeps_it() -> None:
    shown = "".join(f"<p>{text.replace('Eastbrook', 'Westford')}</p>" for text in TEXTS)
    markup = page({"body": TEXTS}).replace("<div>Loading…</div>", f"<div>{shown}</div>")
    assert all("Westford" in line.text for line in extract(markup).lines if line.tag == "p")
