"""What kinds of leftovers there are."""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["CATEGORIES", "Category"]

Category = Literal[
    "subscribe",  # newsletter, follow, donate, app, paywall
    "byline",  # author, agency, editor credits, bios
    "caption",  # captions and photo credits
    "timestamp",
    "title",  # the headline repeated in the body
    "repeat",  # a copy of an earlier paragraph
    "related",  # also read, link headlines, tags
    "share",
    "comments",  # forms, error-report prompts
    "notice",  # copyright, republication, disclaimers, source lines
    "contact",
    "chrome",  # navigation, cookies, ads, story codes
    "debris",  # lone punctuation, empty markup
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
