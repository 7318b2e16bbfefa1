"""The account of a page: what of it is not in the body, and why, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from cleaners.document import LeftOut, Line, Paragraph, Stage
from cleaners.read.running_text import is_prose

if TYPE_CHECKING:  # plain text needs no lxml
    from cleaners.read.blocks import Block, Blocks

__all__ = ["left_out", "much_left_out"]

MIN_LEFT_OUT = 60
"""Words of prose outside the body up to which a page is not flagged: a notice, a few teasers."""

MAX_MENU_WORDS = 4
"""Words of a block that may be part of a menu without being a link."""
MIN_MENU_LINKED = 0.8
"""Share of a block's letters in links from which it may be part of a menu, however long."""

BETWEEN = " · "
"""Between the parts of a menu, which is one line."""


def left_out(
    page: Blocks,
    body: Collection[int],
    stages: Mapping[int, Stage],
    evidence: Mapping[int, str],
    first: int = 0,
) -> tuple[LeftOut, ...]:
    """Every block of the page whose index is not in `body`, in order; a run of menu entries is one line.

    `stages` says of some blocks why they are left out, `evidence` more of some; `first` is the index of the page's
    first block among the lines. All words of the page stand in the body or here, each once.
    """
    outside = [(i, _stage(page[i], stages.get(i))) for i in range(len(page)) if i not in body]
    lines: list[LeftOut] = []
    # Neighbours on the page have the same difference to their place among those outside.
    for (_, stage), run in groupby(enumerate(outside), key=lambda item: (item[1][0] - item[0], item[1][1])):
        lines += _lines(page, [i for _, (i, _) in run], stage, evidence, first)
    return tuple(lines)


def _stage(block: Block, known: Stage | None) -> Stage:
    if known is not None:
        return known
    if block.hidden:
        return "hidden"
    is_short = len(block.words) <= MAX_MENU_WORDS and block.tag in ("p", "blockquote", "pre", "figcaption")
    return "menu" if is_short or block.letters_linked >= MIN_MENU_LINKED else "not_chosen"


def _lines(
    page: Blocks, members: Sequence[int], stage: Stage, evidence: Mapping[int, str], first: int
) -> Iterator[LeftOut]:
    if stage != "menu":
        for i in members:
            block = page[i]
            line = Line(first + i, block.text, tag=block.tag, link_share=round(block.letters_linked, 3))
            yield LeftOut(line, stage, evidence.get(i, ""))
        return
    links = sum(page[i].letters_linked >= MIN_MENU_LINKED for i in members)
    text = BETWEEN.join(page[i].text for i in members)
    yield LeftOut(Line(first + members[0], text, link_share=round(links / len(members), 3)), stage, f"{links} links")


def much_left_out(paragraphs: Iterable[Paragraph], outside: Iterable[LeftOut]) -> str | None:
    """The flag of a page with more running text outside its body than in it; None for others.

    Comments, teasers and hidden text do not count: those are known to be no part of the article.
    """
    kept = sum(len(p.text.split()) for p in paragraphs)
    prose = 0
    for other in outside:
        words = len(other.line.text.split())
        if other.stage == "not_chosen" and is_prose(other.line.text, words, other.line.link_share):
            prose += words
    if prose <= max(kept, MIN_LEFT_OUT):
        return None
    return f"more text was left out of the body than kept: {prose} words of prose, and {kept} kept"
