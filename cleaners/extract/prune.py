"""The blocks of a page without those that are surely other articles' or readers'."""

from __future__ import annotations

from lxml.html import HtmlElement

from cleaners.extract.comments import comments
from cleaners.extract.teasers import teasers
from cleaners.read.blocks import Blocks, read_blocks

__all__ = ["prune"]


def prune(tree: HtmlElement, url: str | None) -> Blocks:
    """The blocks of the page at `url` without teasers of other articles and comments, which leave the tree too."""
    page = read_blocks(tree)
    others = teasers(page, url) | comments(page)
    if not others:
        return page
    for i in sorted(others):
        whole = next((e for e in page[i].path if others.issuperset(page.spans[e])), None)
        if whole is not None and whole.getparent() is not None:
            whole.drop_tree()
    return Blocks(block for i, block in enumerate(page) if i not in others)
