"""The state: what sito remembers between runs beside raw/, and for the most part derives from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from flows.state.database import Database
from flows.state.host_store import HostStore
from flows.state.listing_store import ListingStore
from flows.state.page_store import PageStore
from flows.state.recrawl_policy import Policy
from flows.state.sync import drop_missing, forget, imported, reschedule, sync_from_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from flows.archive.source_archive import Archive

__all__ = ["State"]


class State:
    """The pages, listings and hosts of one database; a context manager, safe to share between threads.

    After a fork each process opens its own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.pages = PageStore(database)
        self.listings = ListingStore(database)
        self.hosts = HostStore(database)

    @classmethod
    def open(cls, address: str) -> State:
        """Open the database at a SQLAlchemy address, create it if it is missing and bring its tables up to date.

        `sqlite:////path/to/state.sqlite`, or `postgresql://user:password@host/database`. Raises StateError, a SitoError
        without any password in it, for an invalid address, a database that is not available, and one made by a
        newer sito.
        """
        return cls(Database(address))

    @property
    def name(self) -> str:
        """Where it is, without credentials."""
        return self._database.name

    def sync_from_archive(
        self,
        source: str,
        archive: Archive,
        policy: Policy | None = None,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> int:
        """Import what is in raw/ but not in the state; returns the number of captures read.

        Imported shards are known by name and size and not read again. If one was moved away, its pages stay, but feeds
        and sitemaps are requested unconditionally once. Later information in the state is not overwritten. `policy`
        (None: request nothing again) says when the pages are due; if it changed since the last time, all of the
        source's pages are rescheduled. `progress` receives the number of shards done and of all. Raises StateError, and
        SitoError for an index that cannot be read.
        """
        now = datetime.now(UTC)
        reschedule(self._database, source, self.pages, policy or Policy(), now)
        if drop_missing(self._database, source, archive):
            self.listings.forget(source)  # what is unchanged may name pages that are gone
        return sync_from_archive(self._database, source, archive, policy or Policy(), now, progress)

    def rebuild(
        self,
        source: str,
        archive: Archive,
        policy: Policy | None = None,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> int:
        """Forget the source's pages and import all of raw/; the caller holds the archive's lock.

        Failures, and pages that were named but never captured, are lost: the next run finds or tries them again, and
        requests feeds and sitemaps unconditionally to do so.
        """
        forget(self._database, source)
        self.listings.forget(source)
        return self.sync_from_archive(source, archive, policy, progress)

    def imported(self, source: str) -> set[str]:
        """The names of the shards that were imported."""
        return imported(self._database, source)

    def lost(self, source: str, urls: Iterable[str]) -> None:
        """The captures of these pages are gone: they are due at once, and so are all listings that may name them."""
        now = datetime.now(UTC)
        known = self.pages.get(source, urls)
        self.pages.record(source, [replace(page, next_try=now) for page in known.values()])
        self.listings.forget(source)

    def close(self) -> None:
        """Close its connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
