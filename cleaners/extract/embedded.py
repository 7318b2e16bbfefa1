"""The text of pages that build themselves in the browser: it stands in a script, as data in JSON."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, read_blocks
from cleaners.read.running_text import is_prose
from cleaners.read.tree import MAX_ELEMENTS, parse, without_invalid
from cleaners.read.words import words
from cleaners.vocabulary import markup_alternatives

__all__ = ["blocks_of", "embedded_text"]

MAX_SCRIPT = 2_000_000
"""Characters of one script that are read."""

MAX_VALUES = 50_000
"""Values of one script that are looked at."""

MIN_WORDS = 40
"""Words of running text that make an article."""

Path = tuple[str, ...]

_CAPTION = re.compile(rf"(?<![\w-])(?:{markup_alternatives('structure.caption')})(?![\w-])")
_PLACEHOLDER = re.compile(r"([$%#])\1\w{1,40}\1\1|\{\{[^{}]{1,60}\}\}|\[\[[^\[\]]{1,60}\]\]")
"""`$$ARTICLE_AD$$`: what a program puts an advertisement or a picture for."""
_DECODER = json.JSONDecoder()
_ASSIGNED = re.compile(
    r"\s{0,100}(?:(?:var|let|const)\s{1,9})?[\w.$]{1,60}(?:\[[\"'][\w-]{1,60}[\"']\])?\s{0,9}=\s{0,9}(?=[\[{])"
)
"""`window.__INITIAL_STATE__ = {...}`: the state that a page is built from."""
_PUSHED = re.compile(r"\s{0,100}(?:self|window)\.__next_f\.push\(\[\d{1,2},\s?")
_ROW = re.compile(rb"\s{0,9}[0-9a-f]{0,8}:(?:T(?P<size>[0-9a-f]{1,8}),)?")

_ESCAPED = re.compile(r"&lt;/?(?:p|div|h[1-6]|li|ul|br\s?/?)&gt;", re.IGNORECASE)
"""Markup that was escaped as a whole: it opens or closes paragraphs, which a text about markup does seldom."""


def embedded_text(tree: HtmlElement) -> str:
    """The longest run of paragraphs in the data of the page's scripts, a line each; empty where there is none.

    Strings belong together whose way through the data has the same names, such as `article.body.text`. Markup in a
    string is read as a page of its own, also where it was escaped as text.
    """
    best: list[str] = []
    most = MIN_WORDS - 1
    for data in _data(tree):
        runs: dict[Path, list[str]] = defaultdict(list)
        for path, text in _strings(data):
            runs[path] += [block.text for block in blocks_of(text) if not _is_no_text(block)]
        for lines in runs.values():
            prose = sum(n for line in lines if is_prose(line, n := len(words(line)), 0.0))
            if prose > most:
                best, most = lines, prose
    return "\n".join(best)


def _data(tree: HtmlElement) -> Iterator[Any]:
    """The data of each script: JSON as it is, what a script assigns, and what Next.js pushes in parts."""
    pushed: list[str] = []
    for script in tree.iter("script"):
        text = script.text or ""
        if len(text) > MAX_SCRIPT:
            continue
        try:
            if "json" in (script.get("type") or "").lower():
                yield json.loads(text)
            elif opened := _PUSHED.match(text):
                part = _DECODER.raw_decode(text, opened.end())[0]
                pushed += [part] if isinstance(part, str) else []
            elif opened := _ASSIGNED.match(text):
                yield _DECODER.raw_decode(text, opened.end())[0]
        except (ValueError, RecursionError):
            continue  # a script in error is no data
    yield from _rows("".join(pushed)[:MAX_SCRIPT])


def _rows(flight: str) -> Iterator[Any]:
    """The values of the rows that a React server sends: `2a:{...}` is JSON, `2b:T1f4,...` text of so many bytes."""
    stream = flight.encode("utf-8", "surrogatepass")
    at = 0
    while row := _ROW.match(stream, at):
        if row["size"]:
            at = row.end() + int(row["size"], 16)
            yield stream[row.end() : at].decode("utf-8", "replace")
            continue
        end = stream.find(b"\n", row.end())
        at = end + 1 if end >= 0 else len(stream)
        try:
            yield json.loads(stream[row.end() : at])
        except (ValueError, RecursionError):
            continue  # the name of a module, or a hint for the browser


def _strings(data: Any) -> Iterator[tuple[Path, str]]:
    """Every string with the names above it, in the order of the data; without recursion, as nesting may be deep."""
    waiting: list[tuple[Path, Any]] = [((), data)]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        path, value = waiting.pop()
        match value:
            case str():
                yield path, value
            case list():
                waiting += [(path, each) for each in reversed(value)]
            case dict():
                waiting += [((*path, str(name)), each) for name, each in reversed(value.items())]


def _is_no_text(block: Block) -> bool:
    return block.tag == "figcaption" or bool(_CAPTION.search(block.attributes) or _PLACEHOLDER.fullmatch(block.text))


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text from elsewhere: markup, markup that was escaped, or plain lines; those shown only."""
    if "<" not in text:
        text = unescape(text) if _ESCAPED.search(text) else text
    if "<" not in text:
        lines = [" ".join(unescape(line).split()) for line in without_invalid(text).split("\n")[:MAX_ELEMENTS]]
        return [Block(HtmlElement("p"), "p", line) for line in lines if line]
    tree = parse(text) if len(text) <= MAX_SCRIPT else None
    return [] if tree is None else [block for block in read_blocks(tree) if not block.hidden]
