"""The state of each page of a source: when it was requested, with what result, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, or_, select

from flows.state.schema import address_key, pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.state.database import Database

__all__ = ["UNASKED", "PageState", "PageStore", "Summary"]

UNASKED = "unasked"
"""The key in `counts` of pages that were never requested."""

_AT_ONCE = 1000  # keys in one query; SQLite allows 32,766 values


@dataclass(frozen=True, slots=True)
class PageState:
    """One page; all times UTC. For the fields see the columns of `flows.state.schema.pages`.

    `outcome` is a Status of `page_types`, None for a page that was never requested. `next_try` None: never again.
    `first_captured` None means that no payload is known to be in raw/: do not send `etag` and `last_modified` then.
    `url` and `canonical` are stored in the spelling of `to_uri`. An `etag` or `last_modified` that is longer than 1,024
    characters or not a valid header value is stored as None.
    """

    url: str
    first_seen: datetime
    asked_at: datetime | None = None
    status: int | None = None
    outcome: str | None = None
    reason: str = ""
    etag: str | None = None
    last_modified: str | None = None
    validated_at: datetime | None = None
    digest: str | None = None
    first_captured: datetime | None = None
    changed_at: datetime | None = None
    captured_at: datetime | None = None
    failures: int = 0
    next_try: datetime | None = None
    canonical: str | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many pages are due and how many were given up; the times of the first and the last capture."""

    due: int
    given_up: int
    oldest: datetime | None
    newest: datetime | None


_FIELDS = [field.name for field in fields(PageState)]
_COLUMNS = [pages.c[name] for name in _FIELDS]
_ROW = ("source", "key", *_FIELDS)
_values = attrgetter(*_FIELDS)  # asdict copies every datetime, and takes ten times as long


class PageStore:
    """The pages of all sources. Addresses that `to_uri` refuses are skipped: they cannot be stored.

    Every method may raise StateError, and each is one transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, source: str, urls: Iterable[str], at: datetime) -> None:
        """The source names these pages. Unknown ones are added, due from `at` on."""
        insert = self._database.insert(pages).on_conflict_do_nothing()
        rows = _rows(source, (PageState(url, first_seen=at, next_try=at) for url in urls))
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert, rows)

    def get(self, source: str, urls: Iterable[str]) -> dict[str, PageState]:
        """The states of these pages, by the addresses as given; unknown ones are left out."""
        keys = {url: found[0] for url in urls if (found := address_key(url))}
        with self._database.reading() as connection:
            known = get_rows(connection, source, keys.values())
        return {url: known[key] for url, key in keys.items() if key in known}

    def record(self, source: str, states: Iterable[PageState]) -> None:
        """Store these pages, replacing what was known; of two with one address the last counts."""
        rows = _rows(source, states)
        if rows:
            with self._database.writing() as connection:
                connection.execute(self._database.upsert(pages), rows)

    def due(self, source: str, now: datetime, limit: int, after: PageState | None = None) -> list[PageState]:
        """At most `limit` pages whose next try has come, the longest due first: new ones, revisits and retries.

        `after` is the last page of an earlier result, to continue after it.
        """
        wanted = [pages.c.source == source, pages.c.next_try <= now]
        if after is not None:
            found = address_key(after.url)
            key, moment = found[0] if found else b"", after.next_try or now
            wanted.append(or_(pages.c.next_try > moment, and_(pages.c.next_try == moment, pages.c.key > key)))
            wanted.append(pages.c.next_try >= moment)  # implied, but without it the index is scanned from its beginning
        query = select(*_COLUMNS).where(*wanted).order_by(pages.c.next_try, pages.c.key).limit(limit)
        with self._database.reading() as connection:
            return [PageState(*row) for row in connection.execute(query)]

    def all(self, source: str) -> Iterator[PageState]:
        """Every page of the source, in no particular order; a thousand in memory at a time."""
        after = b""
        query = select(pages.c.key, *_COLUMNS).where(pages.c.source == source).order_by(pages.c.key).limit(_AT_ONCE)
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(query.where(pages.c.key > after)).all()
            if not rows:
                return
            after = rows[-1][0]
            for row in rows:
                yield PageState(*row[1:])

    def counts(self, source: str) -> dict[str, int]:
        """Pages by outcome; UNASKED for those that were never requested."""
        query = select(pages.c.outcome, func.count()).where(pages.c.source == source).group_by(pages.c.outcome)
        with self._database.reading() as connection:
            return {outcome or UNASKED: count for outcome, count in connection.execute(query)}

    def summary(self, source: str, now: datetime) -> Summary:
        """The figures of a source at `now`; reads all of its pages, some seconds for a million."""
        given_up = and_(pages.c.outcome == "failed", pages.c.next_try.is_(None))
        query = select(
            func.count().filter(pages.c.next_try <= now),
            func.count().filter(given_up),
            func.min(pages.c.first_captured),
            func.max(pages.c.captured_at),
        ).where(pages.c.source == source)
        with self._database.reading() as connection:
            return Summary(*connection.execute(query).one())

    def gone(self, source: str) -> dict[str, datetime]:
        """The pages that are held and that their site no longer has, with the time when that was first noticed."""
        query = select(pages.c.url, pages.c.gone_at).where(pages.c.source == source, pages.c.gone_at.is_not(None))
        with self._database.reading() as connection:
            return {url: at for url, at in connection.execute(query) if at is not None}

    def forget(self, source: str) -> None:
        """Delete the states of the source's pages."""
        with self._database.writing() as connection:
            connection.execute(delete(pages).where(pages.c.source == source))


def get_rows(connection: Connection, source: str, keys: Iterable[bytes]) -> dict[bytes, PageState]:
    """The pages with these keys, in the caller's transaction."""
    wanted = list(dict.fromkeys(keys))
    known: dict[bytes, PageState] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        query = select(pages.c.key, *_COLUMNS).where(pages.c.source == source, pages.c.key.in_(part))
        known.update((bytes(row[0]), PageState(*row[1:])) for row in connection.execute(query))
    return known


def to_rows(source: str, states: Mapping[bytes, PageState]) -> list[dict[str, Any]]:
    """Rows in the order of their keys, so that transactions cannot deadlock."""
    return [dict(zip(_ROW, (source, key, *_values(states[key])), strict=True)) for key in sorted(states)]


def _rows(source: str, states: Iterable[PageState]) -> list[dict[str, Any]]:
    return to_rows(source, {found[0]: state for state in states if (found := address_key(state.url))})
