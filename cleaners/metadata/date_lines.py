"""Which lines and elements hold the date of an article, and which another date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from cleaners.metadata.author_names import strip_label
from cleaners.metadata.dates import beside_dates, month_is_first, parse_date
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block
from cleaners.read.letters import count_letters
from cleaners.vocabulary import alternatives, markup_alternatives

__all__ = [
    "YEAR",
    "DateReader",
    "date_of",
    "date_of_change",
    "date_reader",
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

MAX_LABEL = 30
"""Characters of an element that says no more than that a date follows."""

MAX_LINE = 120
"""Characters of a line that may be a date line."""

MAX_CLASSES = 60
"""Characters of the class names around a line that may say that it stands beside the article."""

_AMERICAN = re.compile(r"(?:en|es)[-_]us\b", re.IGNORECASE)
_DATE_CLASS = re.compile(markup_alternatives("class.date"), re.IGNORECASE)
_MODIFIED = re.compile(alternatives("date_label.modified"), re.IGNORECASE)
_OF_SITE = re.compile(rf"©|\(c\)\s|\b(?:{alternatives('notices.copyright')})\b", re.IGNORECASE)
_MODIFIED_CLASS = re.compile(markup_alternatives("class.modified"), re.IGNORECASE)
_COMMENT_CLASS = re.compile(rf"(?<![\w-])comments?(?:[-_]+(?:{markup_alternatives('class.comment_part')}))?(?![\w-])")
_ASIDE_CLASS = re.compile(markup_alternatives("class.comment", "class.reply", "class.not_own"), re.IGNORECASE)
_ELSEWHERE_CLASS = re.compile(markup_alternatives("class.elsewhere"))
_META_CLASS = re.compile(r"\b(?:meta|byline|author|date|time|info)(?![a-z])")
"""An aside that is about the article."""
_PUBLISHED_LABEL = re.compile(alternatives("date_label.published"), re.IGNORECASE)
_STATED = re.compile(
    rf"\b(?:{alternatives('date_label.published')})[^\W\d_]{{0,4}}\s?:\s?(?P<day>.{{0,60}})", re.IGNORECASE
)
"""A label with a colon, and its date, in a longer line: "Essay - Published: 12.10.2025 | bridges | rivers"."""
YEAR = re.compile(r"(?:19|20)\d\d|\b\d\d?\.\d\d?\.\d\d\b|^\d{10}(?:\d{3})?$")


class DateReader:
    """Dates of one page: the anchor of relative ones, and the order of day and month."""

    def __init__(self, fetched_at: datetime | None, month_first: bool) -> None:
        self.fetched_at = fetched_at
        self.month_first = month_first

    def read(self, text: str | None) -> str | None:
        """The date in the text, as `parse_date` gives it."""
        return parse_date(text, self.fetched_at, month_first=self.month_first) if text else None


def date_reader(tree: HtmlElement, head: PageHead, near: Sequence[Block], fetched_at: datetime | None) -> DateReader:
    """What reads the dates of this page."""
    return DateReader(fetched_at, _month_first(tree, head, near))


def _month_first(tree: HtmlElement, head: PageHead, near: Sequence[Block]) -> bool:
    """Whether 03/04/2026 is a day of March: by the page's other dates, else by its language."""
    metas = (value for key, value in head.metas.items() if "date" in key or "time" in key)
    decided = month_is_first([head.jsonld.published or "", *metas, *(b.text for b in near)])
    if decided is not None:
        return decided
    return any(_AMERICAN.match(said or "") for said in (tree.get("lang"), head.metas.get("og:locale")))


def is_elsewhere(block: Block, title: Sequence[str]) -> bool:
    """Whether a line is the headline, a caption or one beside the article: its days are not the article's."""
    asides = (name for e, name in zip(block.path, block.names, strict=True) if e.tag == "aside")
    if block.tag == "h1" or not all(map(_META_CLASS.search, asides)):
        return True
    if block.tag == "figcaption" and not any(e.tag == "figcaption" and e.find(".//h1") is not None for e in block.path):
        return True
    if len(title) > 2 and list(block.words) == list(title):
        return True
    before = block.element.getprevious()
    if before is not None and before.tag == "h1":
        return False  # whatever it is styled as
    return bool(_ELSEWHERE_CLASS.search(block.attributes[:MAX_CLASSES]))


def is_date_line(block: Block) -> bool:
    """Whether a line says only a date and who wrote: no subtitle, no heading of a chronicle, no sentence."""
    rest = beside_dates(block.text)
    is_bare = count_letters(rest) <= MAX_BESIDE and (not block.tag.startswith("h") or _is_behind_label(block.element))
    return is_bare or (block.tag not in ("h1", "h2", "h3") and any(" " in name for name in strip_label(rest)))


def is_labelled(block: Block) -> bool:
    """Whether a line says that its day is that of publication, and holds nothing else and no place beside the text."""
    if any(map(_is_behind_label, _dated(block))) and is_date_line(block):
        return not is_aside(block.element, sidebars=False)
    return bool(_PUBLISHED_LABEL.match(block.text)) and is_date_line(block) and not is_aside(block.element)


def _dated(block: Block) -> list[HtmlElement]:
    """The element of a date line, and that of the date in it."""
    return [block.element, *islice(block.element.iter("time"), 1)]


def _is_behind_label(element: HtmlElement) -> bool:
    """Whether the element before it says "published" and nothing else."""
    before = element.getprevious()
    if before is None or not isinstance(before.tag, str):
        return False
    text = "".join(islice(before.itertext(), MAX_PARTS)).strip()
    found = _PUBLISHED_LABEL.match(text) if len(text) <= MAX_LABEL else None
    return found is not None and count_letters(text[found.end() :]) <= MAX_BESIDE


def is_styled_date(block: Block) -> bool:
    """Whether the class names of a line, or a `time` in it, say that it holds a date."""
    return bool(_DATE_CLASS.search(block.attributes[:MAX_CLASSES])) or block.element.find(".//time") is not None


def is_aside(element: HtmlElement, *, sidebars: bool = True) -> bool:
    """Whether an element stands among comments, or beside the article; not asked of `aside` without `sidebars`."""
    around = islice(element.iterancestors(), 8)
    tags = ("aside", "footer") if sidebars else ("footer",)
    return any(
        e.tag in tags or _ASIDE_CLASS.search(f"{e.get('class') or ''} {e.get('id') or ''}"[:200])
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
    changed = _MODIFIED.search(block.text) if len(block.text) <= MAX_LINE else None
    # "26/11/2017 01:57 | Updated 27/11/2017 19:20" in an element of the change holds both.
    both = changed is not None and bool(YEAR.search(block.text[: changed.start()]))
    if len(block.text) > MAX_LINE or _COMMENT_CLASS.search(block.attributes[:200]):
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
    if (stated := _STATED.search(block.text)) and (found := reader.read(stated["day"])):
        return found
    letters = count_letters(block.text)
    if letters > 40 and not _DATE_CLASS.search(block.attributes[:200]):
        return None
    if changed is None:
        return reader.read(block.text)
    again = _PUBLISHED_LABEL.search(block.text, changed.end())
    return reader.read(block.text[: changed.start()] if again is None else block.text[again.end() :])


def date_of_change(block: Block, reader: DateReader) -> str | None:
    """The date behind "updated" in a short line, or of a date line that is one of a change; not in the site's."""
    if len(block.text) > MAX_LINE or not YEAR.search(block.text) or _OF_SITE.search(block.text):
        return None
    if label := _MODIFIED.search(block.text):
        return reader.read(block.text[label.end() :])
    return reader.read(block.text) if any(map(is_modified, _dated(block))) and is_date_line(block) else None
