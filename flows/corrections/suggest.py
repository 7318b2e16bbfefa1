"""What a person may want to say of a line, or of a page as a whole: ready to be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.document import NO_ARTICLE
from cleaners.rules.site_memory import prefix

if TYPE_CHECKING:
    from cleaners.corrections import Action, By
    from cleaners.document import Document, LedgerLine

__all__ = ["Suggestion", "of_line", "of_page"]

Suggestion = tuple["Action", "By", str]
"""An action, by what, and the value."""
LONGEST = 2000
"""Characters of a line that can be said whole."""


def of_line(entry: LedgerLine) -> list[Suggestion]:
    """What may be said of the line, by its verdict: to drop what is kept, to keep what is not."""
    text = " ".join(entry.line.text.split())
    found: list[Suggestion] = []
    if entry.kept is not None:
        found += [("drop", "text", text)]
        if prefix(text):
            found += [("drop", "prefix", text.partition(":")[0] + ":")]
    if entry.verdict != "kept":
        found += [("keep", "text", text)]
    for cut in entry.cuts:
        if not cut.rule.startswith("source."):
            found += [("off", "rule", cut.rule), ("keep", "rule", cut.rule)]
    return [each for each in dict.fromkeys(found) if 0 < len(each[2]) <= LONGEST]


def of_page(document: Document, url: str) -> list[Suggestion]:
    """What may be said of the page at this address."""
    is_none = any(flag.startswith(NO_ARTICLE) for flag in document.flags)
    return [("article" if is_none else "no_article", "address", url)]
