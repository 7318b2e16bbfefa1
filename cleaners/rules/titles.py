"""The headline, where it is repeated in the body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from cleaners.document import Drop, Line, Page
from cleaners.metadata.headline import headline_of, words_of
from cleaners.rules.position import head
from cleaners.rules.rule import Rule

_SENTENCE = 20
"""Words from which a paragraph with a full stop is text, though the page be called by it."""

REPEATED = Rule(
    "title.repeated",
    "title",
    summary="The page's headline again in its body.",
    example="Міст через річку відремонтують",
    counterexample="Міст через річку",
)
WITH_SITE = Rule(
    "title.with-site",
    "title",
    summary="The page's headline again, with the site's name behind it.",
    example="Міст через річку відремонтують | Новини",
    counterexample="Міст через річку відремонтують наступного року за гроші громади",
)


def titles(page: Page) -> Iterator[Drop]:
    """Drop lines above the article that are a headline of the page, and an h1 that is its title; not the only line.

    A page may head each of its sections with an h1: of several that differ, only the title's goes.

    Plain text states no headlines: there the first line that is left may turn out to be one.
    """
    stated = page.metadata.headlines or (headline_of(page.lines) or "",)
    headlines = {words_of(headline) for headline in (*stated, page.metadata.title or "")} - {""}
    if not headlines or len(page.lines) < 2:
        return
    above = head(page.lines)
    sections = len({words_of(line.text) for line in page.lines if line.tag == "h1"}) > 1
    title = words_of(page.metadata.title or "")
    parts = _in_two([line for line in page.lines if line.index in above], headlines) if len(page.lines) > 2 else set()
    for line, after in zip_longest(page.lines, page.lines[1:]):
        if line.index in parts:
            yield REPEATED.drop(line, "the page's headline with the line beside it")
            continue
        if line.tag == "h1":
            heads = sections and title and after is not None and after.tag != "h1"
            if heads and title != words_of(line.text) and not _is_longer_form(words_of(line.text), title):
                continue
        elif line.index not in above:
            continue
        words = words_of(line.text)
        if line.tag == "p" and len(words.split()) >= _SENTENCE and line.text.rstrip()[-1:] in ".!?…":
            continue  # the page calls itself by the first sentence of its text
        if words in headlines:
            yield REPEATED.drop(line, "equals the page's headline")
        elif any(_is_longer_form(words, h) for h in headlines):
            yield WITH_SITE.drop(line, "the page's headline with the site's name")


def _in_two(lines: Sequence[Line], headlines: set[str]) -> set[int]:
    """The indexes of lines that are a headline only together: a kicker, and what it is the kicker of."""
    pairs = ((a, b) for a, b in pairwise(lines) if f"{words_of(a.text)} {words_of(b.text)}" in headlines)
    return {line.index for pair in pairs for line in pair}


def _is_longer_form(words: str, headline: str) -> bool:
    """Whether `words` is the headline and at most two words more, as in "... - BBC News"."""
    if len(headline.split()) < 4:
        return False
    rest = words.removeprefix(headline) if words.startswith(headline + " ") else ""
    return 0 < len(rest.split()) <= 2
