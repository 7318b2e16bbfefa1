"""The parts of a recipe that a page states for machines, found among its blocks, which are too short to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cleaners.read.blocks import Block, Blocks
from cleaners.read.words import words

__all__ = ["recipe_blocks"]

MIN_PART = 0.6
"""Share of the stated words of a part that a run of blocks holds."""

MAX_GAP = 2
"""Blocks between two lines of a part that are none of it: a sub-heading, a button."""

MAX_LINKED = 0.8
"""Share of a line in links up to which it is no teaser: the name of an ingredient may be one."""


def recipe_blocks(blocks: Blocks, parts: Sequence[Sequence[str]], others: Collection[int]) -> set[int]:
    """The indices of the blocks that say the ingredients and the steps, with the headings above and between them.

    `parts` are what `JsonLd.recipe` holds; `others` are blocks of other articles, teasers and comments: none of it. A
    line may be split into blocks, as in a table of amounts.
    """
    return {i for part in parts for i in _part(blocks, part, others)}


def _part(blocks: Blocks, lines: Sequence[str], others: Collection[int]) -> set[int]:
    stated = [words(line) for line in lines]
    text = f" {' | '.join(' '.join(line) for line in stated)} "
    least = MIN_PART * sum(map(len, stated))
    found: set[int] = set()
    for run in _runs(blocks, text, others):
        said = {word for i in run for word in blocks[i].words}
        if sum(word in said for line in stated for word in line) >= least > 0:
            found.update(run, _among(blocks, run, others))
    return found


def _among(blocks: Blocks, run: Sequence[int], others: Collection[int]) -> Iterator[int]:
    """The headings above and between the lines, and what is built as they are but stated in other words."""
    shapes = {_shape(blocks[i]) for i in run}
    for i in range(max(run[0] - 1, 0), min(run[-1] + MAX_GAP, len(blocks) - 1) + 1):
        block = blocks[i]
        is_alike = _shape(block) in shapes and block.link_share < MAX_LINKED
        if i not in others and not block.hidden and (is_alike or (block.is_heading and i < run[-1])):
            yield i


def _shape(block: Block) -> tuple[str, str | None]:
    return block.tag, block.element.get("class")


def _runs(blocks: Blocks, text: str, others: Collection[int]) -> Iterator[list[int]]:
    """The runs of blocks whose words stand in the text, with at most `MAX_GAP` others between two of them."""
    run: list[int] = []
    for i, block in enumerate(blocks):
        if block.words and not block.hidden and i not in others and f" {' '.join(block.words)} " in text:
            if run and i - run[-1] > MAX_GAP + 1:
                yield run
                run = []
            run.append(i)
    if run:
        yield run
