"""What pulling one source did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.common.errors import SitoError
    from flows.common.page_types import Outcome
    from flows.report.tally import Tally


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What a run did: an outcome for every page that it touched, each once, and the shards that it cleaned.

    `tally` counts what these shards hold. `notes` are sentences for the report: what was recovered, what waits.
    `problem` ended the run early.
    """

    outcomes: list[Outcome]
    shards: list[str]
    tally: Tally
    notes: list[str]
    problem: SitoError | None
