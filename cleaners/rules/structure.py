"""What the page's own markup calls a line: class and id of its element and of those around it.

A name that covers much of the page's text tells nothing (a body of class `has-comments`, an article in a box called
`share-wrapper`), so each is weighed against the page before it counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from cleaners.document import Category, Drop, Line, Page
from cleaners.zones import is_paragraph

_NAMES: tuple[tuple[Category, re.Pattern[str]], ...] = tuple(
    (category, re.compile(rf"(?:^|[^a-z])(?:{words})(?:$|[^a-z])"))  # type: ignore[misc]
    for category, words in (
        (
            "caption",
            r"captions?|wp-caption\w*|figcaption|image-?credits?|photo-?credits?|img-?credits?|photo-?caption|image-?caption|media-?caption",
        ),
        ("comments", r"comments?|comment-?list|disqus\w*|fb-comments|respond|comment-?form|hypercomments"),
        (
            "share",
            r"share|shares|sharing|share-?(?:bar|buttons?|links?|this)|social|socials|social-?(?:links?|share|media|icons?)|sharedaddy|addtoany|addthis",
        ),
        (
            "subscribe",
            r"newsletters?|subscribe|subscription|paywall|donate|donation|signup|sign-up|mailchimp|telegram-?(?:link|block|banner)",
        ),
        (
            "related",
            r"recomm?end\w*|related|related-?(?:posts?|articles?|news|content|stories|links)|recirc\w*|read-?(?:more|also|next)|readmore|also-?read|see-?also|more-?(?:news|stories|from)|most-?(?:read|popular)|trending|tags|tag-?list|post-?tags|taglist|outbrain|taboola|teasers?|rel-?news|promo-?link",
        ),
        ("byline", r"byline|bylines|authors?|author-?(?:name|info|bio|box|block)|article-?author|post-?author"),
        ("timestamp", r"timestamp|dateline|pub-?date|publish-?date|post-?date|article-?date|date-?time|entry-?date"),
        ("notice", r"copyright|disclaimer|copyrights"),
        (
            "chrome",
            r"breadcrumbs?|navigation|nav|navbar|menu|footer|cookies?|cookie-?\w+|advert\w*|ads|ad-?(?:slot|container|unit|wrapper)|banner|sponsored|popup|modal|skip-?link",
        ),
    )
)
_LETTERS = re.compile(r"[a-z]{2,}")
_SHARE_OF_PAGE = 0.25
"""A name on lines with more of the page's characters than this is the name of the article's own box."""
_NEAR = 8
"""Names, nearest first, that are looked at: those of far ancestors speak of the whole page."""
_NEAREST = 3
"""The same for running text, which is rarely anything else than text."""
_LONGEST = 600
_LONGEST_NAME = 80


def structure(page: Page) -> Iterator[Drop]:
    """Drop lines that their own class or id, or one close around them, calls something else than text."""
    called = [(line, name) for line in page.lines for name in _names(line)]
    if not called:
        return
    most = _SHARE_OF_PAGE * sum(len(line.text) for line in page.lines)
    names = {name for _, name in called}
    covered: Counter[str] = Counter()
    for line in page.lines:
        for name in names.intersection(line.attributes.split()):
            covered[name] += len(line.text)
    done: set[int] = set()
    for line, name in called:
        category = _category(name)
        if category and line.place not in done and covered[name] <= most:
            done.add(line.place)
            yield Drop(line.place, category, f"structure.{category}", f"its markup is called “{name[:40]}”")


def _names(line: Line) -> Iterator[str]:
    """The names close around the line that are in the table."""
    if not line.attributes or len(line.text) > _LONGEST:
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
