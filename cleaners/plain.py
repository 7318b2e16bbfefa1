"""Plain text to lines."""

from __future__ import annotations

from datetime import datetime

from cleaners.document import Line, Metadata


def read_lines(text: str, *, fetched_at: datetime | None = None) -> tuple[list[Line], Metadata]:
    """Thin version."""
    blocks = [block.strip() for block in text.splitlines() if block.strip()]
    return [Line(place, block) for place, block in enumerate(blocks)], Metadata()
