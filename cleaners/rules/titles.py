"""The headline, where it stands in the body again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Page
from cleaners.phrasebook import fold

_WORD = re.compile(r"\w+")
_FIRST = 12
"""Lines from the top in which a repeated headline is looked for; below, only an h1 can be one."""


def words_of(text: str) -> str:
    """The words alone, folded: two copies of a headline differ in quotes, dashes and the site's full stop."""
    return " ".join(_WORD.findall(fold(text)))


def titles(page: Page) -> Iterator[Drop]:
    """Drop lines that are a headline of the page; not a page's only line."""
    headlines = {words_of(h) for h in (*page.metadata.headlines, page.metadata.title or "")} - {""}
    if not headlines or len(page.lines) < 2:
        return
    for index, line in enumerate(page.lines):
        if index >= _FIRST and line.tag != "h1":
            continue
        words = words_of(line.text)
        if words in headlines:
            yield Drop(line.place, "title", "title.repeated", "equals the page's headline")
        elif any(_is_longer_form(words, h) for h in headlines):
            yield Drop(line.place, "title", "title.with-site", "the page's headline with the site's name")


def _is_longer_form(words: str, headline: str) -> bool:
    """Whether `words` is the headline and at most two words more, as in "... - BBC News"."""
    if len(headline.split()) < 4:
        return False
    rest = words.removeprefix(headline) if words.startswith(headline + " ") else ""
    return 0 < len(rest.split()) <= 2
