"""What trafilatura is known to forget of a text, put back by rules; and what only lays out the page, left out again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from lxml.html import HtmlElement

from cleaners.extract.layout import cells_around, without_layout
from cleaners.extract.leads import ASIDE_TAGS, lead
from cleaners.extract.page_layout import container
from cleaners.read.blocks import Block, Blocks
from cleaners.read.running_text import MIN_PROSE_WORDS
from cleaners.vocabulary import markup_alternatives

__all__ = ["MIN_PAGE_PROSE", "Survey", "by_rules", "folded", "laid_out", "lead_above", "survey"]

MIN_PAGE_PROSE = 60
"""Words of prose that make an article where trafilatura sees none; a page that asks for cookies has fewer."""

MAX_DOUBTFUL_SHARE = 0.5
"""Share of the page's prose up to which a choice is doubted, and the densest element is looked at."""

MIN_DENSEST_SHARE = 0.7
"""Share of the page's prose that the densest element holds."""

_ASIDE = re.compile(markup_alternatives("class.comment", "class.beside", "class.aside"))


@dataclass(frozen=True)
class Survey:
    """What the rules look at.

    `others` are the indices of blocks of other articles and comments, `around` the elements around the body,
    `description` is the page's own summary, `headline` the index of its headline.
    """

    blocks: Blocks
    others: Collection[int]
    around: set[HtmlElement]
    description: str
    headline: int | None = None

    @cached_property
    def usable(self) -> Sequence[int]:
        """The indices of the blocks that may be body."""
        asides = {e for e in self.blocks.spans if e not in self.around and _is_aside(e)}
        return [
            i
            for i, block in enumerate(self.blocks)
            if i not in self.others and not block.hidden and asides.isdisjoint(block.path)
        ]


def survey(
    blocks: Blocks,
    others: Collection[int],
    found: Collection[int],
    description: str = "",
    headline: int | None = None,
) -> Survey:
    """What the rules look at, where trafilatura `found` the body; never the `others`."""
    # The elements around the body are no asides, whatever they are: some sites wrap the whole page in a form.
    around = {*(holder := container(blocks, found)).iterancestors(), holder} if found else set()
    return Survey(blocks, others, around, description, headline)


def by_rules(page: Survey, found: Collection[int]) -> set[int]:
    """The indices that trafilatura `found` with what it forgets, without what only lays out the page."""
    chosen = set(found)
    for recover in (_denser, _beside, _between, lead_above):
        chosen |= recover(page, chosen)
    return laid_out(page.blocks, chosen)


def laid_out(blocks: Blocks, chosen: set[int]) -> set[int]:
    """The chosen blocks without cells that only lay out the page around them."""
    prose = {i for i in chosen if blocks[i].is_prose}
    cells = cells_around(container(blocks, prose)) if prose else []
    return without_layout(blocks, chosen, prose, cells)


def _beside(page: Survey, chosen: set[int]) -> set[int]:
    """Prose in the same elements as the body's paragraphs, such as bare text before the first of them."""
    elements = {page.blocks[i].element for i in chosen}
    parents = {page.blocks[i].path[-2] for i in chosen if len(page.blocks[i].path) > 1 and page.blocks[i].is_prose}
    holders = elements | parents
    return {i for i in page.usable if page.blocks[i].is_prose and not holders.isdisjoint(page.blocks[i].path[-2:])}


def _between(page: Survey, chosen: set[int]) -> set[int]:
    """Prose, list items and headings between the first and the last block of the body, inside what holds it."""
    if not chosen:
        return set()
    holder = container(page.blocks, chosen)
    first, last = min(chosen), max(chosen)
    inside = [i for i in page.usable if first < i < last and holder in page.blocks[i].path]
    found = {i for i in inside if page.blocks[i].is_prose or _is_item(page.blocks[i])}
    body = chosen | found
    return found | {
        i for i in inside if i + 1 in body and (page.blocks[i].is_heading or _is_bold_heading(page.blocks[i]))
    }


def folded(page: Survey, chosen: set[int]) -> set[int]:
    """Hidden prose under headings of the body: the answers to a list of questions, which a click shows."""
    if not chosen:
        return set()
    holder = container(page.blocks, chosen)
    found: set[int] = set()
    for i in range(1, len(page.blocks)):
        block, above = page.blocks[i], page.blocks[i - 1]
        is_under = i - 1 in found or (i - 1 in chosen and above.is_heading and not above.hidden)
        if block.hidden and block.is_prose and is_under and holder in block.path:
            found.add(i)
    return found


def lead_above(page: Survey, chosen: set[int]) -> set[int]:
    """The lead above the chosen blocks; see `lead`."""
    return lead(page.blocks, chosen, page.around, page.description, page.headline)


def _denser(page: Survey, chosen: set[int]) -> set[int]:
    """The prose of the densest element, with its lists and headings, where the choice holds little of the page's."""
    prose = [i for i in page.usable if page.blocks[i].is_prose]
    total = sum(len(page.blocks[i].words) for i in prose)
    if total < MIN_PAGE_PROSE or sum(len(page.blocks[i].words) for i in chosen) > MAX_DOUBTFUL_SHARE * total:
        return set()
    densest = container(page.blocks, prose, MIN_DENSEST_SHARE)
    inside = [i for i in page.usable if densest in page.blocks[i].path]
    found = {i for i in inside if page.blocks[i].is_prose or _is_item(page.blocks[i])}
    return found | {i for i, after in pairwise(inside) if page.blocks[i].is_heading and after in found}


def _is_bold_heading(block: Block) -> bool:
    """Whether the block is a heading of a page without headings: a few words, all bold, no full stop."""
    bold = block.bold >= 0.9 * len("".join(block.text.split()))
    return bold and len(block.words) < MIN_PROSE_WORDS and not block.linked and block.text[-1] not in ".!?…:;,"


def _is_item(block: Block) -> bool:
    return block.tag == "li" and len(block.words) >= 3 and block.link_share < 0.4


def _is_aside(element: HtmlElement) -> bool:
    """Whether the element is by its tag or name no body."""
    return element.tag in ASIDE_TAGS or _names_aside(f"{element.get('class') or ''} {element.get('id') or ''}")


@lru_cache(maxsize=4096)
def _names_aside(names: str) -> bool:
    return bool(_ASIDE.search(names.lower()))
