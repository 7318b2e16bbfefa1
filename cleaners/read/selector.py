"""CSS selectors of a bounded notation, matched in one walk over the tree.

    div.text > p, #story figcaption, [class^="article-text"] p

Tags, classes, ids and attributes (`=`, `^=`, `$=`, `*=`), inside each other (blank) or directly inside (`>`), several
between commas. Not by cssselect: its XPath takes 43 s for `div p` on a page of 49,402 nested elements, which libxml2
walks once for each pair; here each element is looked at once for each part of the selector.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["LONGEST", "Selector", "selector"]

LONGEST = 500
"""Characters of a selector."""
MOST_PARTS = 32
"""Compounds of a selector, over all its alternatives."""

_NAME = r"-?[^\W\d][\w-]*"
_COMPOUND = re.compile(
    rf"(?P<tag>\*|[a-zA-Z][a-zA-Z0-9]*)?"
    rf"(?P<rest>(?:\.{_NAME}|\#{_NAME}|\[\s*[\w-]+\s*(?:[\^$*]?=\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+)\s*)?\])*)"
)
_PIECE = re.compile(
    rf"\.(?P<klass>{_NAME})|\#(?P<id>{_NAME})"
    rf"|\[\s*(?P<name>[\w-]+)\s*(?:(?P<how>[\^$*]?=)\s*(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|(?P<c>[\w-]+))\s*)?\]"
)
_JOINT = re.compile(r"\s*(?P<joint>[>,])\s*|\s+")


@dataclass(frozen=True, slots=True)
class _Compound:
    """What one element must be: its tag (empty: any), all of the classes, and all of (attribute, how, value)."""

    tag: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str, str], ...]

    def fits(self, element: HtmlElement, classes: frozenset[str]) -> bool:
        return (
            (not self.tag or element.tag == self.tag)
            and self.classes <= classes
            and all(_holds(element.get(name), how, value) for name, how, value in self.attributes)
        )


def _holds(found: str | None, how: str, value: str) -> bool:
    if found is None:
        return False
    match how:
        case "=":
            return found == value
        case "^=":
            return bool(value) and found.startswith(value)
        case "$=":
            return bool(value) and found.endswith(value)
        case "*=":
            return bool(value) and value in found
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Selector:
    """`alternatives` are rows of (how it is joined to the one before: `" "` or `">"`, compound)."""

    alternatives: tuple[tuple[tuple[str, _Compound], ...], ...]

    def select(self, tree: HtmlElement) -> list[HtmlElement]:
        """The elements that it selects, in the order of the page."""
        found: list[HtmlElement] = []
        # For each element around, and each alternative: how far it has come exactly there, and there or further out.
        here: list[list[tuple[int, int]]] = [[(0, 0)] * len(self.alternatives)]
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            if event == "end":
                here.pop()
                continue
            classes = frozenset((element.get("class") or "").split())
            now: list[tuple[int, int]] = []
            is_found = False
            for row, (at_parent, around) in zip(self.alternatives, here[-1], strict=True):
                exact = 0
                for place, (joint, compound) in enumerate(row):
                    before = 1 << (place - 1) if place else 0
                    if (not place or (at_parent if joint == ">" else around) & before) and compound.fits(
                        element, classes
                    ):
                        exact |= 1 << place
                now.append((exact, around | exact))
                is_found = is_found or bool(exact & (1 << (len(row) - 1)))
            here.append(now)
            if is_found:
                found.append(element)
        return found


@lru_cache(maxsize=256)
def selector(text: str) -> Selector:
    """The selector of this text. Raises ValueError, the end of a sentence that begins with its name."""
    if len(text) > LONGEST:
        raise ValueError(f"has {len(text):,} characters, {LONGEST} at most")
    alternatives: list[tuple[tuple[str, _Compound], ...]] = []
    row: list[tuple[str, _Compound]] = []
    joint, at, text = " ", 0, text.strip()
    while True:
        found = _COMPOUND.match(text, at)
        if not found or found.end() == at:
            raise ValueError(_faulty(text, at))
        row.append((joint, _compound(found)))
        at = found.end()
        if at == len(text):
            break
        between = _JOINT.match(text, at)
        if not between:
            raise ValueError(_faulty(text, at))
        at = between.end()
        if between["joint"] == ",":
            alternatives.append(tuple(row))
            row, joint = [], " "
        else:
            joint = between["joint"] or " "
    alternatives.append(tuple(row))
    if sum(map(len, alternatives)) > MOST_PARTS:
        raise ValueError(f"has more than {MOST_PARTS} parts")
    return Selector(tuple(alternatives))


def _compound(found: re.Match[str]) -> _Compound:
    classes: set[str] = set()
    attributes: list[tuple[str, str, str]] = []
    for piece in _PIECE.finditer(found["rest"]):
        if piece["klass"]:
            classes.add(piece["klass"])
        elif piece["id"]:
            attributes.append(("id", "=", piece["id"]))
        else:
            value = next((piece[name] for name in "abc" if piece[name] is not None), "")
            attributes.append((piece["name"].lower(), piece["how"] or "", value))
    tag = (found["tag"] or "*").lower()
    return _Compound("" if tag == "*" else tag, frozenset(classes), tuple(attributes))


def _faulty(text: str, at: int) -> str:
    known = "write tags, .classes, #ids and [attributes], such as 'div.text > p, figure figcaption'"
    return f"{text!r:.80} is no selector that we can use at {text[at : at + 20]!r}; {known}"
