"""What all kinds of sources have in common, and the table of kinds."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import Field, model_validator

from cleaners.training_text import Quotations
from flows.config.fields import Cron, Language, TimeZone
from flows.config.limits import Limits, WebLimits
from flows.config.table import Table

__all__ = ["KINDS", "Schedule", "Source"]


class Schedule(Table):
    """When `sito serve` pulls the source."""

    cron: Cron = Field(description="minute hour day month weekday, such as '30 6 * * *'")
    timezone: TimeZone = Field(default="UTC", description="such as Europe/Kyiv")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: object) -> object:
        """A cron string alone, in UTC."""
        if isinstance(given, str):
            return {"cron": given}
        if not isinstance(given, dict | cls):
            raise ValueError(
                "is no schedule; write '30 6 * * *' (UTC) or { cron = '30 6 * * *', timezone = 'Europe/Kyiv' }"
            )
        return given


KINDS: dict[str, type[Source]] = {}
"""Every kind by its name, in the order of `flows.config.kinds`; a class with a field `kind` enters itself."""


RevisitHours = tuple[Annotated[int, Field(ge=1, le=10_000)], ...]


class Source(Table):
    """What all kinds have in common; class variables and properties say how they differ.

    No other module checks which kind it has. A new kind is a class in `flows.config.kinds`, its reader in
    `flows.discover` and a test.
    """

    reader: ClassVar[str]
    """The function in `flows.discover` that gives its pages, as `module:name`: imported when needed, as some bring
    large libraries."""
    read_whole: ClassVar[bool] = False
    """Whether all its pages are named by one short listing, which is read before the first of them is fetched."""
    walks_listings: ClassVar[bool] = False
    """Whether its pages are found by asking the web for listings, one after another, while the first are fetched."""
    repeats_pages: ClassVar[bool] = False
    """Whether a page may be named several times, all of which are wanted: captures of different moments."""
    named_only: ClassVar[bool] = False
    """Whether a page that it no longer names is not fetched again: a list is complete, a feed only shows the latest."""

    other_names: ClassVar[tuple[str, ...]] = ()
    """What people write for its name, in small letters alone; such a word is answered with the name."""

    name: str
    language: Language | None = Field(default=None, description="hint: most pages' language")
    licence: str | None = Field(
        default=None,
        min_length=1,
        max_length=300,
        description="terms of its texts, as its publisher states them; said in the card of an export",
    )
    schedule: Schedule | None = Field(default=None, description="a table with cron and timezone, or cron alone")
    refresh_hours: int | None = Field(
        default=None, ge=1, le=100_000, description="held pages older than this are asked for again; without it: never"
    )
    revisit_hours: RevisitHours = Field(
        default=(),
        max_length=24,
        description="ages in hours, such as [1, 6, 24]: at each of them a new page is asked for again, as news change",
    )

    quotations: Quotations = Field(
        default="keep", description="sentences in spans_uk and spans_en that quote another language: 'keep' or 'drop'"
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.revisit_hours)):
            raise ValueError("revisit_hours must rise from one to the next, such as [1, 6, 24]")
        return self

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if "kind" in cls.model_fields:
            KINDS[get_args(cls.model_fields["kind"].annotation)[0]] = cls

    if TYPE_CHECKING:  # fields of each kind, after its own in the order in which a message lists them

        @property
        def kind(self) -> str:
            """Its name in the sources file."""

        @property
        def limits(self) -> Limits:
            """`WebLimits` where pages may come from the web."""

    @property
    def is_of_web(self) -> bool:
        """Whether its pages are fetched from the web, and are not files or records of files."""
        return isinstance(self.limits, WebLimits)

    @property
    def location(self) -> str:
        """Where its pages come from, for people."""
        raise NotImplementedError

    @property
    def root(self) -> Path | None:
        """The folder that its files must not lead out of; None: its pages are no files."""
        return None
