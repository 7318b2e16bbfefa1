"""What was read of a source's documents (feeds, sitemaps, section pages) before, and what this run read of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from flows.archive.warc_records import payload_digest
from flows.common.page_types import NOT_MODIFIED
from flows.fetch.request import Validators
from flows.state.listing_store import ListingState

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.common.page_types import Capture

__all__ = ["ListingCache"]


class _Store(Protocol):
    def get(self, source: str, url: str) -> ListingState | None: ...
    def record(self, source: str, state: ListingState) -> None: ...


class ListingCache:
    """The documents of one source in one run; for one thread.

    A document that was read to its end must not be passed over by the next run before its pages are safe. So it is
    remembered in three steps: `got` when it came, `read` when discovery has given its last page, and `keep`, by the
    run, when all pages that it was given until then are captured or entered in the state. A run that is killed in
    between reads the document again. Without a store nothing is known and nothing remembered.
    """

    def __init__(
        self, source: str, store: _Store | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._source, self._store, self._now = source, store, now
        self._got: dict[str, ListingState] = {}
        self._read: list[ListingState] = []

    def validators(self, url: str) -> Validators | None:
        """What makes the question for a document conditional; None: it must come whole."""
        known = self._store.get(self._source, url) if self._store else None
        if known is None or (known.etag is None and known.last_modified is None):
            return None
        return Validators(known.etag, known.last_modified)

    def read_at(self, url: str) -> datetime | None:
        """When the document was last asked for of those times when it was read to its end; None: never."""
        known = self._store.get(self._source, url) if self._store else None
        return known.fetched_at if known else None

    def got(self, url: str, answer: Capture) -> None:
        """The document at `url` came, or 304 for it."""
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
        """Discovery has given all pages of it. Not `conditional`: it must come whole the next time, too."""
        state = self._got.pop(url, None)
        if state is None:
            return
        if not conditional:
            state = ListingState(url, state.fetched_at, state.status, digest=state.digest)
        self._read.append(state)

    def keep(self) -> None:
        """All pages that discovery has given are safe: remember the documents that were read to their end."""
        if self._store:
            for state in self._read:
                self._store.record(self._source, state)
        self._read.clear()
