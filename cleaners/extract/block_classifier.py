"""The second opinion on the body: each block is asked for by itself, where rules see the page as a whole.

Rules and trafilatura choose elements; inside what they chose stand teasers, forms and boxes about the author, and
outside it lists and cards that belong to the text. A forest over the signs of each block votes on both. It must be
surer to bring a block in than to leave it where it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from lxml.html import HtmlElement

from cleaners.extract.features import signs
from cleaners.extract.tree_ensemble import body_ensemble
from cleaners.read.blocks import Block

__all__ = ["classify_blocks", "members"]

STAYS = 0.3
"""Likelihood below which a chosen block goes."""

JOINS = 0.65
"""Likelihood above which another block comes in."""

DOUBTED = 0.5
"""Share of the choice's prose from which a vote against it is not believed: the page is like none of those learned."""

_FEWEST = 2
_FEWEST_ITEMS = 3
_MOST_ITEMS = 0.6
_LEVELS = 3
_MOST_LINKED = 0.8
_NO_BODY = frozenset({"figcaption", "figure", "footer", "nav"})


def members(blocks: Sequence[Block], chosen: Collection[int]) -> list[int]:
    """The places that are voted on: those chosen, and those that could be text, folded away at first or not."""
    return [i for i, block in enumerate(blocks) if i in chosen or _could_be_text(block)]


def classify_blocks(
    blocks: Sequence[Block], found: Collection[int], chosen: set[int], container: HtmlElement | None
) -> set[int]:
    """The places of the body: the `chosen` ones without those that are unlikely, with others that are surely body.

    `found` are the places that trafilatura chose, `holder` is the element that holds the choice. A chosen heading over
    text that stays, stays with it; a paragraph that is no sentence (a caption, the time above a post) does not come in.
    """
    asked = members(blocks, chosen)
    likely = zip(asked, body_ensemble().likelihoods(signs(blocks, asked, found, chosen, container)), strict=True)
    body = {i for i, p in likely if (p >= STAYS if i in chosen else p > JOINS and _may_join(blocks[i]))}
    if _prose(blocks, chosen - body) > DOUBTED * _prose(blocks, chosen):
        body |= chosen
    body |= _items(blocks, body, {i for i in chosen - body if blocks[i].is_prose})
    return body | {i for i in chosen if i + 1 in body and blocks[i].is_heading and not blocks[i + 1].is_heading}


def _items(blocks: Sequence[Block], body: Collection[int], out: Collection[int]) -> set[int]:
    """Those of the prose voted `out` that are part of an item whose fellows stay: entries of a live page, questions."""
    if not out:
        return set()
    rows: dict[object, dict[HtmlElement, bool]] = defaultdict(dict)
    for i, block in enumerate(blocks):
        if block.is_prose and (i in body or i in out):
            for key, item in _around(block):
                rows[key][item] = rows[key].get(item, False) or i in body
    sizes = Counter(element for block in blocks for element in block.path[-_LEVELS - 1 :])

    def is_alike(row: dict[HtmlElement, bool], item: HtmlElement) -> bool:
        return len(row) >= _FEWEST_ITEMS and sizes[item] > 1 and sum(row.values()) >= _MOST_ITEMS * len(row)

    return {i for i in out if any(is_alike(rows[key], item) for key, item in _around(blocks[i]))}


def _around(block: Block) -> Iterator[tuple[object, HtmlElement]]:
    """The elements around the block's own, each with what elements beside it that are built alike share."""
    for outer, item in zip(block.path[-3 : -_LEVELS - 3 : -1], block.path[-2 : -_LEVELS - 2 : -1], strict=False):
        yield (outer, item.tag, item.get("class")), item


def _prose(blocks: Sequence[Block], places: Collection[int]) -> int:
    """Words of prose at the places."""
    return sum(len(blocks[i].words) for i in places if blocks[i].is_prose)


def _could_be_text(block: Block) -> bool:
    return (
        len(block.words) >= _FEWEST
        and block.link_share < _MOST_LINKED
        and not any(element.tag in _NO_BODY for element in block.path)
    )


def _may_join(block: Block) -> bool:
    return block.is_prose or block.tag != "p"
