"""The state: what sito remembers between runs beside raw/, and for the most part derives from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from flows.state.database import Database
from flows.state.host_store import HostStore
from flows.state.listing_store import ListingStore
from flows.state.page_store import PageStore
from flows.state.recrawl_policy import Policy
from flows.state.sync import drop_missing, forget, reschedule, sync_from_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from flows.archive.source_archive import Archive

__all__ = ["State"]


class State:
    """The pages, documents and hosts of one database; a context manager, safe to share between threads.

    A process that forks opens its own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.pages = PageStore(database)
        self.listings = ListingStore(database)
        self.hosts = HostStore(database)

    @classmethod
    def open(cls, address: str) -> State:
        """Open the database at a SQLAlchemy address, make it where it is missing and bring its tables up to date.

        `sqlite:////path/to/state.sqlite`, or `postgresql://user:password@host/database`. Raises StateError, a SitoError
        without any password in it, for an address that is none, a database that cannot be had, and one that a newer
        sito made.
        """
        return cls(Database(address))

    @property
    def name(self) -> str:
        """Where it lies, fit to be shown."""
        return self._database.name

    def sync_from_archive(
        self,
        source: str,
        archive: Archive,
        policy: Policy | None = None,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> int:
        """Take in what raw/ holds and the state does not know; gives the number of captures read.

        Shards that were taken in are known by name and size, and read no more; one that was moved away takes nothing
        with it, but for the memory of feeds and sitemaps: they come whole once more. What the state knows of a later
        moment stays. `policy` (none: ask for nothing again) says when the pages are due; another one than the last time
        makes all of the source's pages due anew. `progress` is told how many shards are done, and of how many. Raises
        StateError, and SitoError for an index that cannot be read.
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
        """Forget the source's pages and take in all of raw/; the caller holds the archive's lock.

        Lost are failures, and pages that were named but never captured: the next run finds or tries them again, for
        which feeds and sitemaps must come whole.
        """
        forget(self._database, source)
        self.listings.forget(source)
        return self.sync_from_archive(source, archive, policy, progress)

    def close(self) -> None:
        """Give its connections back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
