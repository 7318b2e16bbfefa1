"""What cleaning a shard gave: outcomes, changes, and the counts for the report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flows.report.tally import Tally
from flows.tables.changes import Changes

if TYPE_CHECKING:
    from flows.common.page_types import Outcome
    from flows.tables.rows import PageRows


@dataclass(frozen=True, slots=True)
class CleanedPage:
    """One page: its rows before and after, and its outcome; None: the page was left alone.

    `anew` is whether this run made the rows, and did not only keep those that were there.
    """

    before: PageRows | None
    after: PageRows | None
    outcome: Outcome | None
    anew: bool = True


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What became of the pages of one shard, and what changed against its earlier tables.

    `tally` counts every row of the new tables, also those of pages that were left alone. It is bounded, as results
    travel between processes: 35 KB pickled were measured for 184 pages of many sites, half of it outcomes.
    """

    shard: str
    outcomes: list[Outcome] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    tally: Tally = field(default_factory=Tally)

    def add(self, page: CleanedPage) -> None:
        """Record one page."""
        if page.after is not None:
            self.tally.add(*page.after)
        outcome = page.outcome
        if outcome is None:
            return
        if page.before is None and page.after is not None:
            self.changes.uncompared += 1
        elif page.before is not None and page.after is not None:
            changed = self.changes.compare(page.before, page.after)
            if outcome.status != "failed" and not changed:
                outcome = replace(outcome, status="unchanged")
            elif outcome.status == "new":
                outcome = replace(outcome, status="changed")
        self.outcomes.append(outcome)

    def rejudged(self, again: ShardResult) -> ShardResult:
        """The result after the second pass `again` over the same pages: first failures stay, and times add up."""
        first = {outcome.url: outcome for outcome in self.outcomes}
        outcomes = first | {
            outcome.url: replace(outcome, milliseconds=outcome.milliseconds + first[outcome.url].milliseconds)
            for outcome in again.outcomes
            if outcome.url in first and first[outcome.url].status != "failed"
        }
        return ShardResult(self.shard, list(outcomes.values()), again.changes, again.tally)
