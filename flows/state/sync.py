"""What raw/ holds and the state does not know: read shard by shard, each taken in whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fastwarc.warc import ArchiveIterator
from sqlalchemy import delete, func, select

from flows.archive.cdxj import HEAD_BYTES, read_entries
from flows.common.errors import SitoError
from flows.state.merge import SeenCapture, merge
from flows.state.page_store import get_rows, to_rows
from flows.state.recrawl_policy import next_try
from flows.state.schema import address_key, pages, shards, sources

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

__all__ = ["drop_missing", "forget", "reschedule", "sync_from_archive"]

_BATCH = 1000


def sync_from_archive(
    database: Database,
    source: str,
    archive: Archive,
    policy: Policy,
    now: datetime,
    progress: Callable[[int, int], None],
) -> int:
    """Take in the shards that are not known, or have another size than then; gives the number of their captures.

    `progress` is told how many shards are done, and of how many. Raises SitoError for an index that cannot be read.
    """
    with database.reading() as connection:
        query = select(shards.c.name, shards.c.size).where(shards.c.source == source)
        known = {row.name: row.size for row in connection.execute(query)}
    fresh = [shard for shard in archive.shards() if known.get(shard.name) != _size(shard)]
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
    # Outside of the transaction, as it reads the disk. What is known already needs no look.
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
    """ETag and Last-Modified of the responses at these offsets; of a record that cannot be read, none.

    Only the beginning of each record is unpacked: its payload is never looked at.
    """
    found: dict[int, tuple[str | None, str | None]] = {}
    try:
        with shard.open("rb") as file:
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
                    continue  # damaged since it was indexed, which cleaning reports; the page is asked for in full
    except OSError as error:
        raise SitoError(f"{shard}: cannot be read: {error.strerror or error}") from error
    return found


def reschedule(database: Database, source: str, store: PageStore, policy: Policy, now: datetime) -> bool:
    """Reckon every page's next try anew where the source's policy is another than the last time; whether it was."""
    with database.reading() as connection:
        before = connection.execute(select(sources.c.policy).where(sources.c.source == source)).scalar()
    if before == policy.to_json():
        return False
    batch: list[PageState] = []
    for state in store.all(source):
        due = next_try(state, policy, now)
        # What waits for its first or next turn keeps its place.
        if due != state.next_try and not (due == now and state.next_try is not None):
            batch.append(replace(state, next_try=due))
        if len(batch) >= _BATCH:
            store.record(source, batch)
            batch = []
    store.record(source, batch)
    with database.writing() as connection:
        connection.execute(database.upsert(sources), {"source": source, "policy": policy.to_json()})
    return True


def drop_missing(database: Database, source: str, archive: Archive) -> bool:
    """Forget the shards that were taken in and are no longer there, though not their pages; whether there were any."""
    with database.reading() as connection:
        known = set(connection.execute(select(shards.c.name).where(shards.c.source == source)).scalars())
    missing = known - {shard.name for shard in archive.shards()}
    if missing:
        with database.writing() as connection:
            for name in sorted(missing):
                connection.execute(delete(shards).where(shards.c.source == source, shards.c.name == name))
    return bool(missing)


def forget(database: Database, source: str) -> None:
    """Nothing is known of the source's pages and shards any more. What is known of hosts and feeds stays."""
    with database.writing() as connection:
        for table in (pages, shards, sources):
            connection.execute(delete(table).where(table.c.source == source))


def _one_at_a_time(database: Database, connection: Connection, source: str) -> None:
    """Let nobody else merge into this source's pages until the transaction ends."""
    if not database.is_sqlite:  # there a writer is alone anyway
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(source))))
