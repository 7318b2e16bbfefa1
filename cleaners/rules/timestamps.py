"""Lines that hold only a date or time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from cleaners.document import Drop, Line, Page
from cleaners.read.fold import fold
from cleaners.read.running_text import is_paragraph
from cleaners.rules.position import AS_IT_IS, ROW, head, listed, rows, tail
from cleaners.rules.rule import Rule
from cleaners.vocabulary import alternatives

_MONTH = f"(?:{alternatives('timestamps.month')})"
_DAY = alternatives("timestamps.day")
_NUMERIC = (
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
_CLOCK = r"\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?"
_DATE = re.compile(
    rf"\b{_MONTH}\b\.?\s\d{{1,2}}|\b\d{{1,2}}(?:st|nd|rd|th|er|º)?\s(?:de\s)?{_MONTH}\b|\b(?:{_NUMERIC})\b|\b{_MONTH}\s\d{{4}}\b"
)
_TIME = re.compile(rf"(?<![\d.,]){_CLOCK}(?![\d%])")
# Everything that a line of a date and a time may hold.
_PART = re.compile(
    rf"\b(?:{_NUMERIC})(?:\b|t(?=\d))|(?<!\d){_CLOCK}|\b{_MONTH}\b|\b(?:{_DAY})\b"
    rf"|\b\d{{1,4}}(?:st|nd|rd|th|er|º|h|{alternatives('timestamps.filler')})?\b"
    rf"|\b(?:{alternatives('timestamps.label')}|{alternatives('timestamps.filler')})\b|[+-]\d{{1,4}}|[\W_]"
)
_UNIT = alternatives("timestamps.unit")
_AGO = alternatives("time.ago")
_SPAN = re.compile(rf"\d\s?(?:{_UNIT})|\b(?:{_AGO}|{_DAY})\b")
_COUNT = "|".join(alternatives(f"number.{name}") for name in "one two three four five six vague".split())  # noqa: SIM905
# "пів години тому", "хвилину тому", "half an hour ago", "3 дні тому о 14:05", "just now".
_RELATIVE = re.compile(
    rf"\W{{0,3}}(?:(?:\d{{1,2}}|{_COUNT})\s){{0,2}}(?:{_UNIT})\s(?:{_AGO})"
    rf"(?:,?\s(?:(?:{alternatives('time.at')})\s)?{_CLOCK})?\W{{0,3}}|\W{{0,3}}(?:{alternatives('time.now')})\W{{0,3}}"
)
_LABEL = re.compile(rf"\W{{0,3}}(?:{alternatives('timestamps.label')})\b", re.IGNORECASE)
_CLASS = re.compile(r"(?:^|[^a-z])(?:date|time|published|posted)(?:$|[^a-z])")
_LONGEST = 90
# "20:42KEY EVENT", "9:15amJane Roe": two elements of a page run together.
_ENTRY = re.compile(r"\d{1,2}:\d\d(?:[ap]m)?[^\W\d_]\S{0,29}(?:\s\S{1,30}){0,5}(?<![.!?…:;,])")

TIMESTAMP = Rule(
    "timestamp.line",
    "timestamp",
    summary=(
        "A line that only says a date or time: above and below the article, elsewhere with date and time of day or"
        " behind a label."
    ),
    example="Tuesday 11 March 2014 - 14:31",
    counterexample="В травні 2014 він поїхав",
)

ENTRY = Rule(
    "timestamp.entry",
    "timestamp",
    summary=(
        "The head of an entry of a live blog: the time of day run together with a name or label, three times or more on"
        " the page above a heading or paragraph."
    ),
    example="20:42KEY EVENT",
    counterexample="20:42 Вода прибуває",
)


def has_moment(text: str) -> bool:
    """Whether the text names a date, a time of day, or a span of time."""
    folded = fold(text)
    return bool(_DATE.search(folded) or _TIME.search(folded) or _SPAN.search(folded))


def is_timestamp(text: str) -> bool:
    """Whether the text is a date or a time of day and nothing else."""
    return len(text) <= _LONGEST and _is_timestamp(text)


@lru_cache(maxsize=2048)
def _is_timestamp(text: str) -> bool:
    folded = fold(text)
    if _RELATIVE.fullmatch(folded):
        return True
    if not any(map(str.isdigit, text)):
        return False
    return bool(_DATE.search(folded) or _TIME.search(folded)) and not _PART.sub("", folded)


def timestamps(page: Page) -> Iterator[Drop]:
    """Drop date lines above and below the article, between paragraphs only with the time of day; heads of entries.

    A chronicle has its dates as headings in the middle: they stay, as do schedules: rows of times, and lists.
    """
    edge = head(page.lines) | tail(page.lines)
    site = page.metadata.site_name
    schedule = rows(page.lines, lambda line: is_timestamp(line.text) and not _LABEL.match(line.text))
    own = listed(page.lines) | schedule
    if own:  # a list of other articles with their dates says so in its markup
        own -= {
            line.index
            for line in page.lines
            if line.index in own and _CLASS.search(" ".join(line.attributes.split(maxsplit=2)[:2]))
        }
    for line in page.lines:
        if (
            line.tag not in AS_IT_IS
            and line.index not in own
            and is_timestamp(line.text)
            and (line.index in edge or _is_moment(line) or _LABEL.match(line.text))
        ):
            yield TIMESTAMP.drop(line, "nothing but a date or time")
        elif site and line.index in edge and site in line.text and is_timestamp(line.text.replace(site, " ", 1)):
            yield TIMESTAMP.drop(line, "nothing but the name of the site and a date or time")
    above = [(line, below) for line, below in pairwise(page.lines) if _ENTRY.fullmatch(line.text)]
    if sum(below.tag.startswith("h") or is_paragraph(below) for _, below in above) >= ROW:
        for line, _ in above:
            yield ENTRY.drop(line, f"a time run together with a name, one of {len(above)} above text")


def _is_moment(line: Line) -> bool:
    folded = fold(line.text)
    return not line.tag.startswith("h") and bool(_DATE.search(folded) and _TIME.search(folded))
