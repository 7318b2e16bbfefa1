"""Cards of other articles: a linked headline with the first words of its text, several alike side by side.

They are taken away before the body is looked for, since together they often hold more prose than a short article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.read.blocks import PROSE, Block, spans

__all__ = ["cards"]

FEWEST = 3
"""Cards side by side that are no accident."""

LEVELS = 6
"""Elements from a headline outwards of which one is the card."""

MOST_WORDS = 90
"""Words of a card; a section of the text under a linked heading is longer."""

LONGER = 200
"""Words of a card beside others that are surely cards."""

MOST = 0.7
"""Share of cards among the elements beside them that are built alike and hold text; else they are sections."""

ENOUGH = 12
"""Words of prose that must be left on the page."""

_HEADLINE = range(3, 29)
"""Words of a headline."""
_LINKED = 0.7
"""Share of a headline in links; white space is in none."""
_UNLINKED = 0.4


def cards(blocks: Sequence[Block], url: str | None) -> set[int]:
    """The places of the blocks in cards of other articles; none where the page would have no text without them.

    `url` is the page's address. A row of headlines that lead to other sites or to places on the page itself is a list
    of the article's own: products, events, questions.
    """
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, Block]] = defaultdict(dict)
    for block in blocks:
        if _is_headline(block):
            for around, element in zip(block.path[-2 : -LEVELS - 2 : -1], block.path[: -LEVELS - 1 : -1], strict=False):
                rows[around, element.tag][element] = block
    rows = {key: row for key, row in rows.items() if len(row) >= FEWEST}
    if not rows:
        return set()
    where = spans(blocks)
    host = _host(url or "")
    found: set[int] = set()
    for (around, tag), row in rows.items():
        alike = [e for e in row if _is_card([blocks[i] for i in where[e]], MOST_WORDS)]
        if len(alike) >= FEWEST and 2 * sum(_is_own(block, host) for block in row.values()) >= len(row):
            built = {e.get("class") for e in alike}
            beside = [e for e in around if e.tag == tag and e in where and e.get("class") in built]
            alike += [e for e in row if e.get("class") in built and _is_card([blocks[i] for i in where[e]], LONGER)]
            texts = sum(any(blocks[i].is_prose for i in where[e]) for e in beside)
            if len(set(alike)) >= MOST * texts:
                found.update(*(where[e] for e in alike))
    left = sum(len(block.words) for i, block in enumerate(blocks) if i not in found and block.is_prose)
    return found if left >= ENOUGH else set()


def _is_headline(block: Block) -> bool:
    return block.tag != "h1" and block.link_share >= _LINKED and len(block.words) in _HEADLINE


def _is_card(blocks: Sequence[Block], most: int) -> bool:
    """Whether the blocks of an element are one headline and below it one run of text, and little else."""
    headlines = [i for i, block in enumerate(blocks) if _is_headline(block)]
    texts = [i for i, block in enumerate(blocks) if len(block.words) >= PROSE and block.link_share < _UNLINKED]
    return (
        len(headlines) == len(texts) == 1
        and headlines[0] < texts[0]
        and sum(len(block.words) for block in blocks) <= most
        and not any(block.tag == "h1" for block in blocks)
    )


def _is_own(block: Block, host: str) -> bool:
    """Whether the headline leads to another page of the same site."""
    element = block.element
    link = next(element.iter("a"), None)
    if link is None:
        link = next(element.iterancestors("a"), None)
    href = (link.get("href") or "").strip() if link is not None else ""
    if not href or href.startswith(("#", "javascript:", "mailto:")):
        return False
    return not host or _host(href) in ("", host)


def _host(url: str) -> str:
    try:
        return (urlsplit(url[:2000]).hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ""
