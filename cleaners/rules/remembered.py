"""Lines that the source shows on many of its pages."""

from __future__ import annotations

from collections.abc import Iterator

from cleaners.document import Category, Drop, Page
from cleaners.read.running_text import is_paragraph

_RERUN = 0.4
"""Share of a page's running text, known from other pages, from which it is a story that ran before, not chrome."""


def remembered(page: Page) -> Iterator[Drop]:
    """Drop what site memory knows as the source's chrome; without memory, nothing.

    On a page whose paragraphs are mostly known (a wire story that ran in several articles, a new version of one) the
    paragraphs stay.
    """
    if page.memory is None:
        return
    known = [(line, seen) for line in page.lines if (seen := page.memory.seen(line))]
    running = sum(len(line.text) for line in page.lines if is_paragraph(line))
    rerun = sum(len(line.text) for line, _ in known if is_paragraph(line)) >= _RERUN * running
    for line, seen in known:
        if not (rerun and is_paragraph(line)):
            category: Category = "related" if seen.what == "prefix" else "chrome"
            yield Drop(line.index, category, f"memory.{seen.what}", seen.evidence)
