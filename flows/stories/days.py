"""The day that a document belongs to."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime


def day_of_document(published: str | None, fetched_at: datetime) -> date:
    """The day of publication as the page states it, else the UTC day of the capture."""
    if published:
        with suppress(ValueError):
            return date.fromisoformat(published[:10])
    return fetched_at.astimezone(UTC).date()
