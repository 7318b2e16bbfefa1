"""The choice of the body: which blocks of a page are its article.

Trafilatura chooses, rules put back what it is known to forget, and a classifier decides on each block.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from lxml.html import HtmlElement
from trafilatura.core import bare_extraction

from cleaners.document import Stage
from cleaners.extract.alignment import align
from cleaners.extract.anchors import filled_in, under_headline
from cleaners.extract.block_classifier import classify_blocks, likelihoods
from cleaners.extract.block_text import headline_block
from cleaners.extract.embedded import embedded_text
from cleaners.extract.features import Clues
from cleaners.extract.layout import cells_around, without_layout
from cleaners.extract.leads import ASIDE_TAGS, lead
from cleaners.extract.openers import openers
from cleaners.extract.page_layout import container
from cleaners.extract.second_opinion import sure_from
from cleaners.extract.stop_words import share
from cleaners.extract.tables import data_rows, whole_tables
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block, Blocks
from cleaners.read.running_text import MIN_PROSE_WORDS
from cleaners.read.tree import count_elements
from cleaners.vocabulary import markup_alternatives

__all__ = ["MIN_FOUND_SHARE", "Body", "choose_body", "found_text", "gather_clues"]

share()

MIN_FOUND_SHARE = 0.7
"""Share of trafilatura's words that must be found in the blocks; below, its text is not from the page's markup."""

MAX_ELEMENTS = 10_000
"""Elements that trafilatura is given, twice the most met on a page: its time grows with their square."""

MIN_SURE_SHARE = 0.6
"""Share of the page's prose from which trafilatura's own text is taken without the opinion of others."""

MIN_PAGE_PROSE = 60
"""Words of prose that make an article where trafilatura sees none; a page that asks for cookies has fewer."""

MAX_DOUBTFUL_SHARE = 0.5
"""Share of the page's prose up to which a choice is doubted, and the densest element is looked at."""

MIN_DENSEST_SHARE = 0.7
"""Share of the page's prose that the densest element holds."""

_ASIDE = re.compile(markup_alternatives("class.comment", "class.beside", "class.aside"))


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of the article in order.

    `indices` number them among the blocks of the page, whose first has the number `first`: above 0 where the page's
    markup does not hold the text, so that these are no blocks of it. `span` are the indices on the page from the first
    of them to the last, empty in that case; `layout` are the table cells that lay out the page around it, `headings`
    the indices of the lines that head a digest's items in whatever markup, `rows` those of each row of the page's
    tables of data. `evidence` says of blocks outside the body how far they were from it.
    """

    blocks: Sequence[Block]
    indices: Sequence[int]
    span: range
    layout: frozenset[HtmlElement] = frozenset()
    headings: frozenset[int] = frozenset()
    rows: Sequence[Sequence[int]] = ()
    first: int = 0
    evidence: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the rules look at.

    `usable` are the indices of the blocks that may be body, `around` the elements around the body, `description` is the
    page's own summary, `headline` the index of its headline.
    """

    blocks: Blocks
    usable: Sequence[int]
    around: set[HtmlElement]
    description: str
    headline: int | None = None


def choose_body(
    tree: HtmlElement, page: Blocks, others: Mapping[int, Stage], url: str | None, head: PageHead, listed: str = ""
) -> Body:
    """The body of the page: its blocks, or blocks made of trafilatura's text where that is not in the markup.

    `others` are the blocks that left the tree as other articles, teasers of such, or comments; `listed` is what a
    listing says that the text is: evidence where it is no summary.
    """
    text = found_text(tree, page, url)
    aligned = align(page, text)
    if sum(len(block.words) for block in page if block.is_prose) < MIN_PAGE_PROSE and (data := embedded_text(tree)):
        text, aligned = data, align(page, data)
    if text and aligned.found < MIN_FOUND_SHARE:
        lines = [Block(tree, "p", line) for line in text.split("\n") if line.strip()]
        return Body(lines, range(len(lines)), range(0), first=len(lines))
    if len(listed) < MIN_FOUND_SHARE * len(text):
        listed = ""
    surveyed, clues = gather_clues(tree, page, others, head, aligned.chosen, listed)
    likely = likelihoods(page, clues).tolist()
    body = classify_blocks(page, clues, likely) - {i for i, stage in others.items() if stage == "other_article"}
    body = (body | under_headline(page, body, clues.headline, others)) - filled_in(page, tree)
    tables = data_rows(page)
    body = whole_tables(page, tables, body)
    opening = openers(page, body)
    indices = sorted(_laid_out(page, body | _folded(surveyed, body) | _lead(surveyed, body) | opening))
    inside = set(indices)
    evidence = {i: f"likelihood of body {p:.2f}" for i, p in enumerate(likely) if i not in inside}
    if not indices:
        return Body([], [], range(0), evidence=evidence)
    layout = frozenset(cells_around(container(page, indices)))
    span = range(indices[0], indices[-1] + 1)
    headings = frozenset(opening.intersection(indices))
    rows = [row for table in tables for row in table]
    return Body([page[i] for i in indices], indices, span, layout, headings, rows, evidence=evidence)


def gather_clues(
    tree: HtmlElement,
    page: Blocks,
    others: Mapping[int, Stage],
    head: PageHead,
    aligned: Sequence[bool],
    listed: str = "",
) -> tuple[Survey, Clues]:
    """What the rules look at, and what the classifier is told; `aligned` says of each block if trafilatura chose it.

    `listed` is the text by a listing, which counts where JSON-LD states none.
    """
    found = {i for i, is_chosen in enumerate(aligned) if is_chosen}
    title = head.metas.get("og:title") or tree.findtext(".//title") or ""
    headline = headline_block(page, title)
    surveyed = survey(page, others, found, head.description, headline[0])
    chosen = by_rules(surveyed, found)
    clues = Clues(
        found=found,
        chosen=chosen,
        container=container(page, chosen) if chosen else None,
        teasers={i for i, stage in others.items() if stage == "teasers"},
        comments={i for i, stage in others.items() if stage == "comments"},
        headline=headline,
        stated=head.jsonld.body or listed,
        title=title,
        summary=head.description,
    )
    return surveyed, clues


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
    asides = {e for e in blocks.spans if e not in around and _is_aside(e)}
    usable = [
        i for i, block in enumerate(blocks) if i not in others and not block.hidden and asides.isdisjoint(block.path)
    ]
    return Survey(blocks, usable, around, description, headline)


def by_rules(page: Survey, found: Collection[int]) -> set[int]:
    """The indices that trafilatura `found` with what it forgets, without what only lays out the page."""
    chosen = set(found)
    for recover in (_denser, _beside, _between, _lead):
        chosen |= recover(page, chosen)
    return _laid_out(page.blocks, chosen)


def _laid_out(blocks: Blocks, chosen: set[int]) -> set[int]:
    prose = {i for i in chosen if blocks[i].is_prose}
    cells = cells_around(container(blocks, prose)) if prose else []
    return without_layout(blocks, chosen, prose, cells)


def found_text(tree: HtmlElement, page: Blocks, url: str | None) -> str:
    """What trafilatura takes for the text of the page; empty where the page is too large or too deep for it."""
    if count_elements(tree) > MAX_ELEMENTS:
        return ""
    prose = sum(len(block.text) for block in page if block.is_prose and not block.hidden)
    try:
        with _without_warnings(), sure_from(MIN_SURE_SHARE * prose):
            found = bare_extraction(tree, url=url, include_comments=False)
    except RecursionError:
        return ""
    return getattr(found, "text", None) or ""


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Trafilatura logs a warning for each page without text; here that is a result like others."""
    logger = logging.getLogger("trafilatura")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


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


def _folded(page: Survey, chosen: set[int]) -> set[int]:
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


def _lead(page: Survey, chosen: set[int]) -> set[int]:
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
