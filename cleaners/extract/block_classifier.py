"""The second opinion on the body: every block is classified by itself, where rules see the page as a whole.

Rules and trafilatura choose elements. Inside of these may be teasers, forms and boxes about the author, and outside of
them lists and cards that belong to the text. A tree ensemble over the features of each block decides on both. It must
be surer to add a block than to keep one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from cleaners.extract.features import feature_rows
from cleaners.extract.tree_ensemble import body_ensemble
from cleaners.read.blocks import Block, Blocks

__all__ = ["ADD_THRESHOLD", "KEEP_THRESHOLD", "candidates", "classify_blocks"]

KEEP_THRESHOLD = 0.3
"""Likelihood of body below which a chosen block is removed."""

ADD_THRESHOLD = 0.65
"""Likelihood of body above which another block is added."""

MAX_PROSE_REMOVED = 0.5
"""Share of the choice's prose that may be removed; beyond, the page is unlike those of the training set."""

_MIN_WORDS = 2
"""Words of a block that could be text."""
_MAX_LINKED = 0.8
"""Link share up to which a block could be text."""
_MIN_ITEMS = 3
"""Items built alike, of which some stay and some would go."""
_MIN_ITEMS_KEPT = 0.6
"""Share of such items that must stay for the others to stay with them."""
_LEVELS = 3
"""Elements from a block outwards of which one is such an item."""
_NO_BODY = frozenset({"figcaption", "figure", "footer", "nav"})


def candidates(blocks: Sequence[Block], chosen: Collection[int]) -> list[int]:
    """The indices of the blocks to classify: those chosen, and those that could be text, hidden at first or not."""
    return [i for i, block in enumerate(blocks) if i in chosen or _could_be_text(block)]


def classify_blocks(
    blocks: Blocks, found: Collection[int], chosen: set[int], container: HtmlElement | None
) -> set[int]:
    """The indices of the body: the `chosen` ones without those that are unlikely, with others that are surely body.

    `found` are the indices that trafilatura chose, `container` is the element around the choice. A chosen heading over
    text that stays, stays with it; a paragraph that is no sentence (a caption, the time above a post) is not added.
    """
    asked = candidates(blocks, chosen)
    rows = feature_rows(blocks, asked, found, chosen, container)
    body = {
        i
        for i, p in zip(asked, body_ensemble().likelihoods(rows), strict=True)
        if (p >= KEEP_THRESHOLD if i in chosen else p > ADD_THRESHOLD and _may_be_added(blocks[i]))
    }
    if _prose_words(blocks, chosen - body) > MAX_PROSE_REMOVED * _prose_words(blocks, chosen):
        body |= chosen
    body |= _items(blocks, body, {i for i in chosen - body if blocks[i].is_prose})
    return body | {i for i in chosen if i + 1 in body and blocks[i].is_heading and not blocks[i + 1].is_heading}


def _items(blocks: Sequence[Block], body: Collection[int], out: Collection[int]) -> set[int]:
    """The prose of `out` that is part of an item whose siblings stay: entries of a live page, questions and answers."""
    if not out:
        return set()
    rows: dict[object, dict[HtmlElement, bool]] = defaultdict(dict)
    for i, block in enumerate(blocks):
        if block.is_prose and (i in body or i in out):
            for key, item in _around(block):
                rows[key][item] = rows[key].get(item, False) or i in body
    sizes = Counter(element for block in blocks for element in block.path[-_LEVELS - 1 :])

    def is_alike(row: dict[HtmlElement, bool], item: HtmlElement) -> bool:
        return len(row) >= _MIN_ITEMS and sizes[item] > 1 and sum(row.values()) >= _MIN_ITEMS_KEPT * len(row)

    return {i for i in out if any(is_alike(rows[key], item) for key, item in _around(blocks[i]))}


def _around(block: Block) -> Iterator[tuple[object, HtmlElement]]:
    """The elements around the block's own, each with a key that it shares with siblings that are built alike."""
    for outer, item in islice(block.outwards(_LEVELS + 1), 1, None):
        yield (outer, item.tag, item.get("class")), item


def _prose_words(blocks: Sequence[Block], indices: Collection[int]) -> int:
    return sum(len(blocks[i].words) for i in indices if blocks[i].is_prose)


def _could_be_text(block: Block) -> bool:
    return (
        len(block.words) >= _MIN_WORDS
        and block.link_share < _MAX_LINKED
        and not any(element.tag in _NO_BODY for element in block.path)
    )


def _may_be_added(block: Block) -> bool:
    return block.is_prose or block.tag != "p"
