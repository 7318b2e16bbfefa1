"""When to ask for a page again. Pure: the same page, policy and moment give the same answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flows.state.page_store import PageState

__all__ = ["Policy", "next_try"]

FIRST_WAIT = timedelta(hours=1)
FIRST_REFUSAL = timedelta(days=1)
"""As long as a robots.txt holds: some sites shut everybody out for the hours of a mending."""
LONGEST_WAIT = timedelta(days=7)
GONE = (404, 410)
MOVED = (301, 308)
GONE_TIMES = 3
"""An address that is not there so often in a row is given up: the site has taken the page away, or never had it."""

_LAST = datetime.max.replace(tzinfo=UTC)


class _Source(Protocol):
    @property
    def named_only(self) -> bool: ...
    @property
    def revisit_hours(self) -> tuple[int, ...]: ...
    @property
    def refresh_hours(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How a source's pages are asked for again, in hours.

    `revisit_hours`: when a page is so old, counted from its first capture: news changes in its first hours.
    `refresh_hours`: after the last of these, whenever the last capture is so old; None: never. `named_only`: pages that
    the source no longer names are not asked for.
    """

    revisit_hours: tuple[float, ...] = ()
    refresh_hours: float | None = None
    named_only: bool = False

    @classmethod
    def of(cls, source: _Source) -> Policy:
        """The source's own."""
        return cls(source.revisit_hours, source.refresh_hours, source.named_only)

    def to_json(self) -> str:
        """One spelling for one policy."""
        return json.dumps(asdict(self), sort_keys=True)


def next_try(page: PageState, policy: Policy, now: datetime) -> datetime | None:
    """When the page is to be asked for again; None: never.

    - never asked, or not asked for in its turn (`waiting`): now;
    - failed: one hour after the request, then twice as long for each failure in a row, at most seven days, and up to a
      quarter sooner: pages that fail together do not come back together. 404 or 410 three times: never;
    - refused: the same with a day in place of the hour, as robots.txt and settings change;
    - else it was captured: as the policy says. Of revisits that were missed, one is made up for. Where a page has moved
      for good, its new address has turns of its own, and the old one needs none.
    """
    if page.asked_at is None or page.outcome in (None, "waiting"):
        return now
    if page.outcome == "failed":
        if page.status in GONE and page.failures >= GONE_TIMES:
            return None
        return _later(page.asked_at, _doubled(FIRST_WAIT, page))
    if page.outcome == "refused":
        return _later(page.asked_at, _doubled(FIRST_REFUSAL, page))
    if page.status in MOVED and not policy.named_only:
        return None
    first = page.first_captured or page.captured_at or page.asked_at
    for hours in policy.revisit_hours:
        if (due := _later(first, timedelta(hours=hours))) > page.asked_at:
            return due
    if policy.refresh_hours is None:
        return None
    return _later(page.asked_at, timedelta(hours=policy.refresh_hours))


def _later(at: datetime, wait: timedelta) -> datetime:
    return at + wait if at < _LAST - wait else _LAST  # a record of some archive may say that it is of the year 9999


def _doubled(first: timedelta, page: PageState) -> timedelta:
    """The wait after so many failures, or three quarters of it, by address and number: no chance in it."""
    wait = min(first * (1 << min(max(page.failures, 1) - 1, 20)), LONGEST_WAIT)
    hashed = hashlib.blake2b(f"{page.failures} {page.url}".encode("utf-8", "backslashreplace"), digest_size=4).digest()
    return wait * (0.75 + 0.25 * int.from_bytes(hashed) / 2**32)
