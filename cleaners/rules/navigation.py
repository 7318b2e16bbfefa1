"""Menus, breadcrumbs and rows of buttons that came through as one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaners.document import Category, Drop, Page
from cleaners.read.fold import fold
from cleaners.read.running_text import ends_like_sentence
from cleaners.rules.phrasebook import phrasebook
from cleaners.rules.position import AS_IT_IS, head, tail
from cleaners.rules.rule import Rule
from cleaners.vocabulary import markup

_LONGEST = 200
_MOST_WORDS = 25
_FEWEST = 3
"""Items of a menu that is written without signs between them."""
_KNOWN = 0.6
"""Share of a menu's words, or of a row's parts, that are known as buttons."""
_ITEM = 3
"""Words of an item at most."""
_PART = 40
# "Версія для друку | Надіслати | Переглядів: 12", "Share • Print".
_BAR = re.compile(r"\s?[|•·]\s?")
# "Газета » Новини » Спорт". A quotation mark touches a word, an arrow is between two spaces.
_ARROW = re.compile(r"\s(?:»|›|>|→|::)\s")
_CRUMB_WORDS = 5
# "24 118", "1,2K", "👁 305" in an element called "news-head__views".
_NUMBER = re.compile(r"[^\w]{0,4}\d[\d\s.,]{0,10}(?:[kKmMкКмМ]|тис\.?)?[^\w]{0,4}")
_COUNTS = re.compile(rf"(?:^|[^a-z])(?:{'|'.join(markup('navigation.count'))})(?:$|[^a-z])")
_NAMES = 60
"""Characters of the class names, nearest first, in which a counter is called one."""

ROW = Rule(
    "navigation.row",
    "chrome",
    summary=(
        "A row of buttons with bars or dots between them, most of them known from the phrase files; its category"
        " is that of the first known one."
    ),
    example="Новини | Спорт | Погода",
    counterexample="Рахунок 2 | 1 на користь господарів",
)
BREADCRUMB = Rule(
    "navigation.breadcrumb",
    "chrome",
    summary="Above or below the article, the path to the page: short names with arrows between them.",
    example="Газета » Новини » Місто",
    counterexample="Київ → Львів, і так щодня",
)
COUNT = Rule(
    "navigation.count",
    "chrome",
    summary="Above or below the article, a number alone in an element whose class speaks of views, comments or likes.",
    example='<p class="post-views">24 118</p>',
    counterexample='<p class="year">1986</p>',
)
MENU = Rule(
    "navigation.menu",
    "chrome",
    summary="Above or below the article, a menu: a line of which most words are names of a site's parts.",
    example="Головна Новини Спорт Вхід Підтримати нас",
    counterexample="Новини про погоду читають усі",
)


def navigation(page: Page) -> Iterator[Drop]:
    """Drop rows of buttons anywhere, breadcrumbs and menus above and below the article."""
    edge = head(page.lines) | tail(page.lines)
    for line in page.lines:
        if line.tag in AS_IT_IS or line.tag.startswith("h"):
            continue
        if line.index in edge and _NUMBER.fullmatch(line.text) and _COUNTS.search(line.attributes[:_NAMES]):
            yield COUNT.drop(line, "a number alone where the page counts its readers")
        elif (category := row(line.text)) is not None:
            yield ROW.drop(line, "a row of buttons", category=category)
        elif line.index in edge and is_breadcrumb(line.text):
            yield BREADCRUMB.drop(line, "a path through the site")
        elif line.index in edge and is_menu(line.text):
            yield MENU.drop(line, "names of a site's parts and nothing else")


def row(text: str) -> Category | None:
    """The category of the first known part of a row of buttons, or None where the line is not such a row."""
    if len(text) > _LONGEST or not _BAR.search(text):
        return None
    parts = [part for part in _BAR.split(text) if part.strip()]
    known = [category for part in parts if len(part) <= _PART and (category := _button(part))]
    return known[0] if len(parts) > 1 and len(known) >= _KNOWN * len(parts) else None


def is_breadcrumb(text: str) -> bool:
    """Whether the line is a path: short names with arrows between them."""
    parts = _ARROW.split(text) if len(text) <= _LONGEST else []
    return len(parts) > 2 and all(1 <= len(part.split()) <= _CRUMB_WORDS for part in parts[:-1])


def is_menu(text: str) -> bool:
    """Whether most of the line's words are names of a site's parts: "Головна Новини Спорт Підтримати нас"."""
    words = text.split()
    if len(text) > _LONGEST or not _FEWEST <= len(words) <= _MOST_WORDS or ends_like_sentence(text):
        return False
    if not _button(words[0]):
        return False
    known = items = at = 0
    while at < len(words):
        size = next((n for n in range(_ITEM, 0, -1) if _button(" ".join(words[at : at + n]))), 0)
        known, items, at = known + size, items + (size > 0), at + max(1, size)
    return items >= _FEWEST and known >= _KNOWN * len(words)


@lru_cache(maxsize=4096)
def _button(text: str) -> Category | None:
    """The category of a text that is a whole-line phrase without a star in it."""
    return next(
        (
            found.phrase.category
            for found in phrasebook().whole(fold(text.strip()))
            if found.phrase.at == "line" and "*" not in found.phrase.text
        ),
        None,
    )
