"""Dates in text: Ukrainian, Russian and English ones by patterns, the rest by dateparser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

from cleaners.metadata.month_names import languages_with_month
from cleaners.vocabulary import alternatives, words

__all__ = ["beside_dates", "month_is_first", "parse_date", "parse_day_of"]

MAX_TEXT = 300
"""Characters that are searched: a date line is short, and hostile text may be long."""

MAX_RELATIVE = 60
"""Characters of a text that may be, as a whole, a relative date or one without a year; longer is prose."""

_MONTHS = (
    *("month.january", "month.february", "month.march", "month.april", "month.may", "month.june"),
    *("month.july", "month.august", "month.september", "month.october", "month.november", "month.december"),
)
_MONTH_NUMBER = {word: number for number, name in enumerate(_MONTHS, 1) for word in words(name)}
_ANY_MONTH = "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True))
_ORDINAL = alternatives("time.ordinal")
_MONTH = rf"(?P<month>{_ANY_MONTH})(?!\w)\.?"
_DAY = r"(?<![\d:.,])(?P<day>\d{1,2})"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d(?!\d?(?::\d\d|\s?min|[./]\d)))"
"""Four digits; a time or a date may be glued to them ("December 24, 20239:53 AM", "May 2nd 202411 mins")."""

_ABSOLUTE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024-10-12, 2024-10-12T14:30:00+03:00, 2024/10/12
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        # 2024年10月12日, 2024년 10월 12일
        r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]",
        # 20241012T1430, as some metas write it
        r"^(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=$|[T ]\d)",
        # 12 жовтня 2024, 12th of October, 2024, 12-Oct-2024
        rf"{_DAY}(?:{_ORDINAL}|{alternatives('time.day_suffix')}|\.)?[\s-]{{1,2}}(?:of\s)?{_MONTH}[\s,-]{{1,3}}{_YEAR}",
        # October 12, 2024; Oct. 12. 2024
        rf"(?<!\w){_MONTH}\s{{0,2}}(?P<day>\d{{1,2}})(?:{_ORDINAL})?[\s,.]{{1,3}}{_YEAR}",
        # 2024 Oct 12, 2024, жовтня 12
        rf"(?<!\d)(?P<year>(?:19|20)\d\d),?[\s-]{{1,2}}{_MONTH}[\s-]{{1,2}}(?P<day>\d{{1,2}})(?![\d:])",
        # 12.10.2024, 12/10/2024, 12. 10. 2024, 12 | 10 | 2024 (day first, as is the custom; else month first)
        rf"(?<![\d.])(?P<day>\d{{1,2}})(?P<mark>[./-]|\.\s|\s\|\s)(?P<month>\d{{1,2}})(?P=mark){_YEAR}",
        # 12 жовтня ’24
        rf"{_DAY}(?:{_ORDINAL})?\s{{1,2}}{_MONTH}\s{{0,2}}['’ʼ](?P<year>\d\d)(?!\d)",
        # 12.10.24
        r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d\d)(?![\d.])",
    )
)
_WITHOUT_YEAR = (
    re.compile(rf"{_DAY}(?:{_ORDINAL})?\s{{1,2}}{_MONTH}(?![\s,.]{{0,3}}\d{{4}})", re.IGNORECASE),
    re.compile(
        rf"(?<!\w){_MONTH}\s{{1,2}}(?P<day>\d{{1,2}})(?:{_ORDINAL})?(?!\w)(?![\s,.]{{0,3}}\d{{4}})", re.IGNORECASE
    ),
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::[0-5]\d(?:[.,]\d{1,9})?)?(?![\d:])"
    r"\s{0,2}(?P<half>[apAP]\.?[mM]\b\.?)?\s{0,2}\(?(?P<zone>[+-]\d\d?:?(?:\d\d)?(?!\d)|[A-Z]{1,4}\b(?:[+-]\d\d?)?)?"
)
_CLOCK_COMPACT = re.compile(r"^T(?P<hour>\d\d)(?P<minute>\d\d)(?:\d\d)?(?P<half>)(?P<zone>Z|[+-]\d{4})?$")
_CLOCK_HOUR = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:\.(?P<minute>[0-5]\d))?\s?(?P<half>[ap]\.?m\b\.?)\s{0,2}(?P<zone>[A-Z]{2,4}\b)?",
    re.IGNORECASE,
)
_CLOCK_DOT = re.compile(
    rf"^\s?(?:,|{alternatives('time.at')})\s(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d)(?P<half>)(?P<zone>)(?![\d.])"
)
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(?:19|20)\d\d(?!\d)")
_NUMERIC = re.compile(
    r"\d\d?:\d\d[\s,|]{1,3}(?P<day>\d\d)\.(?P<month>\d\d)|(?P<d2>\d\d)\.(?P<m2>\d\d)[\s,|]{1,3}\d\d?:\d\d"
)
"""12.10 with the time of day and nothing else."""
_EPOCH = re.compile(r"[1-2]\d{9}(?:\d{3})?")
"""Seconds or milliseconds since 1970, as some metas and attributes have them; the same digits say either."""
_DAY_WORD = re.compile(
    rf"(?<!\w)(?:(?P<d0>{alternatives('day.today')})|(?P<d1>{alternatives('day.yesterday')})"
    rf"|(?P<d2>{alternatives('day.before_yesterday')}))(?!\w)",
    re.IGNORECASE,
)
_NUMBERS = (
    *("number.vague", "number.one", "number.two", "number.three", "number.four", "number.five"),
    *("number.six", "number.seven", "number.eight", "number.nine", "number.ten"),
)
_NUMBER = {word: number for number, name in enumerate(_NUMBERS) for word in words(name)}
"""Numbers by their words; 0 for what gives no number."""
_AGO = re.compile(
    r"(?:(?<!\w)(?P<n>\d{1,3}|[^\W\d_]{1,10}(?:'[^\W\d_]{1,4})?)\s?)?(?<![^\W\d_])"
    rf"(?:(?P<minute>{alternatives('time.minute')})|(?P<hour>{alternatives('time.hour')})"
    rf"|(?P<day>{alternatives('time.day')})|(?P<week>{alternatives('time.week')}))"
    rf"[^\W\d_]{{0,6}}\.?\s(?:{alternatives('time.ago')})(?!\w)",
    re.IGNORECASE,
)
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
"""Minutes of a unit, by its group."""
_QUOTED = re.compile(r"[«„“\"'][^»“”\"']{1,40}[»“”\"']|[^\W\d_]+\.(?=[^\W\d_])")
"""The name of a newspaper ("Сегодня", Сегодня.ua) is no day."""
_LABELS = re.compile(
    rf"(?<!\w)(?:(?:{alternatives('date_label.published')}|{alternatives('date_label.modified')})[^\W\d_]{{0,4}}"
    rf"|{alternatives('timestamps.label')}|{alternatives('timestamps.filler')}|{alternatives('timestamps.day')})(?!\w)"
    r"|[\W_]+",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(alternatives("date_label.published"), re.IGNORECASE)
_HALF = re.compile(r"\bhalf\b", re.IGNORECASE)
_NOW = re.compile(rf"\W{{0,3}}(?:{alternatives('time.now')})\W{{0,3}}", re.IGNORECASE)
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "BST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip
"""Minutes east of Greenwich. ET, PT and their like change over the year: an ambiguous zone is left out."""


def parse_date(text: str, fetched_at: datetime | None = None, *, month_first: bool = False) -> str | None:
    """The first date in a date line, a byline or a meta value, or None where there is none.

    Gives ISO 8601 as in `Metadata.published`: `2024-10-12`, with a stated time `2024-10-12T14:30`, with a stated zone
    `2024-10-12T14:30+03:00`. Labels around it ("Опубліковано: ...", "Updated ...") are ignored. Relative dates
    ("вчора, 14:30", "2 hours ago") and those without a year are read relative to `fetched_at`, only in short text;
    without it they are None. Years before 1990 and dates more than two days after `fetched_at` are rejected.
    03/04/2026 is a day of April, with `month_first` one of March.
    """
    text = " ".join(text[:MAX_TEXT].split())
    if not any(map(str.isdigit, text)) and not any(p.search(text) for p in (_DAY_WORD, _AGO, _NOW)):
        return None
    if _EPOCH.fullmatch(text):
        then = datetime.fromtimestamp(int(text[:10]), UTC)
        return (
            then.isoformat(timespec="minutes") if _plausible_date(then.year, then.month, then.day, fetched_at) else None
        )
    is_absolute = False
    for pattern in _ABSOLUTE:
        for found in pattern.finditer(text):
            is_absolute = True
            if (day := _day(found, fetched_at, month_first)) is not None:
                return _with_clock(day, text, found)
    if is_absolute or len(text) > MAX_RELATIVE:
        return None
    return (_relative(text, fetched_at) if fetched_at is not None else None) or _foreign(text, fetched_at)


def beside_dates(text: str) -> str:
    """What a line says beside its dates, times of day and the labels of these; empty for a date line."""
    text = " ".join(text[:MAX_TEXT].split())
    for pattern in (*_ABSOLUTE, *_WITHOUT_YEAR, _CLOCK, _CLOCK_HOUR, _DAY_WORD, _AGO, _LABELS):
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def month_is_first(texts: Iterable[str]) -> bool | None:
    """Whether dates such as 12/31/2024 are among the texts; False for 31/12/2024, None where no date decides it."""
    for text in texts:
        for found in _SLASHED.finditer(text):
            if (int(found[1]) > 12) != (int(found[2]) > 12):
                return int(found[2]) > 12
    return None


def parse_day_of(year: int, text: str) -> str | None:
    """The day and month in a short text that has no year, as a date of `year`: "12 жовтня, 14:30"."""
    text = " ".join(text[:MAX_RELATIVE].split())
    for pattern in _WITHOUT_YEAR:
        for found in pattern.finditer(text):
            if (
                day := _plausible_date(year, _MONTH_NUMBER[found["month"].lower()], int(found["day"]), None)
            ) is not None:
                return _with_clock(day, text, found)
    return None


def _day(found: re.Match[str], fetched_at: datetime | None, month_first: bool) -> date | None:
    year, month_text, day = int(found["year"]), found["month"].lower(), int(found["day"])
    year += 2000 if year < 100 else 0
    month = int(month_text) if month_text.isdigit() else _MONTH_NUMBER[month_text]
    if month_first and month_text.isdigit() and "/" in found[0] and not found[0].startswith(found["year"]):
        day, month = month, day
    found_date = _plausible_date(year, month, day, fetched_at)
    if found_date is None and month_text.isdigit():
        return _plausible_date(year, day, month, fetched_at)  # the other order
    return found_date


def _plausible_date(year: int, month: int, day: int, fetched_at: datetime | None) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    late = fetched_at is not None and found > fetched_at.date() + timedelta(days=2)
    return None if late or found.year < 1990 else found


def _with_clock(day: date, text: str, found: re.Match[str]) -> str:
    """The time after the date, else before it ("14:30, 12 жовтня 2024")."""
    after, before = text[found.end() :][:40], text[: found.start()][-24:]
    clock = _CLOCK_COMPACT.search(after)
    for part in (after, before):
        clock = clock or _CLOCK.search(part) or _CLOCK_HOUR.search(part) or _CLOCK_DOT.search(part)
    return day.isoformat() + (_clock(clock) if clock else "")


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    if hour > 23:
        return ""
    return f"T{hour:02}:{minute:02}{_zone(found['zone'] or '')}"


def _zone(name: str) -> str:
    signed = re.search(r"([+-])(\d\d?):?(\d\d)?$", name)
    if signed:
        minutes = (int(signed[2]) * 60 + int(signed[3] or 0)) * (-1 if signed[1] == "-" else 1)
    elif name.upper() in _ZONES:
        minutes = _ZONES[name.upper()]
    else:
        return ""
    if abs(minutes) > 14 * 60:
        return ""
    return datetime.min.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()[-6:]


def _relative(text: str, fetched_at: datetime) -> str | None:
    if _NOW.fullmatch(text):
        return fetched_at.isoformat(timespec="minutes")
    if found := _AGO.search(text.replace("’", "'").replace("ʼ", "'")):
        word = (found["n"] or "").lower()
        n = int(word) if word.isdigit() else _NUMBER.get(word, 1)
        if not n or _HALF.search(text):
            return None
        minutes = next(minutes for unit, minutes in _MINUTES.items() if found[unit])
        then = fetched_at - timedelta(minutes=n * minutes)
        return then.date().isoformat() if minutes >= 1440 else then.isoformat(timespec="minutes")
    text = _QUOTED.sub("", text)
    found = _DAY_WORD.search(text)
    if found and (_CLOCK.search(text) or _PUBLISHED.search(text) or (not found["d0"] and len(text.split()) <= 4)):
        days = next(n for n in range(3) if found[f"d{n}"])
        return _with_clock((fetched_at - timedelta(days=days)).date(), text, found)
    if found := _NUMERIC.fullmatch(text):
        day_month = (found["day"] or found["d2"], found["month"] or found["m2"])
        for year in (fetched_at.year, fetched_at.year - 1):
            day = _plausible_date(year, int(day_month[1]), int(day_month[0]), fetched_at)
            if day is not None:
                clock = _CLOCK.search(text)
                return day.isoformat() + (_clock(clock) if clock else "")
    for pattern in _WITHOUT_YEAR:
        for found in pattern.finditer(text):
            name = found["month"].lower()
            month = int(name) if name.isdigit() else _MONTH_NUMBER[name]
            for year in (fetched_at.year, fetched_at.year - 1):
                day = _plausible_date(year, month, int(found["day"]), fetched_at)
                if day is not None:
                    return _with_clock(day, text, found)
    return None


def _foreign(text: str, fetched_at: datetime | None) -> str | None:
    """Dates in other languages, by dateparser, which is slow to load: only for what has a day, a month and a year."""
    found = re.search(rf"(?<!\d)\d{{1,2}}(?!\d).{{1,30}}?(?<!\d){_YEAR}", text)
    if not found or not re.search(r"[^\W\d_]{3}", found[0]) or not (languages := languages_with_month(found[0])):
        return None
    import dateparser

    settings = {"REQUIRE_PARTS": ["day", "month", "year"]}
    base = {"RELATIVE_BASE": fetched_at.replace(tzinfo=None)} if fetched_at else {}
    then = dateparser.parse(found[0], languages=languages, settings={**settings, **base})
    if then is None or (day := _plausible_date(then.year, then.month, then.day, fetched_at)) is None:
        return None
    return _with_clock(day, text, found)
