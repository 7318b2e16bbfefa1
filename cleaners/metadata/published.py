"""When a page was published: from its structure, the lines around its headline, its address or its scripts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from lxml.html import HtmlElement

from cleaners.document import Origin
from cleaners.metadata.date_lines import (
    YEAR,
    DateReader,
    date_of,
    date_of_change,
    is_aside,
    is_date_line,
    is_elsewhere,
    is_labelled,
    is_modified,
    is_styled_date,
)
from cleaners.metadata.dates import parse_day_of
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block
from cleaners.read.words import words
from cleaners.vocabulary import alternatives, markup, markup_alternatives

__all__ = ["Published", "date_published"]

MAX_SCRIPT = 500_000
"""Characters of each script that are searched for a date."""

MIN_DAYS_OLDER = 2
"""Days by which a date at the headline must be older than the stated one to be preferred."""

MAX_LEAD = 8
"""Lines from the headline on in which a line styled as a date is the article's."""

MAX_NEAR = 20
"""Lines from the headline on whose days may confirm a stated one."""

MAX_ENTRY = 500
"""Characters of what a blog writes below an entry: when it was posted, under what, and where to answer."""

MAX_LABELLED = 60
"""Characters of a line that says only when the page was published."""

MAX_TEXTS = 50
"""Texts of an element that may hold a date."""

MAX_COPYRIGHT = 300
"""Characters of a text in which a copyright's year is looked for."""

EAST, WEST = timedelta(hours=14), timedelta(hours=-12)
"""How far local time may be from UTC."""
_PUBLISHED_METAS = markup("meta.published")
_PUBLISHED_TOKENS = frozenset(markup("class.published"))
_PUBLISHED_META = re.compile(markup_alternatives("meta.published_like"))
_OTHER_META = re.compile(markup_alternatives("meta.published_unlike"))
_SCRIPT_DATE = re.compile(
    rf"[\"'](?:{markup_alternatives('script.published')})"
    r"\\{0,3}[\"']\s{0,3}:\s{0,3}\\{0,3}[\"']((?:19|20)\d\d-\d\d-\d\d[0-9T:.+Z -]{0,24})"
)
_COPYRIGHT = re.compile(r"©.{0,40}?((?:19|20)\d\d)(?!\d|\s?[–—-]\s?\d)", re.DOTALL)
_DATELINE = re.compile(
    r"\s?(?:\((?P<own>[^()]{6,40})\)|(?P<before>[^|.!?]{0,30}[\d. ]{1,8}[^|!?]{0,20}(?:19|20)\d\d)\s?\|)"
)
"""The day in brackets or before a bar: "(12 October 2024) The ferry ...", "Press release of 12 October 2024 | Lake"."""
_ENTRY = re.compile(
    rf"\b(?:{alternatives('date_label.entry')})\s(?P<day>.{{0,40}}?(?:19|20)\d\d.{{0,20}})", re.IGNORECASE
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/_-])")
_URL_DIGITS = re.compile(r"/((?:19|20)\d\d)([01]\d)([0-3]\d)(?=[/_-])")
"""A name that begins with its day: "/texte/22/20220127-gedenkstunde.html"."""
_URL_DAY_FIRST = re.compile(r"/(\d\d)-(\d\d)-((?:19|20)\d\d)(?=[/_-]|$)")


@dataclass(frozen=True, slots=True)
class Published:
    """A date as in `Metadata.published`, and where it was found."""

    date: str
    origin: Origin


def date_published(
    tree: HtmlElement,
    head: PageHead,
    lead: Sequence[Block],
    near: Sequence[Block],
    reader: DateReader,
    title: str | None = None,
    openings: Sequence[str] = (),
    around: Sequence[Block] = (),
    below: Sequence[Block] = (),
) -> Published | None:
    """The date that the structure states, in local time where the page shows it; else text, address and scripts.

    `lead` are the lines right below the headline, `near` all around it. What readers see is believed before what is
    stated for machines where it is days older (some site generators state the day of the last deployment), where
    another stated date agrees with it, and where it is the local day of a time in UTC. The address counts as seen.
    `openings` are the beginnings of the text, whose dateline is asked where nothing else is dated, and `around` the
    blocks of the body and a few behind it, among which a sentence may say when this entry was posted. `below` are all
    blocks behind the body, where one line may say no more than that.
    """
    own = words(title or "")
    lead, near = ([b for b in blocks if not is_elsewhere(b, own)] for blocks in (lead, near))
    vague: list[str] = []
    stated: list[Published] = []
    for text, origin in _stated_dates(tree, head):
        # "Dec 23" as an attribute: the year is elsewhere.
        if not YEAR.search(text):
            vague.append(text)
        elif date := reader.read(text):
            stated.append(Published(date, origin))
    lines = [(b, date) for b in lead if YEAR.search(b.text) and (date := date_of(b, reader))]
    address = _in_address(head.address or "", reader)
    if stated:
        # A standfirst may stand between headline and date line.
        others = [b for b in near[:MAX_NEAR] if b not in lead and YEAR.search(b.text)]
        known = [b for b in others if (b in near[:MAX_LEAD] and is_styled_date(b)) or is_labelled(b)]
        lines += [(b, date) for b in known if (date := date_of(b, reader))]
        seen = [Published(date, "shown") for b, date in lines if is_date_line(b)]
        if stated[0].date[:10] in {date[:10] for _, date in lines}:
            return stated[0]
        days = {date[:10] for b in near[:MAX_NEAR] if YEAR.search(b.text) and (date := date_of(b, reader))}
        modified = {date[:10] for key, value in head.metas.items() if "modif" in key and (date := reader.read(value))}
        return _confirmed(stated, seen, days, Published(address, "address") if address else None, modified)
    for date in (d for _, d in lines):
        return Published(date, "shown")
    beside = _beside(near, reader)
    for date in (*((beside,) if beside else ()), *(d for v in vague if (d := reader.read(v)))):
        if address and abs(_days(date) - _days(address)) > 1:
            break  # a day that the text speaks of
        return Published(date, "shown")
    if address:
        return Published(address, "address")
    posted = (said for b in around if len(b.text) <= MAX_ENTRY and (said := _ENTRY.search(b.text)))
    if (said := next(posted, None)) and (date := reader.read(said["day"])):
        return Published(date, "shown")
    datelines = (line for opening in openings if (line := _DATELINE.match(opening)))
    for date in (*(d for m in datelines if (d := reader.read(m["own"] or m["before"]))), *_labelled(below, reader)):
        return Published(date, "shown")
    times = [t for t in tree.iter("time") if t.get("datetime") and not is_modified(t) and not is_aside(t)]
    if times and len({t.get("datetime") for t in times}) <= 3 and (found := reader.read(times[0].get("datetime"))):
        return Published(found, "markup")
    changed = {date[:10]: date for text in _changes(tree) if (date := reader.read(text))}
    if len(changed) == 1:
        return Published(next(iter(changed.values())), "markup")
    if in_scripts := _in_scripts(tree, reader):
        return Published(in_scripts, "script")
    # Readers know the year: it is that of the page.
    lines_without = [b.text for b in lead if is_date_line(b)]
    year = _copyright_year(tree) if lines_without and reader.fetched_at is None else None
    dated = (parse_day_of(year, text) for text in lines_without) if year else ()
    return next((Published(day, "shown") for day in dated if day), None)


def _beside(near: Iterable[Block], reader: DateReader) -> str | None:
    """The date of the first date line, else of the first line with a date."""
    first = None
    for block in near:
        if date := date_of(block, reader):
            if is_date_line(block):
                return date
            first = first or date
        elif date_of_change(block, reader):
            break  # what follows is another's
    return first


def _confirmed(
    stated: Sequence[Published],
    seen: Sequence[Published],
    days_near: Collection[str],
    address: Published | None,
    changed: Collection[str] = (),
) -> Published:
    """The first stated date, or what readers see where that speaks against it.

    `seen` are the dates of date lines, `days_near` all days around the headline: they only confirm a stated one.
    `changed` are days that the page states of a change: it may show one of these, and state it twice.
    """
    first = stated[0]
    later = [day for day in changed if day > first.date[:10]]
    stated = [first, *(other for other in stated[1:] if other.date[:10] not in later)]
    if first.date[:10] in days_near:
        address = None
    elif not seen and (confirmed := next((other for other in stated if other.date[:10] in days_near), None)):
        return confirmed
    against: list[Published] = [*seen[:1], *((address,) if address else ())]
    for shown in against:
        days = _days(first.date) - _days(shown.date)
        if days >= MIN_DAYS_OLDER:
            return shown
        if days and (local := _local(first.date, shown.date)):
            return Published(local, shown.origin)
        agreed = next((other for other in stated[1:] if other.date[:10] == shown.date[:10]), None)
        if days and agreed:
            return agreed
    return first


def _local(utc: str, shown: str) -> str | None:
    """The moment `utc` as the local time `shown`, a day or a time without zone; None where it cannot be that."""
    if not utc.endswith("+00:00"):
        return None
    moment, local = datetime.fromisoformat(utc), datetime.fromisoformat(shown)
    if len(shown) == 10:
        first = datetime.combine(local.date(), time(), UTC)
        return shown if moment + WEST < first + timedelta(days=1) and first <= moment + EAST else None
    if local.tzinfo is not None:
        return shown if local == moment else None
    offset = local.replace(tzinfo=UTC) - moment
    halves = round(offset / timedelta(minutes=30))  # zones of 45 minutes are too rare to be guessed
    if not WEST <= offset <= EAST or abs(offset - halves * timedelta(minutes=30)) > timedelta(minutes=5):
        return None
    minutes = abs(halves) * 30
    return f"{shown}{'-' if halves < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _stated_dates(tree: HtmlElement, head: PageHead) -> Iterator[tuple[str, Origin]]:
    """The dates in JSON-LD, metas, microdata and microformats, the most trusted first."""
    if head.jsonld.published:
        yield head.jsonld.published, "jsonld"
    if first := head.metas.get(_PUBLISHED_METAS[0]):
        yield first, "meta"
    stated_in: list[tuple[str, Origin]] = []
    marked: list[tuple[str, Origin]] = []
    for element in tree.iter("time", "span", "div", "abbr", "p"):
        named = not _PUBLISHED_TOKENS.isdisjoint((element.get("class") or "").lower().split())
        stated = element.get("itemprop") == "datePublished"
        if not (named or stated or element.get("pubdate") is not None) or (not stated and is_aside(element)):
            continue
        text = element.get("datetime") or element.get("content") or element.get("title")
        if stated or element.get("pubdate") is not None:
            stated_in.append((text or "".join(islice(element.itertext(), MAX_TEXTS)), "markup"))
        elif text and not is_modified(element):
            marked.append((text, "markup"))
    several = len({text[:10] for text, _ in stated_in}) > 1  # of the article and of its teasers
    yield from () if several else stated_in
    yield from ((head.metas[key], "meta") for key in _PUBLISHED_METAS if key in head.metas)
    for key, value in head.metas.items():
        if _PUBLISHED_META.search(key) and not _OTHER_META.search(key):
            yield value, "meta"
    yield from stated_in if several else ()
    yield from marked[:1]


def _labelled(blocks: Sequence[Block], reader: DateReader) -> list[str]:
    """The day after "published" in lines of nothing else, where they agree: other articles have other days."""
    lines = (b for b in blocks if len(b.text) <= MAX_LABELLED and not b.hidden and is_labelled(b))
    days = {date[:10]: date for b in lines if (date := reader.read(b.text))}
    return list(days.values()) if len(days) == 1 else []


def _changes(tree: HtmlElement) -> Iterator[str]:
    """The dates in empty elements that hAtom calls "updated": for machines, and there if nothing was changed, too."""
    for element in tree.iter("time", "span", "abbr"):
        named = "updated" in (element.get("class") or "").lower().split()
        if named and not (element.text or "").strip() and not is_aside(element):
            yield element.get("datetime") or element.get("title") or ""


def _in_address(address: str, reader: DateReader) -> str | None:
    if found := _URL_DATE.search(address) or _URL_DIGITS.search(address.partition("?")[0]):
        return reader.read("-".join(found.groups()))
    found = _URL_DAY_FIRST.search(address.partition("?")[0])
    return reader.read("/".join(found.groups())) if found else None


def _days(date: str) -> int:
    return datetime.fromisoformat(date).toordinal()


def _copyright_year(tree: HtmlElement) -> int | None:
    """The last year of the page's copyright line."""
    said = [m for text in tree.itertext() if "©" in text and (m := _COPYRIGHT.search(text[:MAX_COPYRIGHT]))]
    return max((int(m[1]) for m in said), default=None)


def _in_scripts(tree: HtmlElement, reader: DateReader) -> str | None:
    """The publication date in the page's scripts, where they agree on one."""
    said = {m[1] for script in tree.iter("script") for m in _SCRIPT_DATE.finditer((script.text or "")[:MAX_SCRIPT])}
    dates = {d[:10]: d for value in sorted(said) if (d := reader.read(value))}
    return next(iter(dates.values())) if len(dates) == 1 else None
