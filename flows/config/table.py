"""What every table of a configuration file is, and a day in one; imports nothing that only runs need."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = ["Day", "Table"]


class Table(BaseModel):
    """A table of a file: no unknown fields, unchangeable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _day(day: object) -> object:
    if isinstance(day, datetime):
        raise ValueError("is a time; write a day such as 2026-03-01")
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError:
        raise ValueError(f"{day!r:.80} is no day; write one such as 2026-03-01") from None


Day = Annotated[date, BeforeValidator(_day)]
