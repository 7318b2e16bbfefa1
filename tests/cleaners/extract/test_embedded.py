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


def flight(*rows: str, size: int = 300) -> str:
    """What a page of Next.js sends: rows in parts of `size` characters, wherever these cut them."""
    stream = "".join(rows)
    parts = (stream[at : at + size] for at in range(0, len(stream), size))
    scripts = "".join(f"<script>self.__next_f.push({json.dumps([1, part])})</script>" for part in parts)
    return f"<html><body><h1>The wall</h1>Loading…<script>self.__next_f.push([0])</script>{scripts}</body></html>"


MARKUP = "".join(f"<p>Ґ {text}</p>" for text in TEXTS)


@pytest.mark.parametrize(
    "markup",
    [
        page("window.__INITIAL_STATE__ = " + json.dumps({"post": {"html": MARKUP}}) + ";start();", "text/javascript"),
        page('window["__STATE__"]=' + json.dumps([{"html": MARKUP}]), ""),
        page("var state = " + json.dumps({"html": MARKUP}), ""),
        flight('1:I["module",[]]\n', f"2:{json.dumps({'story': {'html': MARKUP}})}\n", "3:null\n"),
        flight(':HL["style.css"]\n', f"a:T{len(MARKUP.encode()):x},{MARKUP}", '3:["$","div",null,{}]\n'),
    ],
    ids=["state", "named state", "variable", "rows of JSON", "rows of text"],
)
def test_the_data_of_programs_is_read(markup: str) -> None:
    assert embedded_text(fromstring(markup)).split("\n") == [f"Ґ {text}" for text in TEXTS]


def test_captions_and_places_of_advertisements_are_no_text() -> None:
    parts = ["<figure><figcaption>The wall by night.</figcaption></figure>", "$$ARTICLE_AD$$", "{{ picture.3 }}"]
    parts += ["<div class='caption'><p>The wall by day.</p></div>"]
    between = "".join(f"{part}<p>{text}</p>" for part, text in zip(parts, TEXTS, strict=True))
    assert embedded_text(fromstring(page({"html": between}))).split("\n") == TEXTS


@pytest.mark.parametrize(
    "markup",
    [
        flight("1:T,\n2:Tfffffff,<p>a</p>", "3:{", "\n:\n4:"),
        flight("zz"),
        page("window.x = {a: 1}", ""),
        page("self.__next_f.push([1,", ""),
        page("a = " + "[" * 3000, ""),
    ],
    ids=["wrong sizes", "no rows", "a program", "cut off", "deep nesting"],
)
def test_data_in_error_is_none(markup: str) -> None:
    assert embedded_text(fromstring(markup)) == ""


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
