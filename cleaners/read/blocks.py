"""The tree of a page as blocks: every run of text that a reader sees as one, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement

__all__ = ["PROSE", "Block", "blocks", "spans", "words"]

PROSE = 10
"""Words of a sentence that is surely prose."""

_UNSEEN = frozenset(
    "script style noscript template head title svg math canvas iframe object embed audio video map select option "  # noqa: SIM905
    "datalist textarea input link meta img picture source track rp rt area param".split()
)
"""Elements whose text no reader sees in place."""

_BLOCK = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "  # noqa: SIM905
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "figcaption"}
_SUBHEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_SAME = {"th": "td", "caption": "figcaption", "dt": "li", "dd": "li"}
_SPACE = re.compile(r"[ \t\n\r\f]+")
_WORD = re.compile(r"\w+")
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_SPOKEN = re.compile(
    r"(?:^|\s)(?:sr-only|screen-reader-text|visually-?hidden|visuallyhidden|u-visually-hidden)(?:$|\s)", re.I
)
"""Text for screen readers ("opens in a new window") stands in the middle of sentences and is not seen there."""


@dataclass
class Block:
    """One run of text with its nearest block element.

    `tag` is as in `Line`; `element` the nearest block element, `linked` the number of characters inside links, `bold`
    those inside b or strong, `hidden` whether an ancestor is styled away.
    """

    element: HtmlElement
    tag: str
    text: str
    linked: int = 0
    bold: int = 0
    hidden: bool = False
    path: tuple[HtmlElement, ...] = field(default=(), repr=False)

    @cached_property
    def words(self) -> list[str]:
        """The words of the text, lower case."""
        return words(self.text)

    @property
    def link_share(self) -> float:
        """Share of the text's characters inside links, 0 to 1."""
        return min(1.0, self.linked / len(self.text))

    @property
    def letters_linked(self) -> float:
        """The same without white space: 1 where all of the text is linked. The vote has learned the other."""
        return min(1.0, self.linked / (len("".join(self.text.split())) or 1))

    @cached_property
    def is_prose(self) -> bool:
        """Whether this is running text: long enough, ended like a sentence, not a link."""
        return len(self.words) >= PROSE and self.link_share < 0.4 and self.text.rstrip(')»”"’ ')[-1:] in ".!?…:;"

    @property
    def is_heading(self) -> bool:
        """Whether this is a heading inside the text, not a linked one of a teaser nor the page's own."""
        return self.tag in _SUBHEADINGS and self.link_share < 0.4

    @cached_property
    def attributes(self) -> str:
        """Class and id of the element and its ancestors below body, nearest first, lower case."""
        parts = []
        for element in reversed(self.path):
            parts += [v for v in (element.get("class"), element.get("id")) if v]
        return " ".join(" ".join(parts).lower().split())


def spans(blocks: Sequence[Block]) -> dict[HtmlElement, range]:
    """The places of each element's blocks, which stand in a row."""
    first: dict[HtmlElement, int] = {}
    last: dict[HtmlElement, int] = {}
    for i, block in enumerate(blocks):
        for element in block.path:
            first.setdefault(element, i)
            last[element] = i
    return {element: range(start, last[element] + 1) for element, start in first.items()}


def words(text: str) -> list[str]:
    """Words as they are compared: lower case, letters and digits only."""
    return _WORD.findall(text.lower())


class _Walk:
    """Gathers text between block borders; iterative, as pages may be nested deeply."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.path: list[HtmlElement] = []
        self.links = self.bolds = self.hidden = 0
        self._pieces: list[tuple[str, bool, bool]] = []

    def text(self, text: str | None) -> None:
        if text:
            self._pieces.append((text, self.links > 0, self.bolds > 0))

    def line_break(self) -> None:
        self._pieces.append(("", False, False))

    def flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if not any(text and not text.isspace() for text, _, _ in pieces):
            return
        element = self.path[-1]
        tag = next((t for e in reversed(self.path) if (t := _SAME.get(e.tag, e.tag)) in _TAGS), "p")
        if element.tag == "p" and tag in ("td", "li"):
            tag = "p"
        if tag == "pre":
            self._preformatted(pieces)
            return
        line: list[tuple[str, bool, bool]] = []
        for piece in [*pieces, ("", False, False)]:
            if piece[0]:
                line.append(piece)
                continue
            text = _SPACE.sub(" ", "".join(t for t, _, _ in line)).strip(" ")
            if text:
                linked = sum(len("".join(t.split())) for t, is_link, _ in line if is_link)
                bold = sum(len("".join(t.split())) for t, _, is_bold in line if is_bold)
                self.found.append(Block(element, tag, text, linked, bold, self.hidden > 0, tuple(self.path)))
            line = []

    def _preformatted(self, pieces: list[tuple[str, bool, bool]]) -> None:
        text = "".join(t or "\n" for t, _, _ in pieces).expandtabs(4)
        for line in text.splitlines():
            if line.strip():
                self.found.append(Block(self.path[-1], "pre", line.rstrip(), 0, 0, self.hidden > 0, tuple(self.path)))


def blocks(tree: HtmlElement) -> list[Block]:
    """All blocks of a page in order, whatever they are worth; scripts, styles and form fields left away."""
    body = tree.find(".//body")
    root = tree if body is None else body
    walk = _Walk()
    walk.path.append(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if element is root:
            if event == "start":
                walk.text(element.text)
            continue
        if event == "start":
            if tag == "br":
                walk.line_break()
            elif tag in _UNSEEN or _is_spoken(element):
                walker.skip_subtree()
            else:
                if tag in _BLOCK:
                    walk.flush()
                    walk.path.append(element)
                walk.links += tag == "a"
                walk.bolds += tag in ("b", "strong")
                walk.hidden += _is_hidden(element)
                walk.text(element.text)
            continue
        if tag not in _UNSEEN and tag != "br" and not _is_spoken(element):
            if tag in _BLOCK:
                walk.flush()
                walk.path.pop()
            walk.links -= tag == "a"
            walk.bolds -= tag in ("b", "strong")
            walk.hidden -= _is_hidden(element)
        walk.text(element.tail)
    walk.flush()
    return walk.found


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_spoken(element: HtmlElement) -> bool:
    classes = element.get("class")
    return classes is not None and bool(_SPOKEN.search(classes))
