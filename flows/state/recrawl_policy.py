"""Decides when to request a page again. Pure: the same page, policy and time give the same answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from flows.common.page_types import GONE

if TYPE_CHECKING:
    from flows.state.page_store import PageState

__all__ = ["Policy", "next_try"]

FIRST_WAIT = timedelta(hours=1)
FIRST_REFUSAL = timedelta(days=1)
"""As long as a robots.txt is cached: some sites block all crawlers during maintenance."""
LONGEST_WAIT = timedelta(days=7)
MOVED = (301, 308)
TOO_LATE = timedelta(days=7)
"""After which a missed revisit is not made up for: the news of then no longer change, and there may be 100,000."""
GONE_TIMES = 3
"""An address that is missing this often in a row is given up: the page was removed, or never existed."""

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
    """When a source's pages are requested again, in hours.

    `revisit_hours`: at these ages of a page, from its first capture: news changes in its first hours.
    `refresh_hours`: after the last of these, whenever the last capture is this old; None: never.
    `named_only`: pages that the source no longer names are not requested.
    """

    revisit_hours: tuple[float, ...] = ()
    refresh_hours: float | None = None
    named_only: bool = False

    @classmethod
    def of(cls, source: _Source) -> Policy:
        """The policy in a source's settings."""
        # A page removed from a list is no longer wanted; a feed names every page only for a while.
        return cls(source.revisit_hours, source.refresh_hours, source.named_only)

    def to_json(self) -> str:
        """Equal policies give equal text."""
        return json.dumps(asdict(self), sort_keys=True)


def next_try(page: PageState, policy: Policy, now: datetime) -> datetime | None:
    """When to request the page again; None: never.

    - never requested, or postponed (`waiting`): now;
    - failed or gone: one hour after the request, then twice as long for each failure in a row, at most seven days, and
      up to a quarter sooner: pages that fail together are not retried together. 404 or 410 three times: never;
    - refused: the same with a day instead of an hour, as robots.txt and settings change;
    - captured: as the policy says. Of missed revisits, one is made up for, within a week. If a page has moved
      permanently, its new address has its own schedule, and the old one needs none.
    """
    if page.asked_at is None or page.outcome in (None, "waiting"):
        return now
    if page.outcome in ("failed", "gone"):
        if page.status in GONE and page.failures >= GONE_TIMES:
            return None
        return _later(page.asked_at, _doubled(FIRST_WAIT, page))
    if page.outcome == "refused":
        return _later(page.asked_at, _doubled(FIRST_REFUSAL, page))
    if page.status in MOVED and not policy.named_only:
        return None
    first = page.first_captured or page.captured_at or page.asked_at
    for hours in policy.revisit_hours:
        if (due := _later(first, timedelta(hours=hours))) > page.asked_at and now <= _later(due, TOO_LATE):
            return due
    if policy.refresh_hours is None:
        return None
    return _later(page.asked_at, timedelta(hours=policy.refresh_hours))


def _later(at: datetime, wait: timedelta) -> datetime:
    return at + wait if at < _LAST - wait else _LAST  # an imported record may be dated in the year 9999


def _doubled(first: timedelta, page: PageState) -> timedelta:
    """The wait after so many failures, shortened by up to a quarter: by a hash of address and count, not at random."""
    wait = min(first * (1 << min(max(page.failures, 1) - 1, 20)), LONGEST_WAIT)
    hashed = hashlib.blake2b(f"{page.failures} {page.url}".encode("utf-8", "backslashreplace"), digest_size=4).digest()
    return wait * (0.75 + 0.25 * int.from_bytes(hashed) / 2**32)
