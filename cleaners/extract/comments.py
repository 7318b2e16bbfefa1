"""Readers' comments below the article: known by their heading ("Коментарі (2)"), a button at each, or their names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, Blocks
from cleaners.read.element_names import names_of
from cleaners.read.running_text import ends_like_sentence
from cleaners.vocabulary import alternatives, markup_alternatives

__all__ = ["comments"]

MAX_LEVELS = 6
"""Elements from a button outwards of which one is the comment."""

FAR_LEVELS = 10
"""The same where none is found so near: comments laid out by tables, or in boxes in boxes."""

MIN_FAR = 3
"""Comments alike in a row that is so far from their buttons."""

MIN_PROSE_ABOVE = 12
"""Words of prose that must be above comments."""

_LABEL = re.compile(
    rf"\W{{0,3}}(?:\d{{1,5}}\s)?(?:{alternatives('reader_comment.heading')})"
    r"\s{0,2}[:(\[]?\s{0,2}\d{0,5}[)\]]?\W{0,3}",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"\W{{0,3}}(?:{alternatives('reader_comment.closed')})\W{{0,3}}", re.IGNORECASE)
_REPLY = re.compile(rf"\W{{0,3}}(?:{alternatives('reader_comment.reply')})\W{{0,3}}", re.IGNORECASE)
_BOX = re.compile(rf"\b(?:{markup_alternatives('class.comment', 'class.comment_box')})")
"""What the name of a comment's box begins with, or a part of that name."""
_TIME = re.compile(r"\b[0-2]?\d[:.][0-5]\d\b|\b(?:19|20)\d\d\b")
"""A clock time or a year: of when a comment was written."""
_MAX_WHEN = 12
"""Words of the line that says when a comment was written, and who wrote it."""
MIN_ARTICLE = 40
"""Words of prose that must be above boxes which only their names tell from the text."""
_MAX_LABEL = 50
"""Characters of a heading or a button."""
_MAX_LINKED = 0.9
"""Share of a label's letters in links up to which it is a heading."""
_MAX_LABELS = 20
"""Such labels that are looked at, from the end of the page, where comments are: each may have all of it below."""
_MAX_NAME = 6
"""Words of a line that says who wrote a comment, and when."""
_MAX_PARTS = 12
"""Blocks of one comment."""
_MIN_TURNS, _MIN_IN_TURN = 3, 0.8
"""Pairs of a name and what was said below a sign that comments are closed, and their share of the lines there."""
_NAMED = re.compile(
    rf"comments\b|disqus|hypercomments|(?:{markup_alternatives('class.comment')})s?[-_ ]{{0,2}}"
    rf"(?:{markup_alternatives('class.comment_part')})"
)
"""Names of comments and their parts, unlike those of one expert's comment."""


def comments(blocks: Blocks) -> set[int]:
    """The indices of the blocks of readers' comments; their heading stays, for the rules to judge.

    A heading alone is not enough: an article has sections of that name, and links to its comments above its text. What
    follows must look like comments too: their names in classes, a form to write one, buttons to answer, boxes alike.
    """
    short = [(i, block) for i, block in enumerate(blocks) if len(block.text) <= _MAX_LABEL]
    labels = [i for i, block in short if _LABEL.fullmatch(block.text)]
    closed = [i for i, block in short if _CLOSED.fullmatch(block.text)]
    replies = [block for _, block in short if _REPLY.fullmatch(block.text)]
    above = [0, *accumulate(len(block.words) * block.is_prose for block in blocks)]
    found = _named_boxes(blocks, above)
    for index in labels[-_MAX_LABELS:]:
        box, below = _below(blocks, index)
        if below and not _leads_there(blocks[index]) and _looks_like_comments(blocks, box, below):
            found.update(below)
    for index in closed[-_MAX_LABELS:]:
        _, below = _below(blocks, index)
        if _takes_turns(blocks[below.start : below.stop]):
            found.update(below)
    for row in _rows(replies, MAX_LEVELS) or _far_rows(blocks, replies):
        spans = [blocks.spans[e] for e in row]
        between = [range(one.stop, after.start) for one, after in pairwise(spans)]
        found.update(*spans)
        if len(between) > 1 and all(1 <= len(gap) <= _MAX_PARTS for gap in between):
            found.update(*between)  # rows of who and when, and what was said between them
    headline = next((i for i, block in enumerate(blocks) if block.tag == "h1"), -1)
    if headline >= min(found, default=len(blocks)):
        return set()
    return found if above[min(found, default=0)] >= MIN_PROSE_ABOVE else set()


def _rows(within: Iterable[Block], levels: int) -> list[list[HtmlElement]]:
    """The rows of two and more elements alike, side by side, that hold the blocks; in the order of the page."""
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, None]] = defaultdict(dict)
    for block in within:
        for around, element in block.outwards(levels):
            rows[around, element.tag][element] = None
    return [list(row) for row in rows.values() if len(row) > 1]


def _far_rows(blocks: Blocks, replies: Sequence[Block]) -> list[list[HtmlElement]]:
    """The same far from the buttons, each with one and none of them a part of the page with its headline."""
    headed = {element for block in blocks if block.tag == "h1" for element in block.path}
    return [
        row
        for row in _rows(replies, FAR_LEVELS)
        if len(row) >= MIN_FAR and headed.isdisjoint(row) and len({names_of(e).partition(" ")[0] for e in row}) == 1
    ][:1]


def _named_boxes(blocks: Blocks, above: Sequence[int]) -> set[int]:
    """The blocks of boxes side by side that are named as comments, each with what was said and when.

    `above` holds the words of prose above each block. Or of one box below the text with several such: the box of the
    whole page may be named for its comments, too.
    """
    dated = [
        i
        for i, b in enumerate(blocks)
        if len(b.words) <= _MAX_WHEN and _TIME.search(b.text) and _BOX.search(b.attributes)
    ]
    found: set[int] = set()
    for row in _rows((blocks[i] for i in dated), MAX_LEVELS):
        spans = [blocks.spans[e] for e in row if _BOX.search(names_of(e))]
        said = [span for span in spans if any(blocks[i].is_prose for i in span)]
        if len(said) > 1 and above[said[0].start] >= MIN_ARTICLE:
            found.update(*spans)
    boxes: dict[HtmlElement, list[int]] = defaultdict(list)
    for i in dated:
        below = (e for e in blocks[i].path if above[blocks.spans[e].start] >= MIN_ARTICLE)
        box = next((e for e in below if _BOX.search(names_of(e))), None)
        if box is not None:
            boxes[box].append(i)
    for box, times in boxes.items():
        span = blocks.spans[box]
        answered = [any(b.is_prose for b in blocks[one + 1 : after]) for one, after in pairwise(times)]
        if answered and 2 * sum(answered) >= len(answered) and not any(blocks[i].tag == "h1" for i in span):
            found.update(span)
    return found


def _below(blocks: Blocks, index: int) -> tuple[HtmlElement, range]:
    """The box that the heading at `index` opens, or else the element around it; what follows the heading inside."""
    path = blocks[index].path
    at = next((n for n, element in enumerate(path) if blocks.spans[element].start == index), len(path))
    box = path[min(at, len(path) - 1)]
    if blocks.spans[box].stop <= index + 1 and at:
        box = path[at - 1]
    return box, range(index + 1, blocks.spans[box].stop)


def _leads_there(block: Block) -> bool:
    """Whether the label is a link to the comments, which may stand anywhere."""
    return block.letters_linked > _MAX_LINKED


def _looks_like_comments(blocks: Blocks, box: HtmlElement, below: range) -> bool:
    if next(box.iter("textarea"), None) is not None:
        return True
    names = {e: of for i in below for e, of in zip(blocks[i].path, blocks[i].names, strict=True)}
    inside = [e for e in names if e is box or blocks.spans[e].start >= below.start]
    if any(_NAMED.search(names[e]) for e in inside):
        return True
    # Boxes alike, each a short line (who, when) above or below what was said.
    rows: Counter[tuple[HtmlElement, str, str | None]] = Counter()
    for element in inside:
        if element is box:
            continue
        own = [blocks[i] for i in blocks.spans[element]]
        lengths = [len(block.words) for block in own]
        if 2 <= len(own) <= _MAX_PARTS and min(lengths) <= _MAX_NAME and not any(b.is_heading for b in own):
            rows[element.getparent(), element.tag, element.get("class")] += 1
    return any(n > 1 for n in rows.values())


def _takes_turns(lines: Sequence[Block]) -> bool:
    """Whether names and what was said follow each other, in markup that is that of the article."""
    names = [
        len(line.words) <= _MAX_NAME and not line.is_heading and not ends_like_sentence(line.text) for line in lines
    ]
    turns = sum(name and not said for name, said in zip(names[::2], names[1::2], strict=False))
    return turns >= _MIN_TURNS and 2 * turns >= _MIN_IN_TURN * len(lines)
