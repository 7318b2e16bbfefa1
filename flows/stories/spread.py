"""Work of `sito stories` as small jobs that stand for themselves: they can be done wherever the data folder is.

A job is a shard to be read, or a band of the fingerprints of a day to be counted. What comes out does not depend on how
many bands there are, nor on where and in what order the jobs are done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flows.stories.candidates import candidates, candidates_of_bands, count_band
from flows.stories.grouping import compared
from flows.stories.index import DayFiles

if TYPE_CHECKING:
    from pathlib import Path

    from flows.stories.candidates import Shared, Texts
    from flows.stories.grouping import Propose

__all__ = ["IN_PROCESS", "BandJob", "Spread"]

LEAST_TEXTS = 1_000
"""Of a day with fewer texts the bands are counted at once: handing them out would cost more."""


@dataclass(frozen=True, slots=True)
class BandJob:
    """A band of so many: which texts of a day, and of the days before it, share fingerprints of it.

    The folder `data` has the entries of all days, and the links of those before.
    """

    data: Path
    day: int
    past: tuple[int, ...]
    band: int
    bands: int

    def __str__(self) -> str:
        return f"day {date.fromordinal(self.day)}, band {self.band + 1} of {self.bands}"

    def run(self) -> Shared:
        """Count them."""
        files = DayFiles(self.data)
        past = [(files.day(day), files.known_links(day)) for day in self.past]
        return count_band(compared(files.day(self.day), past), self.band, self.bands)


@dataclass(frozen=True, slots=True)
class Spread:
    """How jobs are done: `map` is called as the built-in one, with a function and the jobs."""

    map: Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]] = map
    bands: int = 1
    least_texts: int = LEAST_TEXTS

    def propose(self, data: Path, day: int, past: Sequence[int]) -> Propose:
        """How the candidates of a day are found."""

        def by_bands(days: Sequence[Texts]) -> Iterator[list[int]]:
            if self.bands == 1 or days[-1].wanted.sum() < self.least_texts:
                return candidates(days)
            jobs = [BandJob(data, day, tuple(past), band, self.bands) for band in range(self.bands)]
            return candidates_of_bands(days, self.map(BandJob.run, jobs))

        return by_bands


IN_PROCESS = Spread()
"""One job after the other, here."""
