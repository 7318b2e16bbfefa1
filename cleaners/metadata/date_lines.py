"""Which lines and elements hold the date of an article, and which another date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from cleaners.metadata.author_names import strip_label
from cleaners.metadata.dates import beside_dates, parse_date
from cleaners.read.blocks import Block
from cleaners.read.letters import count_letters
from cleaners.vocabulary import alternatives, markup_alternatives

__all__ = [
    "YEAR",
    "DateReader",
    "date_of",
    "is_aside",
    "is_date_line",
    "is_elsewhere",
    "is_labelled",
    "is_modified",
    "is_styled_date",
]

MAX_PARTS = 50
"""`time` elements inside one line that are looked at."""

MAX_BESIDE = 3
"""Letters that a date line may hold beside its dates, their labels and names."""

MAX_CLASSES = 60
"""Characters of the class names around a line that may say that it stands beside the article."""

_DATE_CLASS = re.compile(markup_alternatives("class.date"), re.IGNORECASE)
_MODIFIED = re.compile(alternatives("date_label.modified"), re.IGNORECASE)
_MODIFIED_CLASS = re.compile(markup_alternatives("class.modified"), re.IGNORECASE)
_COMMENT_CLASS = re.compile(rf"(?<![\w-])comments?(?:[-_]+(?:{markup_alternatives('class.comment_part')}))?(?![\w-])")
_ASIDE_CLASS = re.compile(markup_alternatives("class.comment", "class.reply", "class.not_own"), re.IGNORECASE)
_ELSEWHERE_CLASS = re.compile(markup_alternatives("class.elsewhere"))
_META_CLASS = re.compile(r"\b(?:meta|byline|author|date|time|info)(?![a-z])")
"""An aside that is about the article."""
_PUBLISHED_LABEL = re.compile(alternatives("date_label.published"), re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)\d\d|\b\d\d?\.\d\d?\.\d\d\b|^\d{10}(?:\d{3})?$")


class DateReader:
    """Dates of one page: the anchor of relative ones, and the order of day and month."""

    def __init__(self, fetched_at: datetime | None, month_first: bool) -> None:
        self.fetched_at = fetched_at
        self.month_first = month_first

    def read(self, text: str | None) -> str | None:
        """The date in the text, as `parse_date` gives it."""
        return parse_date(text, self.fetched_at, month_first=self.month_first) if text else None


def is_elsewhere(block: Block, title: Sequence[str]) -> bool:
    """Whether a line is the headline, a caption or one beside the article: its days are not the article's."""
    asides = (name for e, name in zip(block.path, block.names, strict=True) if e.tag == "aside")
    if block.tag == "h1" or not all(map(_META_CLASS.search, asides)):
        return True
    if block.tag == "figcaption" and not any(e.tag == "figcaption" and e.find(".//h1") is not None for e in block.path):
        return True
    if len(title) > 2 and list(block.words) == list(title):
        return True
    return bool(_ELSEWHERE_CLASS.search(block.attributes[:MAX_CLASSES]))


def is_date_line(block: Block) -> bool:
    """Whether a line says only a date and who wrote: no subtitle, no heading of a chronicle, no sentence."""
    if block.tag in ("h1", "h2", "h3"):
        return False
    rest = beside_dates(block.text)
    is_bare = count_letters(rest) <= MAX_BESIDE and not block.tag.startswith("h")
    return is_bare or any(" " in name for name in strip_label(rest))


def is_labelled(block: Block) -> bool:
    """Whether a line says that its day is that of publication, and holds nothing else and no place beside the text."""
    return bool(_PUBLISHED_LABEL.match(block.text)) and is_date_line(block) and not is_aside(block.element)


def is_styled_date(block: Block) -> bool:
    """Whether the class names of a line, or a `time` in it, say that it holds a date."""
    return bool(_DATE_CLASS.search(block.attributes[:MAX_CLASSES])) or block.element.find(".//time") is not None


def is_aside(element: HtmlElement) -> bool:
    """Whether an element stands among comments, or beside the article."""
    around = islice(element.iterancestors(), 8)
    return any(
        e.tag in ("aside", "footer") or _ASIDE_CLASS.search(f"{e.get('class') or ''} {e.get('id') or ''}"[:200])
        for e in around
        if e.tag not in ("body", "html", "main", "article")
    )


def is_modified(element: HtmlElement) -> bool:
    """Whether an element holds the date of a change: its class says so and not "published", or the text before does."""
    classes = (element.get("class") or "") + " " + (element.get("itemprop") or "")
    if _MODIFIED_CLASS.search(classes) and "publi" not in classes.lower():
        return True
    before = element.getprevious()
    label = (element.getparent().text if before is None else before.tail or before.text) or ""
    return bool(_MODIFIED.search(label[-40:])) and "publi" not in label.lower()


def date_of(block: Block, reader: DateReader) -> str | None:
    """The date of a date line: a short line or one styled as a date; never the date behind "updated"."""
    changed = _MODIFIED.search(block.text) if len(block.text) <= 120 else None
    # "26/11/2017 01:57 | Updated 27/11/2017 19:20" in an element of the change holds both.
    both = changed is not None and bool(YEAR.search(block.text[: changed.start()]))
    if len(block.text) > 120 or _COMMENT_CLASS.search(block.attributes[:200]):
        return None
    if not both and not _PUBLISHED_LABEL.match(block.text) and is_modified(block.element):
        return None
    times = [] if both else list(islice(block.element.iter("time"), MAX_PARTS))
    if times and all(map(is_modified, times)):
        return None
    for time_ in () if _MODIFIED.match(block.text) else times:
        stated = time_.get("datetime") or "".join(islice(time_.itertext(), MAX_PARTS))
        if stated and not is_modified(time_) and (found := reader.read(stated)):
            return found
    letters = count_letters(block.text)
    if letters > 40 and not _DATE_CLASS.search(block.attributes[:200]):
        return None
    if changed is None:
        return reader.read(block.text)
    again = _PUBLISHED_LABEL.search(block.text, changed.end())
    return reader.read(block.text[: changed.start()] if again is None else block.text[again.end() :])
