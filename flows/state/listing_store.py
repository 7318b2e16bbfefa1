"""What is known of the feeds, sitemaps and section pages of a source: how to check whether they changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from flows.state.schema import address_key, documents

if TYPE_CHECKING:
    from datetime import datetime

    from flows.state.database import Database

__all__ = ["ListingState", "ListingStore"]


@dataclass(frozen=True, slots=True)
class ListingState:
    """One feed, sitemap or section page; all times UTC. For the fields see the columns of `documents`."""

    url: str
    fetched_at: datetime | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    failures: int = 0
    next_try: datetime | None = None


_COLUMNS = [documents.c[field.name] for field in fields(ListingState)]


class ListingStore:
    """The listings of all sources. Every method may raise StateError, and each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, source: str, url: str) -> ListingState | None:
        """The stored state of the listing; None if it is unknown."""
        found = address_key(url)
        if found is None:
            return None
        query = select(*_COLUMNS).where(documents.c.source == source, documents.c.key == found[0])
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else ListingState(*row)

    def record(self, source: str, state: ListingState) -> None:
        """Store it, replacing what was known. An address that `to_uri` refuses is skipped."""
        found = address_key(state.url)
        if found is None:
            return
        with self._database.writing() as connection:
            row = {"source": source, "key": found[0]} | asdict(state)
            connection.execute(self._database.upsert(documents), row)

    def all(self, source: str) -> list[ListingState]:
        """Every listing of the source, by address."""
        query = select(*_COLUMNS).where(documents.c.source == source).order_by(documents.c.url)
        with self._database.reading() as connection:
            return [ListingState(*row) for row in connection.execute(query)]

    def forget(self, source: str) -> None:
        """Delete the source's listings: they are requested unconditionally once."""
        with self._database.writing() as connection:
            connection.execute(delete(documents).where(documents.c.source == source))
