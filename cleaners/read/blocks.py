"""The tree of a page as blocks: every run of text that a reader sees as one, in document order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from cleaners.read.element_names import names_of, within
from cleaners.read.running_text import is_prose
from cleaners.read.words import words
from cleaners.vocabulary import markup_alternatives

__all__ = ["Block", "Blocks", "read_blocks"]

LINE_NAMES = 2_000
"""Characters of names kept of a line; rules look at the nearest few, and few real lines have more."""

PAGE_NAMES = 4_000_000
"""The same of all lines of a page together: each repeats what its ancestors are called, so a page could multiply."""

_UNSEEN = frozenset(
    "br script style noscript template head title svg math canvas iframe object embed audio video map select option "  # noqa: SIM905
    "datalist textarea input link meta img picture source track area param".split()
)
"""Elements whose text is not shown where it is."""

_BLOCK = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "  # noqa: SIM905
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_MARKED = frozenset({"a", "b", "strong"})
_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "figcaption"}
_SUBHEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_SAME = {"th": "td", "caption": "figcaption", "dt": "li", "dd": "li"}
_SPACES = " \t\n\r\f"
_SPACE = re.compile(f"[{_SPACES}]+")
_BREAK = ("", False, False)
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_SCREEN_READER = re.compile(rf"(?:^|\s)(?:{markup_alternatives('class.screen_reader')})(?:$|\s)", re.IGNORECASE)
_CLIPPED = re.compile(
    r"clip\s{0,3}:\s{0,3}rect\((?:\s{0,3}[01](?:px)?[,\s]{0,3}){4}\)|clip-path\s{0,3}:\s{0,3}inset\((?:50|100)%",
    re.IGNORECASE,
)
"""Text for screen readers ("opens in a new window") is in the middle of sentences, but not shown."""
_COMMENTS = re.compile(markup_alternatives("class.comment"))


@dataclass
class Block:
    """One run of text with its nearest block element.

    `tag` is as in `Line`; `element` is the nearest block element and `path` the block elements from the body down to
    it, `names` what `names_of` says of each. `linked` counts the characters other than white space inside links, `bold`
    those inside b or strong; `hidden` says whether an ancestor is styled away. `room` is how many characters
    `attributes` may have.

    What follows from these is asked of each block many times. `words` are those of the text, lower case; `link_share`
    is the share of the text's characters inside links, 0 to 1, below 1 for linked words, as white space is in none;
    `letters_linked` the same of what is not white space, 1 where all is linked (the block classifier was trained on the
    other); `is_prose` says whether this is running text, as `cleaners.read.running_text.is_prose` defines it.
    """

    element: HtmlElement
    tag: str
    text: str
    linked: int = 0
    bold: int = 0
    hidden: bool = False
    path: tuple[HtmlElement, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    room: int = LINE_NAMES
    words: list[str] = field(init=False, repr=False, compare=False)
    link_share: float = field(init=False, repr=False, compare=False)
    letters_linked: float = field(init=False, repr=False, compare=False)
    is_prose: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text, linked = self.text, self.linked
        self.words = words(text)
        self.link_share = self.letters_linked = 0.0
        if linked:
            self.link_share = min(1.0, linked / len(text))
            self.letters_linked = min(1.0, linked / (len("".join(text.split())) or 1))
        self.is_prose = is_prose(text, len(self.words), self.link_share)

    @property
    def is_heading(self) -> bool:
        """Whether this is a sub-heading, not the linked headline of a teaser nor the page's own."""
        return self.tag in _SUBHEADINGS and self.link_share < 0.4

    @property
    def is_count(self) -> bool:
        """Whether this is the number of comments that stands before a paragraph, in an element of its own."""
        return self.element.tag not in _BLOCK

    def outwards(self, levels: int) -> Iterator[tuple[HtmlElement, HtmlElement]]:
        """The block's element and at most `levels` - 1 elements around it, nearest first, each after its parent."""
        return islice(zip(self.path[-2::-1], self.path[::-1], strict=False), levels)

    @cached_property
    def attributes(self) -> str:
        """Class and id of the element and its ancestors, nearest first, lower case; whole names, `room` at most."""
        return within(" ".join(names for names in reversed(self.names) if names), self.room)


class Blocks(tuple[Block, ...]):
    """The blocks of a page in order."""

    @cached_property
    def spans(self) -> dict[HtmlElement, range]:
        """The indices of each element's blocks, which follow one another."""
        first: dict[HtmlElement, int] = {}
        last: dict[HtmlElement, int] = {}
        for i, block in enumerate(self):
            for element in block.path:
                first.setdefault(element, i)
                last[element] = i
        return {element: range(start, last[element] + 1) for element, start in first.items()}


class _Walk:
    """Gathers the text between block borders; iterative, as pages may be nested deeply."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.spans: dict[HtmlElement, range] = {}
        self.links = self.bolds = self.hidden = 0
        self.is_at_start = True
        """Whether no text has been met since the last border."""
        self._path: list[HtmlElement] = []
        self._names: list[str] = []  # read once for an element, whatever stands in it
        self._tags: list[tuple[str, str]] = []  # of each element, and of the lines in it
        self._pieces: list[tuple[str, bool, bool]] = []

    def enter(self, element: HtmlElement, tag: str) -> None:
        """Go into a block element, which ends what was before it."""
        self.flush()
        own = _SAME.get(tag, tag)
        self._tags.append((tag, own if own in _TAGS else self._tags[-1][1] if self._tags else "p"))
        self._path.append(element)
        self._names.append(names_of(element))
        self.spans[element] = range(len(self.found), len(self.found))  # has its place before what is in it

    def leave(self) -> None:
        """Go out of it again."""
        self.flush()
        element, _, _ = self._path.pop(), self._names.pop(), self._tags.pop()
        self.spans[element] = range(self.spans[element].start, len(self.found))
        if not self.spans[element]:
            del self.spans[element]

    def text(self, text: str) -> None:
        self._pieces.append((text, self.links > 0, self.bolds > 0))
        if self.is_at_start and not text.isspace():
            self.is_at_start = False

    def line_break(self) -> None:
        self._pieces.append(_BREAK)

    def flush(self) -> None:
        """Make blocks of the text since the last border."""
        pieces = self._pieces
        if self.is_at_start:
            pieces.clear()
            return
        self._pieces = []
        self.is_at_start = True
        element, tag = self._tags[-1]
        tag = "p" if element == "p" and tag in ("td", "li") else tag
        if tag == "pre":
            self._preformatted(pieces)
            return
        start = 0
        for at, piece in enumerate(pieces):
            if piece is _BREAK:
                self._line(tag, pieces[start:at])
                start = at + 1
        self._line(tag, pieces[start:])

    def _line(self, tag: str, pieces: list[tuple[str, bool, bool]]) -> None:
        text = "".join([piece for piece, _, _ in pieces]).strip(_SPACES)
        if not text:
            return
        linked = bold = 0
        for piece, is_link, is_bold in pieces:
            if is_link or is_bold:
                size = len("".join(piece.split()))
                linked += size * is_link
                bold += size * is_bold
        is_even = text.isprintable() and "  " not in text  # said faster than by a pattern
        self._add(tag, text if is_even else _SPACE.sub(" ", text), linked, bold)

    def _preformatted(self, pieces: list[tuple[str, bool, bool]]) -> None:
        text = "".join(t or "\n" for t, _, _ in pieces).expandtabs(4)
        for line in text.splitlines():
            if line.strip():
                self._add("pre", line.rstrip(), 0, 0)

    def _add(self, tag: str, text: str, linked: int, bold: int) -> None:
        path, names = tuple(self._path), tuple(self._names)
        self.found.append(Block(path[-1], tag, text, linked, bold, self.hidden > 0, path, names))


def read_blocks(tree: HtmlElement) -> Blocks:
    """All blocks of a page in order, navigation and hidden ones included; without scripts, styles and form fields."""
    body = tree.find(".//body")
    root = tree if body is None else body
    walk = _Walk()
    walk.enter(root, root.tag)
    if root.text:
        walk.text(root.text)
    opened: list[tuple[bool, bool, bool, bool] | None] = []  # of each element around: what is said of it below
    read_out: dict[str, bool] = {}  # by class: a page has few different ones
    is_skipped = False
    walker = etree.iterwalk(root, events=("start", "end"))
    next(walker)  # the root's own start
    for event, element in walker:
        if event == "end":
            if is_skipped:
                is_skipped = False
            elif opened:
                if (said := opened.pop()) is not None:
                    is_block, is_link, is_bold, is_hidden = said
                    if is_block:
                        walk.leave()
                    walk.links -= is_link
                    walk.bolds -= is_bold
                    walk.hidden -= is_hidden
            else:
                break  # the root's own end
            if tail := element.tail:
                walk.text(tail)
            continue
        tag, get = element.tag, element.get
        if tag == "br":
            walk.line_break()
        is_skipped = tag in _UNSEEN
        if not is_skipped:  # what its attributes say counts for nothing else
            style, classes = get("style"), get("class")
            if classes is not None:
                if classes not in read_out:
                    read_out[classes] = bool(_SCREEN_READER.search(classes))
                is_skipped = read_out[classes]
            if style is not None and _CLIPPED.search(style):
                is_skipped = True
        if is_skipped:
            walker.skip_subtree()
            continue
        text = element.text
        is_hidden = get("hidden") is not None or (style is not None and bool(_HIDDEN.search(style)))
        is_block = tag in _BLOCK or (text is not None and _is_count_of_comments(element, text) and walk.is_at_start)
        if is_block or is_hidden or tag in _MARKED:
            is_link, is_bold = tag == "a", tag in ("b", "strong")
            opened.append((is_block, is_link, is_bold, is_hidden))
            if is_block:
                walk.enter(element, tag)
            walk.links += is_link
            walk.bolds += is_bold
            walk.hidden += is_hidden
        else:
            opened.append(None)
        if text:
            walk.text(text)
    walk.leave()
    if len(walk.found) * LINE_NAMES > PAGE_NAMES:
        for block in walk.found:
            block.room = PAGE_NAMES // len(walk.found)
    blocks = Blocks(walk.found)
    blocks.spans = walk.spans  # as it would be found out of the blocks
    return blocks


def _is_count_of_comments(element: HtmlElement, text: str) -> bool:
    """Whether this is how many readers wrote to a paragraph, which stands glued to it: a number, named comments."""
    return text.strip().isdecimal() and len(element) == 0 and bool(_COMMENTS.search(names_of(element)))
