"""Lines that the source shows on many of its pages."""

from __future__ import annotations

from collections.abc import Iterator

from cleaners.document import Drop, Page


def remembered(page: Page) -> Iterator[Drop]:
    """Drop what site memory knows as the source's chrome; without memory, nothing."""
    if page.memory is None:
        return
    for line in page.lines:
        seen = page.memory.seen(line)
        if seen:
            yield Drop(line.place, seen.category, seen.rule, seen.evidence)
