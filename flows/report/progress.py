"""How far a run is: one count, shown by whoever listens (the terminal, the artifact)."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, get_args

from flows.common.escape import one_line
from flows.common.page_types import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flows.common.page_types import Outcome


CAPTURING, DONE, FAILED = "capturing", "done", "failed"
"""Activities of a run; the last two end it."""


class Progress:
    """Counts pages while a run goes, and tells its listeners at every change. Call it from one thread."""

    def __init__(self, source: str, *listeners: Callable[[Progress], None]) -> None:
        self.source = source
        self.activity = "starting"
        self.found = 0
        self.complete = False  # are all pages found, so that `found` is the whole?
        self.counts: Counter[str] = Counter()
        self.kept = 0  # pages that came, and whose cleaning is to say what they are
        self.bytes = 0
        self.waiting: list[str] = []  # for these hosts
        self._listeners = listeners
        self._started = time.monotonic()

    @property
    def done(self) -> int:
        """Pages whose outcome is known."""
        return self.counts.total()

    @property
    def share(self) -> float:
        """Done of found, 0 to 1."""
        return min(self.done / self.found, 1.0) if self.found else 0.0

    @property
    def rate(self) -> float:
        """Pages a second since the start, those that wait for their cleaning among them."""
        return (self.done + self.kept) / max(time.monotonic() - self._started, 1e-9)

    @property
    def has_news(self) -> bool:
        """Whether a page was found that is not as it was."""
        return bool(self.kept or any(n for status, n in self.counts.items() if status not in ("unchanged", "waiting")))

    def doing(self, activity: str) -> None:
        """Say in a word or two what is being done: "capturing", "cleaning"."""
        self.activity = activity
        self._tell()

    @contextmanager
    def to_the_end(self) -> Iterator[None]:
        """Say when the block ends that all is done, unless it failed, or has said so itself."""
        try:
            yield
        except Exception:
            self.doing(FAILED)
            raise
        if self.activity != FAILED:
            self.doing(DONE)

    def find(self, pages: int, *, all_found: bool = False) -> None:
        """So many more pages were discovered; `all_found`: no more will be."""
        self.found += pages
        self.complete = self.complete or all_found
        self._tell()

    def receive(self, size: int) -> None:
        """So many bytes of a page came in."""
        self.bytes += size

    def keep(self) -> None:
        """A page came, and will be cleaned."""
        self.kept += 1
        self._tell()

    def wait(self, hosts: list[str]) -> None:
        """These hosts are being asked, or it is not their turn yet."""
        self.waiting = hosts
        self._tell()

    def finish(self, outcomes: Iterable[Outcome]) -> None:
        """The outcome of these pages is known."""
        self.counts.update(outcome.status for outcome in outcomes)
        self._tell()

    def clean(self, outcomes: Sequence[Outcome]) -> None:
        """The outcome of these pages is known, which were kept before."""
        self.kept = max(0, self.kept - len(outcomes))
        self.finish(outcomes)

    def state(self) -> str:
        """What is being done, and how far it is, in one plain line."""
        none = "no pages" if self.complete else "no pages yet"
        total = f"{self.done:,} of {self.found:,} pages" if self.found else none
        counts = "".join(f", {self.counts[s]:,} {s}" for s in get_args(Status) if self.counts[s])
        return f"{self.activity}, {total}{counts}{self.traffic()}, {self.rate:.1f} pages/s"

    def traffic(self) -> str:
        """What came in, and who is waited for: `, 30 to clean, 3.1 MB, waiting for a.example and 4 more hosts`."""
        came = f", {self.kept:,} to clean" if self.kept else ""
        came += f", {self.bytes / 1e6:,.1f} MB" if self.bytes else ""
        if not self.waiting or self.activity != CAPTURING:
            return came
        first, *others = self.waiting
        more = f" and {len(others)} more host{'s' if len(others) > 1 else ''}" if others else ""
        return f"{came}, waiting for {one_line(first, 60)}{more}"

    def _tell(self) -> None:
        for listener in self._listeners:
            listener(self)
