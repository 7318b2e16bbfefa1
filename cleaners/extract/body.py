"""The choice of the body: which blocks of a page are its article.

A classifier decides on each block. Where the page alone leaves it in doubt, trafilatura chooses first, rules put back
what that is known to forget, and the classifier decides by both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from cleaners.document import Stage
from cleaners.extract.alignment import align
from cleaners.extract.anchors import filled_in, under_headline
from cleaners.extract.block_classifier import classify_blocks
from cleaners.extract.block_text import headline_block
from cleaners.extract.choice_features import Choice
from cleaners.extract.embedded import embedded_text
from cleaners.extract.features import Clues
from cleaners.extract.forgotten import MIN_PAGE_PROSE, Survey, by_rules, folded, laid_out, lead_above, survey
from cleaners.extract.found_text import found_text
from cleaners.extract.layout import cells_around
from cleaners.extract.likelihoods import Likelihoods
from cleaners.extract.openers import openers
from cleaners.extract.page_layout import Array, container
from cleaners.extract.recipe import recipe_blocks
from cleaners.extract.tables import data_rows, whole_tables
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block, Blocks

__all__ = ["MIN_FOUND_SHARE", "Body", "choose", "choose_body", "gather_clues"]

MIN_FOUND_SHARE = 0.7
"""Share of trafilatura's words that must be found in the blocks; below, its text is not from the page's markup."""


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


def choose_body(
    tree: HtmlElement, page: Blocks, others: Mapping[int, Stage], url: str | None, head: PageHead, listed: str = ""
) -> Body:
    """The body of the page: its blocks, or blocks made of trafilatura's text where that is not in the markup.

    `others` are the blocks that left the tree as other articles, teasers of such, or comments; `listed` is what a
    listing says that the text is: evidence where it is no summary.
    """
    clues = gather_clues(tree, page, others, head)
    seen = Likelihoods(page, clues)
    embedded = embedded_text(tree) if _prose_words(page) < MIN_PAGE_PROSE else ""
    if not embedded and seen.body is not None:
        surveyed = survey(page, others, seen.body, head.description, clues.headline[0])
        return _body(tree, others, clues, surveyed, seen.body, seen.alone)
    text = embedded or found_text(tree, url)
    aligned = align(page, text)
    if text and aligned.found < MIN_FOUND_SHARE:
        lines = [Block(tree, "p", line) for line in text.split("\n") if line.strip()]
        if not _is_in(page, [line for line in lines if line.is_prose]):
            return Body(lines, range(len(lines)), range(0), first=len(lines))
    if not clues.stated and len(listed) >= MIN_FOUND_SHARE * len(text):
        seen = Likelihoods(page, replace(clues, stated=listed))
    surveyed, choice = choose(page, others, head, clues, aligned.blocks)
    return _body(tree, others, clues, surveyed, choice.chosen, seen.beside(choice))


def _body(
    tree: HtmlElement,
    others: Mapping[int, Stage],
    clues: Clues,
    surveyed: Survey,
    chosen: Collection[int],
    likelihoods: Array,
) -> Body:
    """The body by what was chosen and by how likely each block is, with what stands or falls with it."""
    page, likely = surveyed.blocks, likelihoods.tolist()
    body = classify_blocks(page, chosen, likely) - {i for i, stage in others.items() if stage == "other_article"}
    body = (body | under_headline(page, body, clues.headline, others)) - filled_in(page, tree)
    body |= recipe_blocks(page, clues.recipe, others)
    tables = data_rows(page)
    body = whole_tables(page, tables, body)
    opening = openers(page, body)
    indices = sorted(laid_out(page, body | folded(surveyed, body) | lead_above(surveyed, body) | opening))
    inside = set(indices)
    evidence = {i: f"likelihood of body {p:.2f}" for i, p in enumerate(likely) if i not in inside}
    if not indices:
        return Body([], [], range(0), evidence=evidence)
    layout = frozenset(cells_around(container(page, indices)))
    span = range(indices[0], indices[-1] + 1)
    headings = frozenset(opening.intersection(indices))
    rows = [row for table in tables for row in table]
    return Body([page[i] for i in indices], indices, span, layout, headings, rows, evidence=evidence)


def gather_clues(tree: HtmlElement, page: Blocks, others: Mapping[int, Stage], head: PageHead) -> Clues:
    """What the classifier is told of the page besides its blocks."""
    title = head.metas.get("og:title") or tree.findtext(".//title") or ""
    return Clues(
        teasers={i for i, stage in others.items() if stage == "teasers"},
        comments={i for i, stage in others.items() if stage == "comments"},
        headline=headline_block(page, title),
        stated=head.jsonld.body or "",
        recipe=head.jsonld.recipe,
        title=title,
        summary=head.description,
    )


def choose(
    page: Blocks, others: Mapping[int, Stage], head: PageHead, clues: Clues, found: Collection[int]
) -> tuple[Survey, Choice]:
    """What the rules look at, and what they make of the blocks that were found to be body."""
    surveyed = survey(page, others, found, head.description, clues.headline[0])
    chosen = by_rules(surveyed, found)
    return surveyed, Choice(found, chosen, container(page, chosen) if chosen else None)


def _is_in(page: Blocks, lines: Sequence[Block]) -> bool:
    """Whether the page's markup holds these lines; cells that an extractor ran together are not found as they are."""
    return bool(lines) and align(page, "\n".join(line.text for line in lines)).found >= MIN_FOUND_SHARE


def _prose_words(page: Blocks) -> int:
    return sum(len(block.words) for block in page if block.is_prose)
