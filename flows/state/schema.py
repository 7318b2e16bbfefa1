"""The tables of the state, each column described; `migrations/` makes them.

Addresses are keyed by a 16-byte hash, as a PostgreSQL index refuses entries of more than some 2,700 bytes. Untrusted
text is sanitized for both databases here, in the column types: PostgreSQL refuses NUL in text, and no driver can encode
half of a surrogate pair.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, TypeDecorator

from flows.urls.uri import BadAddressError, address_hash, to_uri

if TYPE_CHECKING:
    from sqlalchemy import Dialect

__all__ = ["Moment", "address_key", "documents", "hosts", "metadata", "pages", "shards", "sources"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_VALIDATOR = re.compile("[\x20-\x7e\x80-\xff]*")  # RFC 9110, field-value: it is sent back as it came
KEY_BYTES = 16
"""Of the columns `key`. Stored, so never to be changed without a migration."""

VALIDATOR_CHARACTERS = 1024
REASON_CHARACTERS = 500


def address_key(url: str) -> tuple[bytes, str] | None:
    """The 16-byte key of an address and its normalized spelling; None if it cannot be stored."""
    try:
        uri = to_uri(url)
    except BadAddressError:
        return None
    return address_hash(uri, KEY_BYTES), uri


class Moment(TypeDecorator[datetime]):
    """A time with its zone, stored as microseconds since 1970 UTC: the same in both databases, exact and short."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Raises TypeError for a time without a zone."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The time in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Line(TypeDecorator[str]):
    """Text for people: one line of at most REASON_CHARACTERS, without controls and halves of surrogate pairs."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Unfit characters become a space."""
        return None if value is None else _UNFIT.sub(" ", value[:REASON_CHARACTERS])


class Validator(TypeDecorator[str]):
    """An ETag or Last-Modified header. Stored as it is or not at all: truncated, it would name another version."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """None for a value that is too long or not a valid header value."""
        fit = value is not None and len(value) <= VALIDATOR_CHARACTERS and _VALIDATOR.fullmatch(value)
        return value or None if fit else None


class Address(TypeDecorator[str]):
    """An address in its normalized spelling; None if it has none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """`to_uri` of it."""
        found = None if value is None else address_key(value)
        return found[1] if found else None


metadata = MetaData()

pages = Table(
    "pages",
    metadata,
    Column("source", Text, primary_key=True, doc="name of the source"),
    Column("key", LargeBinary, primary_key=True, doc="16-byte hash of the address: address_key"),
    Column("url", Address, nullable=False, doc="the address"),
    Column("first_seen", Moment, nullable=False, doc="when the source first named it, or its first capture in raw/"),
    Column("asked_at", Moment, doc="the last request; NULL: never"),
    Column("status", Integer, doc="the HTTP status of the last answer; NULL: none came, or a file"),
    Column("outcome", Text, doc="the result of the last request: a Status of page_types; NULL: never requested"),
    Column("reason", Line, nullable=False, doc="why it failed or was refused, else empty"),
    Column("etag", Validator, doc="ETag for conditional requests"),
    Column("last_modified", Validator, doc="Last-Modified for conditional requests, as the server wrote it"),
    Column("validated_at", Moment, doc="the response that gave etag and last_modified"),
    Column("digest", Text, doc="of the payload archived last: sha1: and base32"),
    Column("first_captured", Moment, doc="the first good capture; NULL: none is known"),
    Column("changed_at", Moment, doc="the last capture with a payload that the address had not given before"),
    Column("captured_at", Moment, doc="the last good capture, or the last confirmation of one"),
    Column("failures", Integer, nullable=False, doc="failures in a row, or refusals"),
    Column("next_try", Moment, doc="when to request it again; NULL: never, by the source's policy"),
    Column("canonical", Address, doc="the canonical address that the page states, if different"),
    Column(
        "gone_at", Moment, doc="when its site first answered that the page, which is held, is gone; NULL: it is not"
    ),
)
Index("pages_due", pages.c.source, pages.c.next_try, pages.c.key)
_GONE = pages.c.gone_at.is_not(None)
Index("pages_gone", pages.c.source, sqlite_where=_GONE, postgresql_where=_GONE)

documents = Table(
    "documents",
    metadata,
    Column("source", Text, primary_key=True, doc="name of the source"),
    Column("key", LargeBinary, primary_key=True, doc="16-byte hash of the address: address_key"),
    Column("url", Address, nullable=False, doc="the address of a feed, sitemap or section page"),
    Column("fetched_at", Moment, doc="the last request; NULL: never"),
    Column("status", Integer, doc="the HTTP status of the last answer; NULL: none came"),
    Column("etag", Validator, doc="ETag for conditional requests"),
    Column("last_modified", Validator, doc="Last-Modified for conditional requests, as the server wrote it"),
    Column("digest", Text, doc="of the payload read last: sha1: and base32"),
    Column("failures", Integer, nullable=False, doc="failures in a row"),
    Column("next_try", Moment, doc="not to be requested before; NULL: at any time"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True, doc="the host as the fetcher names it, of all sources"),
    Column("robots_status", Integer, doc="the HTTP status of robots.txt; NULL: unreachable, or never requested"),
    Column("robots_body", LargeBinary, doc="the robots.txt, truncated to ROBOTS_BYTES"),
    Column("robots_at", Moment, doc="when robots.txt was requested; NULL: never"),
    Column("aside_until", Moment, doc="end of the host's suspension: it asked for one, or failed too often"),
    Column("lease_holder", Text, doc="the holder of the host's slot"),
    Column("lease_until", Moment, doc="when the slot expires"),
    Column("ready_at", Moment, doc="the earliest time of the next request: the delay between two"),
)

shards = Table(
    "shards",
    metadata,
    Column("source", Text, primary_key=True, doc="name of the source"),
    Column("name", Text, primary_key=True, doc="file name of a shard in raw/ that was imported"),
    Column("size", BigInteger, nullable=False, doc="its size in bytes then: a shard whose size differs is read again"),
)

sources = Table(
    "sources",
    metadata,
    Column("source", Text, primary_key=True, doc="name of the source"),
    Column("policy", Text, nullable=False, doc="the policy by which pages.next_try was computed, as JSON"),
)
