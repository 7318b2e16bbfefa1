"""Teasers of other articles: cards with a linked headline and the first words of its text, several alike in a row.

They are removed before the body is looked for, since together they often hold more prose than a short article.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, Blocks
from cleaners.read.running_text import MIN_PROSE_WORDS
from cleaners.vocabulary import alternatives

__all__ = ["teasers"]

MIN_CARDS = 3
"""Cards in a row that are no accident."""

MAX_LEVELS = 6
"""Elements from a headline outwards of which one is the card."""

MAX_CARD = 90
"""Words of a card; a section of the text under a linked heading is longer."""

MAX_CARD_BESIDE = 200
"""Words of a card beside others that are surely cards."""

MIN_CARD_SHARE = 0.7
"""Share of cards among the elements of their row that are built alike and hold text; else they are sections."""

MIN_PROSE_LEFT = 12
"""Words of prose that must be left on the page."""

MIN_PROSE_ABOVE = 40
"""Words of prose above a label from which an article has begun."""

_LABEL = re.compile(rf"\W{{0,3}}(?:{alternatives('teaser.label')})\W{{0,3}}", re.IGNORECASE)
_MAX_LABEL = 60
"""Characters of a label."""
_MAX_LABELS = 20
"""Labels with a headline under them that are looked at: each may have the whole page below."""
_HEADLINE = range(3, 29)
"""Words of a headline."""
_MIN_HEADLINE_LINKED = 0.7
"""Share of a headline in links; white space is in none."""
_MAX_TEXT_LINKED = 0.4
"""Share of the text below it in links."""


def teasers(blocks: Blocks, url: str | None) -> set[int]:
    """The indices of the blocks in teasers of other articles; empty where the page would have no text without them.

    `url` is the page's address. A row of headlines that link to other sites or to sections of the page is the
    article's own list: products, events, questions.
    """
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, Block]] = defaultdict(dict)
    for block in blocks:
        if _is_headline(block):
            for around, element in block.outwards(MAX_LEVELS):
                rows[around, element.tag][element] = block
    rows = {key: row for key, row in rows.items() if len(row) >= MIN_CARDS}
    spans = blocks.spans
    host = _host(url or "")
    found: set[int] = _under_label(blocks, host)
    introduced = _introduced(blocks)
    for (around, tag), row in rows.items():
        if (around.getparent() if around.tag in ("ul", "ol") else around) in introduced:
            continue
        alike = [e for e in row if _is_card([blocks[i] for i in spans[e]], MAX_CARD)]
        if len(alike) >= MIN_CARDS and 2 * sum(_is_own(block, host) for block in row.values()) >= len(row):
            built = {e.get("class") for e in alike}
            beside = [e for e in around if e.tag == tag and e in spans and e.get("class") in built]
            same = [e for e in row if e.get("class") in built]
            alike += [e for e in same if _is_card([blocks[i] for i in spans[e]], MAX_CARD_BESIDE)]
            texts = sum(any(blocks[i].is_prose for i in spans[e]) for e in beside)
            if len(set(alike)) >= MIN_CARD_SHARE * texts:
                found.update(*(spans[e] for e in alike))
    left = sum(len(block.words) for i, block in enumerate(blocks) if i not in found and block.is_prose)
    return found if left >= MIN_PROSE_LEFT else set()


def _under_label(blocks: Blocks, host: str) -> set[int]:
    """The blocks of other articles that a label opens and that stand in no boxes of their own.

    Each is a linked headline with text below it, one as the next; nothing but such follows inside what holds them.
    """
    found: set[int] = set()
    for label in islice(_labels(blocks, host), _MAX_LABELS):
        path = blocks[label].path
        below = range(label + 1, blocks.spans[path[max(0, len(path) - 2)]].stop)
        heads = [i for i in below if _is_head(blocks[i], host)]
        if len(heads) < MIN_CARDS or heads[0] != label + 1:
            continue
        texts = [blocks[one + 1 : after] for one, after in pairwise([*heads, below.stop])]
        # Prose under each: of links that follow each other, the last may stand above the article's own text.
        if len(texts[-1]) <= max(map(len, texts[:-1])) and all(
            any(b.is_prose for b in text) and sum(len(b.words) for b in text) <= MAX_CARD for text in texts
        ):
            found.update(below)
    return found


def _labels(blocks: Blocks, host: str) -> Iterator[int]:
    """The labels below prose of an article with a headline next to them."""
    above = 0
    for label, (block, after) in enumerate(pairwise(blocks)):
        above += len(block.words) if block.is_prose else 0
        is_label = above >= MIN_PROSE_ABOVE and len(block.text) <= _MAX_LABEL and _LABEL.fullmatch(block.text)
        if is_label and _is_head(after, host):
            yield label


def _introduced(blocks: Blocks) -> set[HtmlElement]:
    """The elements that hold an h1 and below it a paragraph of their own: what follows is the article's digest."""
    found: set[HtmlElement] = set()
    headed: set[HtmlElement] = set()
    for block in blocks:
        if block.tag == "h1":
            headed.update(block.path)
        elif block.is_prose and len(block.path) > 1 and block.path[-2] in headed:
            found.add(block.path[-2])
    return found


def _is_headline(block: Block) -> bool:
    return block.tag != "h1" and block.link_share >= _MIN_HEADLINE_LINKED and len(block.words) in _HEADLINE


def _is_head(block: Block, host: str) -> bool:
    return _is_headline(block) and _is_own(block, host)


def _is_card(blocks: Sequence[Block], most: int) -> bool:
    """Whether the blocks of an element are one headline and below it one run of text, and little else."""
    headlines = [i for i, block in enumerate(blocks) if _is_headline(block)]
    texts = [i for i, b in enumerate(blocks) if len(b.words) >= MIN_PROSE_WORDS and b.link_share < _MAX_TEXT_LINKED]
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
