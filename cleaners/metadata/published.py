"""When a page was published: from its structure, the lines around its headline, its address or its scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from cleaners.metadata.dates import parse_date
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block
from cleaners.vocabulary import alternatives, markup, markup_alternatives

__all__ = ["date_published"]

MAX_SCRIPT = 500_000
"""Characters of each script that are searched for a date."""

MIN_DAYS_OLDER = 2
"""Days by which a date at the headline must be older than the stated one to be preferred."""

MAX_PARTS = 50
"""`time` elements inside one line that are looked at."""
_PUBLISHED_METAS = markup("meta.published")
_DATE_CLASS = re.compile(markup_alternatives("class.date"), re.IGNORECASE)
_MODIFIED = re.compile(alternatives("date_label.modified"), re.IGNORECASE)
_MODIFIED_CLASS = re.compile(markup_alternatives("class.modified"), re.IGNORECASE)
_COMMENT_CLASS = re.compile(rf"(?<![\w-])comments?(?:[-_]+(?:{markup_alternatives('class.comment_part')}))?(?![\w-])")
_PUBLISHED_LABEL = re.compile(alternatives("date_label.published"), re.IGNORECASE)
_PUBLISHED_META = re.compile(markup_alternatives("meta.published_like"))
_OTHER_META = re.compile(markup_alternatives("meta.published_unlike"))
_YEAR = re.compile(r"(?:19|20)\d\d|\b\d\d?\.\d\d?\.\d\d\b|^\d{10}(?:\d{3})?$")
_SCRIPT_DATE = re.compile(
    rf"[\"'](?:{markup_alternatives('script.published')})"
    r"\\{0,3}[\"']\s{0,3}:\s{0,3}\\{0,3}[\"']((?:19|20)\d\d-\d\d-\d\d[0-9T:.+Z -]{0,24})"
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/_-])")


def date_published(
    tree: HtmlElement,
    head: PageHead,
    lead: Sequence[Block],
    near: Sequence[Block],
    fetched_at: datetime | None,
) -> str | None:
    """The date that the structure states, unless one at the headline is days older; else text, address and scripts.

    `lead` are the lines right below the headline, `near` all around it. Some site generators state the day of the last
    deployment as datePublished while readers see the true date.
    """
    found = None
    vague: list[str] = []
    for candidate in _stated_dates(tree, head):
        # "Dec 23" as an attribute: the year is elsewhere.
        if not _YEAR.search(candidate):
            vague.append(candidate)
        elif found := parse_date(candidate, fetched_at):
            break
    shown = [d for b in lead if _YEAR.search(b.text) and (d := _date_of(b, fetched_at))]
    if found and shown and _days(found) - _days(shown[0]) >= MIN_DAYS_OLDER:
        return shown[0]
    if found:
        return found
    beside = [d for b in near if (d := _date_of(b, fetched_at))]
    for date in (*shown, *beside, *(parse_date(v, fetched_at) for v in vague)):
        if date:
            return date
    times = [t for t in tree.iter("time") if t.get("datetime") and not _is_modified(t)]
    if (
        times
        and len({t.get("datetime") for t in times}) <= 3
        and (found := parse_date(times[0].get("datetime"), fetched_at))
    ):
        return found
    in_url = _URL_DATE.search(head.address or "")
    return (parse_date("-".join(in_url.groups()), fetched_at) if in_url else None) or _in_scripts(tree, fetched_at)


def _stated_dates(tree: HtmlElement, head: PageHead) -> Iterator[str]:
    """The dates in JSON-LD, metas and microdata, the most trusted first."""
    yield from filter(None, (head.jsonld.published, head.metas.get(_PUBLISHED_METAS[0])))
    for element in tree.iter("time", "span", "div", "abbr", "p"):
        if element.get("itemprop") == "datePublished" or (
            element.get("pubdate") is not None and not _in_comment(element)
        ):
            yield element.get("datetime") or element.get("content") or "".join(element.itertext())
    yield from (head.metas[key] for key in _PUBLISHED_METAS if key in head.metas)
    yield from (
        value for key, value in head.metas.items() if _PUBLISHED_META.search(key) and not _OTHER_META.search(key)
    )


def _in_comment(element: HtmlElement) -> bool:
    around = islice(element.iterancestors(), 8)
    return any("comment" in f"{e.get('class') or ''} {e.get('id') or ''}".lower() for e in around)


def _days(date: str) -> int:
    return datetime.fromisoformat(date).toordinal()


def _is_modified(element: HtmlElement) -> bool:
    """Whether an element holds the date of a change: its class says so and not "published", or the text before does."""
    classes = (element.get("class") or "") + " " + (element.get("itemprop") or "")
    if _MODIFIED_CLASS.search(classes) and "publi" not in classes.lower():
        return True
    before = element.getprevious()
    label = (element.getparent().text if before is None else before.tail or before.text) or ""
    return bool(_MODIFIED.search(label[-40:])) and "publi" not in label.lower()


def _date_of(block: Block, fetched_at: datetime | None) -> str | None:
    """The date of a date line: a short line or one styled as a date; never the date behind "updated"."""
    if len(block.text) > 120 or _is_modified(block.element) or _COMMENT_CLASS.search(block.attributes[:200]):
        return None
    times = list(islice(block.element.iter("time"), MAX_PARTS))
    if times and all(map(_is_modified, times)):
        return None
    for time in () if _MODIFIED.match(block.text) else times:
        stated = time.get("datetime") or ""
        if stated and not _is_modified(time) and (found := parse_date(stated, fetched_at)):
            return found
    letters = sum(map(str.isalpha, block.text))
    if letters > 40 and not _DATE_CLASS.search(block.attributes[:200]):
        return None
    changed = _MODIFIED.search(block.text)
    if changed is None:
        return parse_date(block.text, fetched_at)
    again = _PUBLISHED_LABEL.search(block.text, changed.end())
    return parse_date(block.text[: changed.start()] if again is None else block.text[again.end() :], fetched_at)


def _in_scripts(tree: HtmlElement, fetched_at: datetime | None) -> str | None:
    """The publication date in the page's scripts, where they agree on one."""
    said = {m[1] for script in tree.iter("script") for m in _SCRIPT_DATE.finditer((script.text or "")[:MAX_SCRIPT])}
    dates = {d[:10]: d for value in sorted(said) if (d := parse_date(value, fetched_at))}
    return next(iter(dates.values())) if len(dates) == 1 else None
