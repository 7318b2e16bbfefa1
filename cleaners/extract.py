"""HTML to lines with tags, and metadata."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import trafilatura

from cleaners.document import Line, Metadata


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines of the page's body and what the page says of itself."""

    lines: tuple[Line, ...]
    metadata: Metadata


def extract(html: str, *, url: str | None = None, fetched_at: datetime | None = None) -> Extracted:
    """Thin version."""
    found = trafilatura.bare_extraction(html, url=url, include_comments=False)
    if found is None:
        return Extracted((), Metadata())
    data = found.as_dict()
    blocks = [b.strip() for b in (data.get("text") or "").split("\n") if b.strip()]
    lines = tuple(Line(i, b) for i, b in enumerate(blocks))
    return Extracted(lines, Metadata(title=data.get("title"), published=data.get("date")))
