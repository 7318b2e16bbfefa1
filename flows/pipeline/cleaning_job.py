"""What is to be done with one shard: one value that travels from the run to the cleaning process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cleaners.corrections import NO_CORRECTIONS, Corrections
from flows.common.errors import SitoError
from flows.tables.days import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from cleaners.training_text import Quotations
    from flows.memory.source_memory import MemoryRef

Origin = Literal["raw", "ledger"]
"""Where the lines of a page come from: its raw bytes, or its rows in the ledger."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of capture in UTC, both included; None is open. Raises SitoError where `since` is after `until`."""

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise SitoError(f"since {self.since} is after until {self.until}; no page can be between them")

    def __contains__(self, at: datetime) -> bool:
        return self.has_day(day_of(at))

    def has_day(self, day: date) -> bool:
        """Whether pages of this day are in the period."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a source is cleaned again: pages captured in `period`, from `origin`. A dry run writes nothing."""

    period: Period = Period()
    origin: Origin = "raw"
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class CleaningJob:
    """One shard to clean; the object can be pickled.

    `shard` is the file in raw/; its tables are written below `data`. `language` is what the source declares. Only pages
    captured in `period` are cleaned, the rows of the others stay as they are. Without `write` no file is changed.
    `memory` is the site memory by day of capture. `rejudge` marks the second pass over lines that were read in this
    run: changes are then measured against the backup of the tables. `poison_pages` are the pages that ended an earlier
    process, with the reason, by offset: they fail without being tried. `finished` is the file with the
    pages that such processes have finished. `quotations` is the source's setting for sentences that quote another
    language, `corrections` what a person says of it.
    """

    shard: Path
    data: Path
    source: str
    language: str | None
    origin: Origin = "raw"
    period: Period = Period()
    write: bool = True
    memory: Mapping[date, MemoryRef] = field(default_factory=dict)
    rejudge: bool = False
    poison_pages: Mapping[int, str] = field(default_factory=dict)
    finished: Path | None = None
    quotations: Quotations = "keep"
    corrections: Corrections = NO_CORRECTIONS
