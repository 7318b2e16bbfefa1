"""What was seen on the other pages of a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleaners.document import Page


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """Thin version."""

    pages: int

    @classmethod
    def of(cls, pages: Iterable[Page]) -> SiteMemory:
        """Remember the lines of `pages`."""
        return cls(sum(1 for _ in pages))
