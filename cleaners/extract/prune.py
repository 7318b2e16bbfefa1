"""The blocks of a page without those that are other articles' or readers' beyond doubt."""

from __future__ import annotations

from lxml.html import HtmlElement

from cleaners.extract.comments import comments
from cleaners.extract.teasers import cards
from cleaners.read.blocks import Block, blocks, spans

__all__ = ["prune"]


def prune(tree: HtmlElement, url: str | None) -> list[Block]:
    """The blocks of the page at `url` without teasers of other articles and comments, which leave the tree too."""
    page = blocks(tree)
    others = cards(page, url) | comments(page)
    if not others:
        return page
    where = spans(page)
    for i in sorted(others):
        whole = next((e for e in page[i].path if others.issuperset(where[e])), None)
        if whole is not None and whole.getparent() is not None:
            whole.drop_tree()
    return [block for i, block in enumerate(page) if i not in others]
