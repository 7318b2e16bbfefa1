"""The text of pages that build themselves in the browser: it stands in a script, as data in JSON."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, read_blocks, words
from cleaners.read.running_text import is_prose
from cleaners.read.tree import MAX_ELEMENTS, parse, without_invalid

__all__ = ["blocks_of", "embedded_text"]

MAX_SCRIPT = 2_000_000
"""Characters of one script that are read."""

MAX_VALUES = 50_000
"""Values of one script that are looked at."""

MIN_WORDS = 40
"""Words of running text that make an article."""

Path = tuple[str, ...]

_ESCAPED = re.compile(r"&lt;/?(?:p|div|h[1-6]|li|ul|br\s?/?)&gt;", re.IGNORECASE)
"""Markup that was escaped as a whole: it opens or closes paragraphs, which a text about markup does seldom."""


def embedded_text(tree: HtmlElement) -> str:
    """The longest run of paragraphs in the page's JSON scripts, a line each; empty where there is none.

    Strings belong together whose way through the data has the same names, such as `article.body.text`. Markup in a
    string is read as a page of its own, also where it was escaped as text.
    """
    best: list[str] = []
    most = MIN_WORDS - 1
    for script in tree.iter("script"):
        if "json" not in (script.get("type") or "").lower() or len(script.text or "") > MAX_SCRIPT:
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue  # a script in error is no data
        runs: dict[Path, list[str]] = defaultdict(list)
        for path, text in _strings(data):
            runs[path] += [block.text for block in blocks_of(text)]
        for lines in runs.values():
            prose = sum(n for line in lines if is_prose(line, n := len(words(line)), 0.0))
            if prose > most:
                best, most = lines, prose
    return "\n".join(best)


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


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text from elsewhere: markup, markup that was escaped, or plain lines; those shown only."""
    if "<" not in text:
        text = unescape(text) if _ESCAPED.search(text) else text
    if "<" not in text:
        lines = [" ".join(unescape(line).split()) for line in without_invalid(text).split("\n")[:MAX_ELEMENTS]]
        return [Block(HtmlElement("p"), "p", line) for line in lines if line]
    tree = parse(text) if len(text) <= MAX_SCRIPT else None
    return [] if tree is None else [block for block in read_blocks(tree) if not block.hidden]
