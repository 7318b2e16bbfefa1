"""Which listings (feeds, sitemaps, section pages) earlier runs of a source have read, and which this run reads."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from flows.archive.payload import payload_digest
from flows.common.page_types import NOT_MODIFIED, Validators

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.common.page_types import Capture
    from flows.state.listing_store import ListingState

__all__ = ["ListingCache"]


class _Store(Protocol):
    def get(self, source: str, url: str) -> ListingState | None: ...
    def record(self, source: str, state: ListingState) -> None: ...


class ListingCache:
    """The listings of one source in one run: one thread reads them, the same or another one keeps them.

    The next run must not skip a listing before its pages are safe. So it is recorded in three steps: `got` when it
    was fetched, `read` when discovery has yielded its last page, and `keep`, by the run, when all pages yielded until
    then are captured or recorded in the state. If a run is killed in between, the next one reads the listing again.
    `reads` counts those that were read, so that a discovery that is ahead of the run can say how many it may keep.
    Without a store nothing is known and nothing recorded.
    """

    def __init__(
        self, source: str, store: _Store | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._source, self._store, self._now = source, store, now
        self._got: dict[str, ListingState] = {}
        self._read: deque[ListingState] = deque()
        self._kept = 0
        self.reads = 0

    def validators(self, url: str) -> Validators | None:
        """What makes the request for a listing conditional; None: it must be fetched whole."""
        known = self._store.get(self._source, url) if self._store else None
        if known is None or (known.etag is None and known.last_modified is None):
            return None
        return Validators(known.etag, known.last_modified)

    def read_at(self, url: str) -> datetime | None:
        """When the listing was last fetched and then read to its end; None: never."""
        known = self._store.get(self._source, url) if self._store else None
        return known.fetched_at if known else None

    def got(self, url: str, answer: Capture) -> None:
        """The listing at `url` was fetched, or 304 was the answer."""
        from flows.state.listing_store import ListingState  # here, as it brings the database, which no parser needs

        known = self._store.get(self._source, url) if self._store and answer.status == NOT_MODIFIED else None
        self._got[url] = ListingState(
            url,
            fetched_at=self._now(),
            status=answer.status,
            etag=answer.header("etag") or (known.etag if known else None),
            last_modified=answer.header("last-modified") or (known.last_modified if known else None),
            digest=known.digest if known else payload_digest(answer.body),
        )

    def read(self, url: str, *, conditional: bool = True) -> None:
        """Discovery has yielded all its pages. Not `conditional`: the next run must fetch it whole, too."""
        state = self._got.pop(url, None)
        if state is None:
            return
        if not conditional:
            state = replace(state, etag=None, last_modified=None)
        self._read.append(state)
        self.reads += 1

    def keep(self, reads: int | None = None) -> None:
        """All pages of the first `reads` listings are safe (None: of all): record those that were read to their end."""
        while self._read and (reads is None or self._kept < reads):
            state = self._read.popleft()
            self._kept += 1
            if self._store:
                self._store.record(self._source, state)
