"""The text that a listing gives of a page stands in where the page has none."""

from __future__ import annotations

from collections.abc import Iterable

from cleaners.document import Given
from cleaners.errors import PageTooLarge
from cleaners.extract.body import Body
from cleaners.extract.embedded import blocks_of
from cleaners.read.blocks import Block

__all__ = ["LISTED", "body_of_listing", "listed_blocks"]

LISTED = "from-listing"
"""The `attributes` of lines that a listing gave: they stand nowhere on the page."""

MAX_TEXT = 2_000_000
"""Characters of a listing's text that are read."""

MIN_PROSE = 40
"""Words of prose that make an article; a summary has fewer."""

MAX_PAGE_PROSE = 60
"""Words of prose in the page's own body from which it is believed, however much longer the listing's text is."""

MIN_LONGER = 2.0
"""How much longer the listing's prose must be than that of the page."""


def listed_blocks(given: Given | None) -> list[Block]:
    """The blocks of the listing's text, markup or plain; none where it is too large for a page."""
    if given is None or not given.text or len(given.text) > MAX_TEXT:
        return []
    try:
        return blocks_of(given.text)
    except PageTooLarge:
        return []


def body_of_listing(blocks: list[Block], body: Body) -> Body | None:
    """The listing's blocks as a body; None where the page has one of its own, or the listing has only a summary."""
    own = _prose(body.blocks)
    if own >= MAX_PAGE_PROSE or _prose(blocks) < max(MIN_PROSE, MIN_LONGER * own):
        return None
    return Body(blocks, range(len(blocks)), body.span, first=len(blocks), evidence=body.evidence)


def _prose(blocks: Iterable[Block]) -> int:
    return sum(len(block.words) for block in blocks if block.is_prose)
