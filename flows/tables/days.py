"""The pages of a shard by day of capture: how many, a digest of their lines, and the memory by which they were judged.

It is kept in the footer of the documents file, so that a run sees what site memory is made of, and which pages were
judged with another one, without reading any page. A digest is a sum over pages: the cut into shards does not change it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from cleaners.rules.site_memory import LONGEST, PAGE_LINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.tables.rows import DocumentRow, LedgerRow

_MODULUS = 2**128


def day_of(at: datetime) -> date:
    """The UTC day of a capture."""
    return at.astimezone(UTC).date()


@dataclass(slots=True)
class DayStats:
    """Pages with lines, the digest of all that site memory takes of them, and the memories that judged them."""

    pages: int = 0
    lines: int = 0
    memories: set[str | None] = field(default_factory=set)

    def merge(self, other: DayStats) -> None:
        """Add the pages of another shard."""
        self.pages += other.pages
        self.lines = (self.lines + other.lines) % _MODULUS


@dataclass(slots=True)
class Days:
    """The pages of one shard, or of many, by day."""

    by_day: dict[date, DayStats] = field(default_factory=dict)

    def add(self, document: DocumentRow, ledger: list[LedgerRow]) -> None:
        """Add one page by its rows; one without lines, failed or empty, is left out."""
        if not ledger:
            return
        page = hashlib.blake2b(digest_size=16)
        for part in (document["url"], document["digest"], document["fetched_at"].astimezone(UTC).isoformat()):
            page.update(part.encode() + b"\0")
        for line in islice(ledger, PAGE_LINES):
            page.update(line["text"][: LONGEST + 1].encode() + b"\0")
        day = self.by_day.setdefault(day_of(document["fetched_at"]), DayStats())
        day.merge(DayStats(1, int.from_bytes(page.digest())))
        day.memories.add(document["memory"])

    def remove(self, document: DocumentRow, ledger: list[LedgerRow]) -> None:
        """Take one page out that was added by these rows."""
        own = Days()
        own.add(document, ledger)
        for day, of in own.by_day.items():
            self.by_day[day].merge(DayStats(-of.pages, -of.lines))
            if not self.by_day[day].pages:
                del self.by_day[day]

    def with_memories(self, memories: Iterable[tuple[datetime, str | None]]) -> Days:
        """The same pages, judged by these memories: of each page with lines, its time and the digest."""
        days = Days({day: DayStats(of.pages, of.lines) for day, of in self.by_day.items()})
        for at, memory in memories:
            days.by_day[day_of(at)].memories.add(memory)
        return days

    def to_json(self) -> str:
        """All in a line, the same for the same pages."""
        return json.dumps(
            {
                day.isoformat(): [of.pages, f"{of.lines:032x}", sorted(of.memories, key=lambda name: name or "")]
                for day, of in sorted(self.by_day.items())
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Days:
        """What `to_json` gave. Raises ValueError or TypeError for anything else."""
        found = json.loads(text)
        return cls({date.fromisoformat(d): DayStats(n, int(lines, 16), set(of)) for d, (n, lines, of) in found.items()})
