"""What the page's own markup calls a line: class and id of its element and of those around it.

A name that covers much of the page's text tells nothing (a body of class `has-comments`, an article in a box called
`share-wrapper`), so each is weighed against the page before it counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cleaners.document import Category, Drop, Line, Page
from cleaners.read.running_text import ends_like_sentence, is_paragraph
from cleaners.rules.position import AS_IT_IS, head, heads_text, rows, tail
from cleaners.rules.rule import Rule
from cleaners.vocabulary import markup

_EXAMPLES: dict[Category, tuple[str, str]] = {
    # a name that is in the table, and one that only looks like it
    "caption": ("wp-caption-text", "captioned"),
    "comments": ("comment-list", "commentator"),
    "share": ("share-buttons", "shareholders"),
    "subscribe": ("newsletter-signup", "subscriber"),
    "related": ("related-posts", "unrelated"),
    "byline": ("author-bio", "authority"),
    "timestamp": ("post-date", "update"),
    "notice": ("copyright", "copyrighted"),
    "chrome": ("ad-slot", "head"),
}
_RULES: dict[Category, Rule] = {
    category: Rule(
        f"structure.{category}",
        category,
        summary=(
            f"A line that a class or id of its element, or of one close around it, puts under {category}; not where"
            " elements of that name hold more than a quarter of the page's text, and not without a second sign: links"
            " in what is called related, nothing of the article below what is called a comment."
        ),
        example=f'<p class="{name}">Рядок без назви</p>',
        counterexample=f'<p class="{like}">Рядок без назви</p>',
    )
    for category, (name, like) in _EXAMPLES.items()
}
_NAMES = tuple(
    (category, re.compile(rf"(?:^|[^a-z])(?:{'|'.join(markup(f'structure.{category}'))})(?:$|[^a-z])"))
    for category in _RULES
)
"""The first of them that finds its own in a name says what it is."""
_LETTERS = re.compile(r"[a-z]{2,}")
_SHARE_OF_PAGE = 0.25
"""A name on lines with more of the page's characters than this is the name of the article's own box."""
_NEAR = 8
"""Names, nearest first, that are looked at: those of far ancestors speak of the whole page."""
_NEAREST = 3
"""The same for running text, which is rarely anything else than text."""
_LINKED = 0.5
"""Share of a line in links from which it shows that the box around it holds links."""
_LONGEST = 600
_LONGEST_NAME = 80


def structure(page: Page) -> Iterator[Drop]:
    """Drop lines that their own class or id, or one close around them, calls something else than text."""
    lines = page.lines
    called = [(line, name) for i, line in enumerate(lines) if not heads_text(lines, i) for name in _names(line)]
    if not called:
        return
    most = _SHARE_OF_PAGE * sum(len(line.text) for line in page.lines)
    names = {name for _, name in called}
    covered: Counter[str] = Counter()
    for line in page.lines:
        for name in names.intersection(line.attributes.split()):
            covered[name] += len(line.text)
    done: set[int] = set()
    own, under = _own_text(lines, called), tail(lines)
    for line, name in called:
        category = _category(name)
        # A stub of an article may be shorter than the prompt to pay for the rest under it.
        limit = 2 * most if category == "subscribe" and line.index in under else most
        if category and line.index not in done and (line.index, name) not in own and covered[name] <= limit:
            done.add(line.index)
            yield _RULES[category].drop(line, f"its markup is called “{name[:40]}”")


def _own_text(lines: Sequence[Line], called: Sequence[tuple[Line, str]]) -> set[tuple[int, str]]:
    """Lines and names that need a second sign beside the name, and have none.

    Links to other articles: nothing under the name is linked (a lead is called a teaser, too). Comments, sharing:
    running text with the article's paragraphs below it (an expert's comment). Captions: several paragraphs in a row.
    """
    named = {line.index for line, _ in called}
    linked = {name for line, name in called if line.link_share >= _LINKED}
    last = max((line.index for line in lines if is_paragraph(line) and line.index not in named), default=-1)
    captions = {line.index for line, name in called if _category(name) == "caption"}
    row = rows(lines, lambda line: line.index in captions and is_paragraph(line))
    edges = head(lines) | tail(lines)
    return {
        (line.index, name)
        for line, name in called
        for category in (_category(name),)
        if (category == "related" and name not in linked and ends_like_sentence(line.text))
        or (category in ("comments", "share") and is_paragraph(line) and line.index < last)
        or (category == "caption" and line.index in row)
        or (category == "chrome" and line.tag.startswith("h") and line.index not in edges)
    }


def _names(line: Line) -> Iterator[str]:
    """The names close around the line that are in the table."""
    if not line.attributes or len(line.text) > _LONGEST or line.tag in AS_IT_IS:
        return
    near = _NEAREST if is_paragraph(line) else _NEAR
    for name in line.attributes.split(maxsplit=near)[:near]:
        if len(name) <= _LONGEST_NAME and _category(name) and not _is_slug(name, line):
            yield name


@lru_cache(maxsize=4096)
def _category(name: str) -> Category | None:
    return next((category for category, pattern in _NAMES if pattern.search(name)), None)


def _is_slug(name: str, line: Line) -> bool:
    """Whether a heading's id is made of its own words: `related-work` over "Related work"."""
    words = _LETTERS.findall(name)
    return line.tag.startswith("h") and len(words) > 1 and all(word in line.text.lower() for word in words)
