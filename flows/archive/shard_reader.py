"""Reads the pages of shards, in the order of capture."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.archive.cdxj import CAPTURES, HEAD_BYTES, index_path, payload_of, read_entries, read_seal
from flows.archive.gzip_members import first_damage
from flows.archive.payload import PAGE_BYTES, UNKNOWN_TYPE, PayloadError, open_payload, payload_digest
from flows.common.errors import SitoError
from flows.store.present import present

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

RIGHTS = ("X-Robots-Tag", "TDM-Reservation")
"""Headers in which a site reserves rights to its page."""

_CUT = "it ends in the middle of a record"
_LISTED = "its index lists pages after this one"
_CHANGED = "its payload does not match its digest: it was changed after it was captured; put back a copy of the shard"


class DamagedShard(SitoError):  # noqa: N818 - names the state of the file; readers continue after it
    """A shard that cannot be read beyond some offset."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One page as it was captured.

    `body` is the page with its content encoding and gzip decoded; if that failed it is empty and `error` says why in
    one line. `at` is UTC, the time of the capture or of the file; `status` is None for files. `offset` is where
    the record begins in the shard, `digest` the digest of the payload as stored (`sha1:` and base32), `evidence` the
    feed's entry. `rights` are the response headers that may reserve rights.
    """

    url: str
    body: bytes
    content_type: str | None
    at: datetime
    status: int | None
    offset: int
    digest: str
    evidence: str | None
    error: str | None = None
    rights: tuple[tuple[str, str], ...] = ()


def read_shard(path: Path, page_bytes: int = PAGE_BYTES) -> Iterator[StoredPage]:
    """The new pages of a shard: files and responses with status 2xx; no revisits, and no error pages.

    A page of more than `page_bytes` unpacked has an `error`. Raises DamagedShard, naming file and offset, after the
    pages before the damage; SitoError if the file cannot be opened.
    """
    try:
        with present(path).open("rb") as file:
            yield from _read(path, file, 0, page_bytes)
    except OSError as error:
        raise SitoError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_page(path: Path, offset: int, page_bytes: int = PAGE_BYTES) -> StoredPage:
    """The page whose record begins at `offset`. Raises DamagedShard if no complete page begins there."""
    try:
        with present(path).open("rb") as file:
            file.seek(offset)
            page = next(_read(path, file, offset, page_bytes), None)
    except OSError as error:
        raise SitoError(f"{path}: cannot be read: {error.strerror or error}") from error
    if page is None or page.offset != offset:
        raise DamagedShard(f"{path}: no page begins at offset {offset}")
    return page


def _read(path: Path, file: BinaryIO, start: int, page_bytes: int) -> Iterator[StoredPage]:
    page: StoredPage | None = None
    page_id: str | None = None
    last: int | None = None
    reason: str | None = None
    try:
        for record in ArchiveIterator(file, parse_http=False, max_header_len=HEAD_BYTES):
            last = record.stream_pos
            if not (record.headers.get("Content-Length") or "").isdigit():  # the last header: cut off
                raise ValueError(_CUT)
            if record.record_type == WarcRecordType.metadata:
                if page is not None and record.headers.get("WARC-Refers-To") == page_id:
                    page = replace(page, evidence=_rest(record).decode("utf-8", "replace"))
            elif record.record_type in CAPTURES:
                if page is not None:
                    yield page
                page = None  # in case the next line raises
                page, page_id = _page(record, page_bytes), record.record_id
    except (OSError, ValueError) as error:
        reason = str(error)
    damaged = first_damage(file, start if last is None else last)
    if damaged is None and (reason is not None or last is None):
        damaged = start if last is None else last
    if damaged is None and (lost := _lost(path)) is not None:
        damaged, reason = path.stat().st_size, lost
    if page is not None and page.offset != damaged:
        yield page
    if damaged is not None:
        raise DamagedShard(
            f"{path}: damaged at offset {damaged} ({reason or _CUT}); the pages before "
            "are good. Put back a copy of the file; without one, the next ingest captures again what the source "
            "still has"
        )


def _lost(path: Path) -> str | None:
    """What the index knows of damage that the shard itself does not show, such as an end between two records."""
    seal = read_seal(path)
    if seal is not None:
        return "it is shorter than its index says" if seal.bytes > path.stat().st_size else seal.damage
    if not index_path(path).exists():
        return None
    size = path.stat().st_size
    with suppress(SitoError):  # the next run reports an index that cannot be read
        return _LISTED if any(entry.offset >= size for entry in read_entries(path)) else None
    return None


def holds(path: Path, offset: int, digest: str) -> bool:
    """Whether a record with this payload begins at the offset; some milliseconds."""
    try:
        with present(path).open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file, parse_http=False, max_header_len=HEAD_BYTES)), None)
            if record is None or record.record_type not in (WarcRecordType.response, WarcRecordType.resource):
                return False
            if record.is_http:
                record.parse_http(max_header_len=HEAD_BYTES, strict_mode=False)
            return payload_of(record)[1] == digest
    except (OSError, ValueError):
        return False


def _page(record: WarcRecord, page_bytes: int) -> StoredPage | None:
    """The record's page; None for a revisit and for an error page. Raises ValueError for an incomplete record."""
    url, digest = record.headers.get("WARC-Target-URI"), record.headers.get("WARC-Payload-Digest")
    if url is None or digest is None:
        raise ValueError("a record does not name its page")
    status, encoding, content_type = None, None, record.headers.get("Content-Type")
    rights: tuple[tuple[str, str], ...] = ()
    if content_type == UNKNOWN_TYPE:
        content_type = None
    if record.record_type == WarcRecordType.response:
        record.parse_http(max_header_len=HEAD_BYTES, strict_mode=False)
        if not record.is_http_parsed:
            raise ValueError("a response record without a response")
        status, content_type = record.http_headers.status_code, record.http_headers.get("Content-Type")
        encoding = ", ".join(record.http_headers.get_multiple("Content-Encoding"))
        rights = tuple((name, value) for name in RIGHTS for value in record.http_headers.get_multiple(name))
    if record.record_type == WarcRecordType.revisit or (status is not None and not 200 <= status < 300):
        return None
    payload, body, error = _rest(record), b"", None
    if payload_digest(payload) != digest:
        error = _CHANGED  # nothing that was not captured is cleaned
    else:
        try:
            body = open_payload(payload, encoding, page_bytes)
        except PayloadError as broken:
            error = str(broken)
    at = record.record_date
    return StoredPage(url, body, content_type, at, status, record.stream_pos, digest, None, error, rights)


def _rest(record: WarcRecord) -> bytes:
    length = record.content_length
    content = record.reader.read()
    if len(content) != length:
        raise ValueError(_CUT)
    return content
