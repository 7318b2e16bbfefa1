"""The pages of the demo source and their gold; how well they are cleaned is for the quality gate to say."""

from __future__ import annotations

import codecs
import gzip
import html
import json
import re
from functools import cache

import pytest

from cleaners import CATEGORIES, Document, clean_html, clean_text
from flows.gold.scoring import fold
from support.paths import ROOT

GOLD = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "tests/demo/gold").glob("*.json"))}
PAGES = {
    path.name: path
    for path in sorted((ROOT / "raw/demo").iterdir())
    if path.name.endswith((".html", ".html.gz", ".txt"))
}


def payload(id_: str) -> bytes:
    path = PAGES[GOLD[id_]["file"]]
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@cache
def document(id_: str) -> Document:
    clean = clean_text if GOLD[id_]["file"].endswith(".txt") else clean_html
    return clean(payload(id_), id=id_)


def test_every_page_has_gold_and_every_gold_its_page() -> None:
    assert {gold["file"] for gold in GOLD.values()} == set(PAGES)


@pytest.mark.parametrize("id_", GOLD)
def test_gold_stands_in_its_page(id_: str) -> None:
    gold = GOLD[id_]
    text = payload(id_).decode(gold["encoding"])
    if not gold["file"].endswith(".txt"):
        body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.DOTALL)
        text = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"\s+", " ", body)))
    squeezed = "".join(fold(text).split())
    lines = [*gold["paragraphs"], *gold["dropped"], *gold["optional"]]
    texts = [line["text"].replace(" | ", "") for line in lines]  # what divides the cells of a row is ours
    assert [each for each in texts if "".join(fold(each).split()) not in squeezed] == []
    assert {line["category"] for line in gold["dropped"]} <= set(CATEGORIES)


@pytest.mark.parametrize("id_", GOLD)
def test_pages_are_decoded_rightly_whatever_they_declare(id_: str) -> None:
    found = document(id_)
    assert found.encoding is not None
    text = payload(id_).decode(found.encoding)
    assert text == payload(id_).decode(GOLD[id_]["encoding"]), codecs.lookup(found.encoding).name


def test_a_page_without_an_article_is_empty() -> None:
    assert [p.text for p in document("prychal-rubryka-transport").paragraphs] == []


def test_a_clean_text_stays_as_it_is() -> None:
    kept = [p.text for p in document("harbourpost-tide-bell").paragraphs]
    assert kept == payload("harbourpost-tide-bell").decode().split("\n")[:-1]
