"""What of a page is surely other articles' or readers'."""

from __future__ import annotations

from lxml.html import HtmlElement

from cleaners.document import Stage
from cleaners.extract.comments import comments
from cleaners.extract.other_articles import other_articles
from cleaners.extract.teasers import teasers
from cleaners.read.blocks import Blocks, read_blocks

__all__ = ["prune"]


def prune(tree: HtmlElement, url: str | None) -> tuple[Blocks, dict[int, Stage]]:
    """All blocks of the page at `url`, and which of them are other articles, teasers of such, or comments.

    Those leave the tree, so that no extractor and no reader of metadata sees them; the blocks stay. So does the text
    that fields of forms hold ready, such as markup to put the article into one's own page.
    """
    page = read_blocks(tree)
    others: dict[int, Stage] = dict.fromkeys(teasers(page, url), "teasers")
    others |= dict.fromkeys(other_articles(page, tree.findtext(".//title") or ""), "other_article")
    others |= dict.fromkeys(comments(page), "comments")
    others |= dict.fromkeys((i for i, block in enumerate(page) if block.is_count), "comments")
    for field in tree.iter("textarea"):
        field.text = None
        del field[:]
    done = 0
    for i in sorted(others):
        whole = next((e for e in page[i].path if all(k in others for k in page.spans[e])), None) if i >= done else None
        if whole is not None:
            done = page.spans[whole].stop
            if whole.getparent() is not None:
                whole.drop_tree()
    return page, others
