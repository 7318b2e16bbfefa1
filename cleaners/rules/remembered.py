"""Lines that the source shows on many of its pages."""

from __future__ import annotations

from collections.abc import Iterator

from cleaners.document import Drop, Page
from cleaners.read.running_text import is_paragraph
from cleaners.rules.rule import Rule

_RERUN = 0.4
"""Share of a page's running text, known from other pages, from which it is a story that ran before, not chrome."""

LINE = Rule(
    "memory.line",
    "chrome",
    summary="A line that many pages of the same source carry, on several days: part of the site, whatever it says.",
    example="Наш Вісник — голос громади",
    counterexample="Наш Вісник дізнався про це першим.",
)
PREFIX = Rule(
    "memory.prefix",
    "related",
    summary=(
        "A short line whose beginning up to a colon is on many pages of the same source: a teaser with a new"
        " headline each time."
    ),
    example="До речі: ціни на хліб зросли",
    counterexample="Мер каже: ціни на хліб зросли",
)


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
            rule = PREFIX if seen.what == "prefix" else LINE
            yield rule.drop(line, seen.evidence)
