"""Dates of feeds that are not written as the formats want: names of days and months in any language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cleaners.metadata.month_names import languages_with_month

__all__ = ["FeedDates"]

UNREADABLE = 10
"""Texts of one feed: dateparser may have to load a language for each, at some 50 ms."""

_CHARACTERS = 100
_MONTH = re.compile(r"[^\W\d_]")  # numbers alone may be in any order
_SETTINGS = {
    # Absolute, and nothing made up: neither "yesterday" nor a day without its year, which would change on replay.
    "PARSERS": ["absolute-time"],
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": True,
    "TIMEZONE": "UTC",
    "TO_TIMEZONE": "UTC",
}


class FeedDates:
    """Reads the dates of one feed, until too many of them cannot be read."""

    def __init__(self) -> None:
        self._unreadable = 0

    def read(self, text: object) -> datetime | None:
        """The moment in UTC, of a date with day, month in letters, and year; without a zone it counts as UTC."""
        if not isinstance(text, str) or len(text) > _CHARACTERS or not _MONTH.search(text):
            return None
        if self._unreadable >= UNREADABLE:
            return None
        try:
            languages = languages_with_month(text)
            found: datetime | None = _parser(*languages).get_date_data(text).date_obj if languages else None
            at = found.astimezone(UTC) if found else None
        except Exception:  # dateparser raises many kinds of errors for odd text
            at = None
        self._unreadable += at is None
        return at


@lru_cache(UNREADABLE)
def _parser(*languages: str) -> Any:
    """dateparser, which is slow to import, and which few feeds need."""
    from dateparser.date import DateDataParser

    return DateDataParser(list(languages), settings=_SETTINGS)
