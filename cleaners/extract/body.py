"""The choice of the body: which blocks of a page are its article."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml.html import HtmlElement
from trafilatura.core import bare_extraction

from cleaners.extract.alignment import align
from cleaners.extract.block_classifier import classify_blocks
from cleaners.extract.layout import cells_around, without_layout
from cleaners.read.blocks import PROSE, Block, words

__all__ = ["by_rules", "choose", "container", "found_text", "survey"]

FOUND = 0.7
"""Share of trafilatura's words that must be found in the blocks; below, its text is not from the page's markup."""

MOST_ELEMENTS = 10_000
"""Elements that trafilatura is given, twice the most met on a page: its time grows with their square."""

_ASIDE_TAGS = frozenset("footer nav aside form button figcaption figure header".split())  # noqa: SIM905
_ASIDE = re.compile(
    r"comment|consent|onetrust|gdpr|privacy|video|player|gallery|related|share|social|subscri|footer|cookie|promo|sidebar|widget|recommend|teaser|caption|copyright|bio\b"
    r"|newsletter|banner|popup|modal|menu|\bnav|disclaimer|advert|\bad-|signup|paywall|read-?more|read-?also|most-read"
)

_LEAD = re.compile(r"lead|lede|intro|standfirst|anons|announce|perex|subtitle|summary|excerpt|dek\b|descr")

ENOUGH = 60
"""Words of prose that make an article where trafilatura sees none; a page that asks for cookies has fewer."""

LITTLE = 0.5
"""A choice with less than this share of the page's prose is doubted."""

DENSE = 0.7
"""Share of the page's prose that the densest element holds."""

# It reports each page without text as a warning; for us that is an answer.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the recovery looks at: the blocks, the places of those that may be body, the page's summary of itself."""

    blocks: Sequence[Block]
    usable: Sequence[int]
    around: set[HtmlElement]
    description: str


def choose(tree: HtmlElement, blocks: Sequence[Block], url: str | None, description: str = "") -> list[int] | list[str]:
    """The places of the body's blocks in order, or its paragraphs where the page's markup does not hold them.

    trafilatura chooses, what it is known to forget is put back, and a vote on each block decides. `description` is the
    page's summary of itself.
    """
    text = found_text(tree, url)
    aligned = align(blocks, text)
    if text and aligned.found < FOUND:
        return [line for line in text.split("\n") if line.strip()]
    found = {i for i, is_chosen in enumerate(aligned.chosen) if is_chosen}
    page = survey(blocks, found, description)
    chosen = by_rules(page, found)
    body = classify_blocks(blocks, found, chosen, container(blocks, chosen) if chosen else None)
    return sorted(_laid_out(blocks, body | _folded(page, body) | _lead(page, body)))


def survey(blocks: Sequence[Block], found: Collection[int], description: str = "") -> Survey:
    """What the rules look at, where trafilatura `found` the body."""
    # What the body itself stands in is no sign: some sites wrap the whole page in a form.
    around = {*(held := container(blocks, found)).iterancestors(), held} if found else set()
    usable = [i for i, block in enumerate(blocks) if not _is_aside(block, around)]
    return Survey(blocks, usable, around, description)


def by_rules(page: Survey, found: Collection[int]) -> set[int]:
    """The places that trafilatura `found` with what it forgets, without what only lays out the page."""
    chosen = set(found)
    for recover in (_denser, _beside, _between, _lead):
        chosen |= recover(page, chosen)
    return _laid_out(page.blocks, chosen)


def _laid_out(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    prose = {i for i in chosen if blocks[i].is_prose}
    cells = cells_around(container(blocks, prose)) if prose else []
    return without_layout(blocks, chosen, prose, cells)


def found_text(tree: HtmlElement, url: str | None) -> str:
    """What trafilatura takes for the text of the page; nothing where the page is beyond it."""
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        return ""
    try:
        found = bare_extraction(tree, url=url, include_comments=False)
    except RecursionError:
        return ""
    return getattr(found, "text", None) or ""


def _beside(page: Survey, chosen: set[int]) -> set[int]:
    """Prose in the very elements that hold the body's paragraphs, such as bare text before the first of them."""
    elements = {page.blocks[i].element for i in chosen}
    parents = {page.blocks[i].path[-2] for i in chosen if len(page.blocks[i].path) > 1 and page.blocks[i].is_prose}
    held = elements | parents
    return {i for i in page.usable if page.blocks[i].is_prose and not held.isdisjoint(page.blocks[i].path[-2:])}


def _between(page: Survey, chosen: set[int]) -> set[int]:
    """Prose, list items and headings between the first and the last block of the body, inside what holds it."""
    if not chosen:
        return set()
    held = container(page.blocks, chosen)
    first, last = min(chosen), max(chosen)
    inside = [i for i in page.usable if first < i < last and held in page.blocks[i].path]
    found = {i for i in inside if page.blocks[i].is_prose or _is_item(page.blocks[i])}
    body = chosen | found
    return found | {
        i for i in inside if i + 1 in body and (page.blocks[i].is_heading or _is_bold_heading(page.blocks[i]))
    }


def _folded(page: Survey, chosen: set[int]) -> set[int]:
    """Prose folded away under headings of the body: the answers of a list of questions, which a click shows."""
    if not chosen:
        return set()
    held = container(page.blocks, chosen)
    found: set[int] = set()
    for i in range(1, len(page.blocks)):
        block, above = page.blocks[i], page.blocks[i - 1]
        is_under = i - 1 in found or (i - 1 in chosen and above.is_heading and not above.hidden)
        if block.hidden and block.is_prose and is_under and held in block.path:
            found.add(i)
    return found


def container(blocks: Sequence[Block], chosen: Collection[int]) -> HtmlElement:
    """The deepest element that holds nine tenths of the chosen words."""
    held: Counter[HtmlElement] = Counter()
    for i in chosen:
        for element in blocks[i].path:
            held[element] += len(blocks[i].words)
    enough = 0.9 * sum(len(blocks[i].words) for i in chosen)
    return max((e for e in held if held[e] >= enough), key=_depth)


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _lead(page: Survey, chosen: set[int]) -> set[int]:
    """The lead between headline and body, where trafilatura takes it for a teaser: named so, or the page's summary."""
    first = min((i for i in chosen if page.blocks[i].is_prose), default=0)
    start = max((i for i in range(first) if page.blocks[i].tag in ("h1", "h2")), default=first)
    summary = words(page.description)
    found = set()
    for i in range(start + 1, first):
        block = page.blocks[i]
        if (
            not block.is_prose
            or block.hidden
            or any(e.tag in _ASIDE_TAGS and e.tag != "header" and e not in page.around for e in block.path)
        ):
            continue
        named = _LEAD.search(" ".join(block.attributes.split()[:4]))
        if named or (len(summary) >= PROSE and block.words[: len(summary)] == summary[: len(block.words)]):
            found.add(i)
    return found


def _denser(page: Survey, chosen: set[int]) -> set[int]:
    """The prose of the page's densest element, with its lists and headings, where the choice holds little of it."""
    prose = [i for i in page.usable if page.blocks[i].is_prose]
    total = sum(len(page.blocks[i].words) for i in prose)
    if total < ENOUGH or sum(len(page.blocks[i].words) for i in chosen) > LITTLE * total:
        return set()
    held: Counter[HtmlElement] = Counter()
    for i in prose:
        for element in page.blocks[i].path:
            held[element] += len(page.blocks[i].words)
    densest = max((e for e in held if held[e] >= DENSE * total), key=_depth)
    inside = [i for i in page.usable if densest in page.blocks[i].path]
    found = {i for i in inside if page.blocks[i].is_prose or _is_item(page.blocks[i])}
    return found | {i for i, after in pairwise(inside) if page.blocks[i].is_heading and after in found}


def _is_bold_heading(block: Block) -> bool:
    """Whether the block is a heading of a page without headings: a few words, all bold, no full stop."""
    bold = block.bold >= 0.9 * len("".join(block.text.split()))
    return bold and len(block.words) < PROSE and not block.linked and block.text[-1] not in ".!?…:;,"


def _is_item(block: Block) -> bool:
    return block.tag == "li" and len(block.words) >= 3 and block.link_share < 0.4


def _is_aside(block: Block, around: set[HtmlElement]) -> bool:
    """Whether the block is hidden, or stands in what is by its name no body, other than `around` the body itself."""
    own = [e for e in block.path if e not in around]
    return block.hidden or any(
        e.tag in _ASIDE_TAGS or _ASIDE.search(f"{e.get('class') or ''} {e.get('id') or ''}".lower()) for e in own
    )
