"""When a page was last changed: what stands in where it says nowhere when it was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaners.metadata.date_lines import DateReader, date_of_change
from cleaners.read.blocks import Block

__all__ = ["date_changed"]


def date_changed(near: Iterable[Block], below: Iterable[Block], reader: DateReader) -> str | None:
    """The time of the last change that readers see, or None.

    `near` are the lines around the headline, in their order; `below` those behind the body, which must agree: other
    articles have days of their own. What is stated for machines alone is not asked: programs state the day on which a
    page was last saved for pages of every kind.
    """
    if date := next(_shown(near, reader), None):
        return date
    days = {date[:10]: date for date in _shown(below, reader)}
    return next(iter(days.values())) if len(days) == 1 else None


def _shown(blocks: Iterable[Block], reader: DateReader) -> Iterator[str]:
    return (date for block in blocks if not block.hidden and (date := date_of_change(block, reader)))
