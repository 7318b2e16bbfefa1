"""What all runs on all machines share about hosts: robots.txt, the slot for the next request, and suspensions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, or_, select, update

from flows.state.schema import Moment, hosts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Executable

    from flows.state.database import Database

__all__ = ["ROBOTS_BYTES", "HostStore", "RobotsState"]

ROBOTS_BYTES = 500 * 1024
"""The part of a robots.txt that is stored: the minimum that RFC 9309 (2.5) requires crawlers to parse."""

_FARTHEST = timedelta(days=2)
"""No pause is longer than a day: a time farther ahead was written by a wrong clock and is ignored."""

_LONGEST_HOST = 300  # host names have at most 253 characters, some 270 with scheme and port


@dataclass(frozen=True, slots=True)
class RobotsState:
    """The last response for a host's robots.txt; `status` is None if the host could not be reached."""

    status: int | None
    body: bytes
    fetched_at: datetime


class HostStore:
    """The hosts of all sources. `host` is any spelling that callers agree on: `example.org`, `http://example.org:81`.

    Every method may raise StateError, and each is one transaction of one or two statements.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._take = _take(database)

    def robots(self, host: str) -> RobotsState | None:
        """The host's last robots.txt; None if it was never requested. The caller decides how old it may be."""
        query = select(hosts.c.robots_status, hosts.c.robots_body, hosts.c.robots_at).where(hosts.c.host == _name(host))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None or row[2] is None else RobotsState(row[0], bytes(row[1] or b""), row[2])

    def record_robots(self, host: str, robots: RobotsState) -> None:
        """Store it, truncated to ROBOTS_BYTES."""
        values = {
            "robots_status": robots.status,
            "robots_body": robots.body[:ROBOTS_BYTES],
            "robots_at": robots.fetched_at,
        }
        insert = self._database.insert(hosts).values(host=_name(host), **values)
        with self._database.writing() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=[hosts.c.host], set_=values))

    def suspend(self, host: str, until: datetime) -> None:
        """Suspend the host until `until`, or until the end of an earlier suspension if that is later."""
        insert = self._database.insert(hosts).values(host=_name(host), aside_until=until)
        known = hosts.c.aside_until
        sooner = or_(known.is_(None), known < until, known > until + _FARTHEST)
        later = insert.on_conflict_do_update(index_elements=[hosts.c.host], set_={"aside_until": until}, where=sooner)
        with self._database.writing() as connection:
            connection.execute(later)

    def suspended(self, now: datetime) -> dict[str, datetime]:
        """All suspended hosts and the ends of their suspensions, by name."""
        query = select(hosts.c.host, hosts.c.aside_until).where(hosts.c.aside_until > now).order_by(hosts.c.host)
        with self._database.reading() as connection:
            return {row.host: row.aside_until for row in connection.execute(query)}

    def lease(self, host: str, holder: str, delay: float, now: datetime, seconds: float) -> float:
        """Take the host's slot: 0.0 if `holder` has it for `seconds`, else the seconds to wait before asking again.

        Only one holder at a time has it, on whatever process or machine. The holder may ask again to extend it. It ends
        with `release` or when it expires; either way, the next one begins at least `delay` seconds after `now`.
        """
        row = {
            "host": _name(host),
            "lease_holder": holder,
            "lease_until": now + timedelta(seconds=seconds),
            "ready_at": now + timedelta(seconds=delay),
        }
        with self._database.writing() as connection:
            if connection.execute(self._take, row | {"now": now, "farthest": now + _FARTHEST}).first() is not None:
                return 0.0
            found = connection.execute(select(*_OBSTACLES).where(hosts.c.host == _name(host))).one()
        return max(0.001, _longest(found, now))

    def pause(self, host: str, now: datetime) -> float:
        """The seconds until the host may be requested again, apart from the slot's current holder."""
        with self._database.reading() as connection:
            found = connection.execute(select(*_PAUSES).where(hosts.c.host == _name(host))).one_or_none() or ()
        return _longest(found, now)

    def release(self, host: str, holder: str, delay: float, now: datetime | None = None) -> None:
        """Give the slot back; the next one begins at least `delay` seconds after `now` (None: the current time).

        Does nothing if `holder` no longer has it because it expired.
        """
        ready = (now or datetime.now(UTC)) + timedelta(seconds=delay)
        give = update(hosts).where(hosts.c.host == _name(host), hosts.c.lease_holder == holder)
        with self._database.writing() as connection:
            connection.execute(give.values(lease_holder=None, lease_until=None, ready_at=ready))

    def release_owned(self, owner: str) -> None:
        """Give back all slots of holders whose names begin with `owner` and a slash: they were killed.

        Their pauses stay.
        """
        start = owner + "/"
        theirs = func.substr(hosts.c.lease_holder, 1, len(start)) == start
        with self._database.writing() as connection:
            connection.execute(update(hosts).where(theirs).values(lease_holder=None, lease_until=None))


_PAUSES = (hosts.c.ready_at, hosts.c.aside_until)
_OBSTACLES = (hosts.c.lease_until, *_PAUSES)


def _longest(moments: Iterable[datetime | None], now: datetime) -> float:
    ends = [moment for moment in moments if moment is not None and moment <= now + _FARTHEST]
    return max(((moment - now).total_seconds() for moment in ends if moment > now), default=0.0)


def _take(database: Database) -> Executable:
    """The statement that takes the slot if it is free or already ours, and returns a row if so.

    It is one statement, which both databases evaluate on the newest row: of two that ask at once, one gets it. It is
    built once, as each request to a host needs it, and building it takes longer than running it.
    """
    now = bindparam("now", type_=Moment())
    insert = database.insert(hosts)
    farthest = bindparam("farthest", type_=Moment())
    free = and_(*(or_(moment.is_(None), moment <= now, moment > farthest) for moment in _OBSTACLES))
    mine = and_(hosts.c.lease_holder == insert.excluded.lease_holder, hosts.c.lease_until > now)
    new = {name: insert.excluded[name] for name in ("lease_holder", "lease_until", "ready_at")}
    take = insert.on_conflict_do_update(index_elements=[hosts.c.host], set_=new, where=or_(mine, free))
    return take.returning(hosts.c.host)


def _name(host: str) -> str:
    return host[:_LONGEST_HOST].encode("ascii", "backslashreplace").decode().replace("\0", " ")
