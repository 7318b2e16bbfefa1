"""Imports from raw/ what the state does not know, shard by shard, each in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fastwarc.warc import ArchiveIterator
from sqlalchemy import delete, func, select

from flows.archive.cdxj import HEAD_BYTES, read_entries
from flows.archive.rewrites import load_rewrites
from flows.common.errors import SitoError
from flows.state.merge import SeenCapture, merge
from flows.state.page_store import get_rows, to_rows
from flows.state.recrawl_policy import next_try
from flows.state.schema import address_key, pages, shards, sources
from flows.store.present import present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from flows.archive.cdxj import CdxjEntry
    from flows.archive.source_archive import Archive
    from flows.state.database import Database
    from flows.state.page_store import PageState, PageStore
    from flows.state.recrawl_policy import Policy

__all__ = ["drop_missing", "forget", "imported", "reschedule", "sync_from_archive"]

_BATCH = 1000


def sync_from_archive(
    database: Database,
    source: str,
    archive: Archive,
    policy: Policy,
    now: datetime,
    progress: Callable[[int, int], None],
) -> int:
    """Import the shards that are unknown or whose size changed; returns the number of their captures.

    `progress` is told how many shards are done, and of how many. Raises SitoError for an index that cannot be read.
    """
    with database.reading() as connection:
        query = select(shards.c.name, shards.c.size).where(shards.c.source == source)
        known = {row.name: row.size for row in connection.execute(query)}
    fresh = [archive.folder / name for name, size in archive.sizes().items() if known.get(name) != size]
    captures = 0
    for done, shard in enumerate(fresh, 1):
        captures += _absorb_shard(database, source, shard, policy, now)
        progress(done, len(fresh))
    return captures


def _absorb_shard(database: Database, source: str, shard: Path, policy: Policy, now: datetime) -> int:
    size = _size(shard)
    entries = {entry.offset: (found[0], entry) for entry in read_entries(shard) if (found := address_key(entry.url))}
    keys = {key for key, _ in entries.values()}
    with database.reading() as connection:
        before = get_rows(connection, source, keys)
    # Outside of the transaction, as it reads the disk. Known captures need not be read.
    heads = _validators(shard, _newer(entries, before))
    seen = [(key, _seen(entry, heads.get(offset, (None, None)))) for offset, (key, entry) in entries.items()]
    with database.writing() as connection:
        _one_at_a_time(database, connection, source)
        before = get_rows(connection, source, keys)
        after = dict(before)
        for key, capture in seen:
            after[key] = merge(after.get(key), capture)
        changed = {
            key: replace(state, next_try=next_try(state, policy, now))
            for key, state in after.items()
            if state is not before.get(key)
        }
        if changed:
            connection.execute(database.upsert(pages), to_rows(source, changed))
        connection.execute(database.upsert(shards), {"source": source, "name": shard.name, "size": size})
    return len(seen)


def _size(shard: Path) -> int:
    try:
        return shard.stat().st_size
    except OSError as error:
        raise SitoError(f"{shard}: cannot be read: {error.strerror or error}") from error


def _newer(entries: dict[int, tuple[bytes, CdxjEntry]], before: dict[bytes, PageState]) -> Iterator[int]:
    for offset, (key, entry) in sorted(entries.items()):
        state = before.get(key)
        known = state.validated_at if state else None
        if entry.status is not None and entry.status < 400 and (known is None or entry.at > known):
            yield offset


def _seen(entry: CdxjEntry, validators: tuple[str | None, str | None]) -> SeenCapture:
    return SeenCapture(entry.url, entry.at, entry.status, entry.digest, entry.revisit, *validators)


def _validators(shard: Path, offsets: Iterable[int]) -> dict[int, tuple[str | None, str | None]]:
    """ETag and Last-Modified of the responses at these offsets; none for a record that cannot be read.

    Only the beginning of each record is decompressed, never its payload.
    """
    found: dict[int, tuple[str | None, str | None]] = {}
    try:
        with present(shard).open("rb") as file:
            for offset in offsets:
                file.seek(offset)
                try:
                    record = next(ArchiveIterator(file, parse_http=False, max_header_len=HEAD_BYTES), None)
                    if record is not None and record.is_http:
                        record.parse_http(max_header_len=HEAD_BYTES, strict_mode=False)
                        if record.is_http_parsed:
                            headers = record.http_headers
                            found[offset] = (headers.get("ETag"), headers.get("Last-Modified"))
                except ValueError:
                    continue  # damaged since it was indexed, as cleaning reports; the page is requested in full
    except OSError as error:
        raise SitoError(f"{shard}: cannot be read: {error.strerror or error}") from error
    return found


def reschedule(database: Database, source: str, store: PageStore, policy: Policy, now: datetime) -> bool:
    """Recompute every page's next try if the source's policy changed; returns whether so."""
    with database.reading() as connection:
        before = connection.execute(select(sources.c.policy).where(sources.c.source == source)).scalar()
    if before == policy.to_json():
        return False
    batch: list[PageState] = []
    for state in store.all(source):
        due = next_try(state, policy, now)
        # Pages that are waiting already keep their place in the queue.
        if due != state.next_try and not (due == now and state.next_try is not None):
            batch.append(replace(state, next_try=due))
        if len(batch) >= _BATCH:
            store.record(source, batch)
            batch = []
    store.record(source, batch)
    with database.writing() as connection:
        connection.execute(database.upsert(sources), {"source": source, "policy": policy.to_json()})
    return True


def imported(database: Database, source: str) -> set[str]:
    """The names of the shards that were imported."""
    with database.reading() as connection:
        return set(connection.execute(select(shards.c.name).where(shards.c.source == source)).scalars())


def drop_missing(database: Database, source: str, archive: Archive) -> bool:
    """Forget imported shards that are no longer there, but not their pages; returns whether any was moved away.

    Those that were rewritten into others were not.
    """
    there = set(archive.names())
    missing = imported(database, source) - there
    if missing:
        with database.writing() as connection:
            for name in sorted(missing):
                connection.execute(delete(shards).where(shards.c.source == source, shards.c.name == name))
    return bool(missing - load_rewrites(archive.folder).hidden(there.__contains__))


def forget(database: Database, source: str) -> None:
    """Delete the state of the source's pages and shards. Hosts and listings stay."""
    with database.writing() as connection:
        for table in (pages, shards, sources):
            connection.execute(delete(table).where(table.c.source == source))


def _one_at_a_time(database: Database, connection: Connection, source: str) -> None:
    """Keep others from merging into this source's pages until the transaction ends."""
    if not database.is_sqlite:  # SQLite has only one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(source))))
