"""Merges one capture of raw/ into the state of its page. Pure; the order of captures does not matter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.common.page_types import NOT_MODIFIED
from flows.state.page_store import PageState

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["SeenCapture", "merge"]


@dataclass(frozen=True, slots=True)
class SeenCapture:
    """One capture, as recorded in a shard. `status` None: a file. `revisit`: the payload was archived before."""

    url: str
    at: datetime
    status: int | None
    digest: str
    revisit: bool
    etag: str | None = None
    last_modified: str | None = None


def merge(known: PageState | None, seen: SeenCapture) -> PageState:
    """The page's state with this capture; `known` itself if the capture adds nothing newer.

    Each group of fields comes from its newest capture, so the result is the same for all orders and repetitions. A
    capture is good if it is a file, or a response with status 2xx or 3xx: a redirect is archived only with its page.
    A 304 confirms the earlier payload. A revisit alone does not set `first_captured`, as its payload may be gone.
    """
    page = known or PageState(seen.url, seen.at)
    at, payload = seen.at, not seen.revisit
    good = seen.status is None or 200 <= seen.status < 400
    new: dict[str, object] = {}
    if at < page.first_seen:
        new["first_seen"] = at
    if good:
        if page.gone_at is not None and at >= page.gone_at:
            new["gone_at"] = None
        if payload and (page.first_captured is None or at < page.first_captured):
            new["first_captured"] = at
        if payload and (page.changed_at is None or at > page.changed_at):
            new["changed_at"] = at
        if page.captured_at is None or (at, seen.digest) > (page.captured_at, page.digest or ""):
            new |= {"captured_at": at, "digest": seen.digest}
        if (seen.status != NOT_MODIFIED or seen.etag or seen.last_modified) and _validates(page, seen):
            new |= {"validated_at": at, "etag": seen.etag, "last_modified": seen.last_modified}
    outcome = "failed" if not good else "unchanged" if seen.revisit else "new"
    if page.asked_at is None or (at, _RANK[outcome], seen.status or 0) > (
        page.asked_at,
        _RANK.get(page.outcome or "", len(_RANK)),
        page.status or 0,
    ):
        reason = "" if good else f"HTTP status {seen.status}"
        new |= {"asked_at": at, "status": seen.status, "outcome": outcome, "reason": reason, "failures": int(not good)}
    if not new and known is not None:
        return known
    merged: PageState = replace(page, **new)  # type: ignore[arg-type]
    if merged.outcome in ("new", "changed"):
        first = merged.first_captured is None or merged.asked_at is None or merged.first_captured >= merged.asked_at
        merged = replace(merged, outcome="new" if first else "changed")
    return merged


_RANK = {"failed": 0, "new": 1, "changed": 1, "unchanged": 2}
"""Of captures at the same time the higher rank wins; what only a run knows (empty, refused, waiting) ranks highest."""


def _validates(page: PageState, seen: SeenCapture) -> bool:
    if page.validated_at is None:
        return True
    mine, other = (seen.etag or "", seen.last_modified or ""), (page.etag or "", page.last_modified or "")
    return (seen.at, mine) > (page.validated_at, other)
