"""The pages of WARC files that exist already: local files, globs, or whatever fsspec reads."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import fsspec  # type: ignore[import-untyped]
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.archive.cdxj import HEAD_BYTES
from flows.archive.gzip_members import first_damage
from flows.archive.payload import PayloadError, open_payload
from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Capture, Target
from flows.discover.chunks import begins_with_chunk, join_chunks
from flows.discover.filters import Filters, guessed_kind, html_language, spoken
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flows.config.kinds import WarcSource
    from flows.discover.context import Context

__all__ = ["RecordError", "expand", "find_records", "open_address", "read_record"]

_CAPTURES = (WarcRecordType.response, WarcRecordType.resource)
_GZIP = b"\x1f\x8b"
_CUT = "a record is cut short, or there is none"
_HANDED = 2**18
"""Records up to this many bytes are passed on with their target, to be read only once; a batch takes up to 64 MiB."""

_HEAD = 4096
"""The first bytes of a page, in which it declares its language."""


class RecordError(SitoError):
    """A record that is not available; the message is the reason."""


def find_records(source: WarcSource, context: Context) -> Iterator[Target]:
    """Every HTML or text record with status 2xx that passes the source's filters, file by file, streamed.

    A truncated or damaged record ends its file: a target with a problem that names file and offset. Every capture of an
    address is yielded, since all versions of a page are kept. Raises SitoError if one of the paths has no file.
    """
    filters = Filters(source)
    for address in dict.fromkeys(found for path in source.paths for found in expand(source.name, path)):
        other = 0
        offset: int | None = None
        try:
            with open_address(address) as file:
                packed = file.read(2) == _GZIP
                file.seek(0)
                for record in ArchiveIterator(file, max_header_len=HEAD_BYTES):
                    offset = record.stream_pos
                    target = _target(record, address, filters)
                    if target is None:
                        other += record.record_type in _CAPTURES
                    else:
                        yield target
                damaged = first_damage(file, offset or 0) if packed else (0 if offset is None else None)
                if damaged is not None:
                    yield _damage(address, damaged, _CUT)
        except Exception as error:  # each fsspec file system has errors of its own
            yield _damage(address, offset or 0, one_line(str(error) or type(error).__name__))
        if other:
            context.log.info("source %s: %d captures in %s are no pages, or not wanted", source.name, other, address)


def read_record(target: Target, limit: int) -> Capture:
    """The record of a target with its own headers and date: as discovery passed it on, or from its path and offset.

    Raises RecordError.
    """
    capture = target.record or _read(target, limit)
    if len(capture.body) > limit:
        raise RecordError(f"the record is larger than limits.page_bytes ({limit:,})")
    if capture.status is not None:
        try:
            open_payload(capture.body, capture.header("content-encoding"), limit)
        except PayloadError as error:
            raise RecordError(str(error)) from None
    return capture


def _read(target: Target, limit: int) -> Capture:
    try:
        with _record_at(target, limit) as file:
            start = file.tell()
            try:
                return _first(file, target, limit)
            except OSError:
                file.seek(start)
                whole = _first(file, target, limit, decoded=False)
                if not whole.header("transfer-encoding"):
                    raise
                if not begins_with_chunk(whole.body):
                    return whole  # it says that it is in chunks, and is not
                if (joined := join_chunks(whole.body)) is None:
                    raise
                return replace(whole, body=joined)
    except RecordError:
        raise
    except StopIteration:
        raise RecordError(f"no record lies at {target.path}, offset {target.offset}") from None
    except Exception as error:  # as above
        reason = one_line(str(error) or type(error).__name__)
        raise RecordError(f"{target.path}, offset {target.offset}: {reason}") from error


def _first(file: BinaryIO, target: Target, limit: int, *, decoded: bool = True) -> Capture:
    """The first record of a file, which must be the target's; `decoded`: its chunks, if it is in chunks, joined."""
    records = ArchiveIterator(file, max_header_len=HEAD_BYTES, auto_decode="transfer" if decoded else "none")
    record = next(iter(records))
    if record.record_type not in _CAPTURES or _url(record) != target.url:
        raise RecordError(
            f"{target.path} has another record at offset {target.offset}: it has changed, or was packed as a "
            "whole in place of record by record (`warcio recompress` fixes that)"
        )
    _with_head(record)
    return _capture(record, target.url, record.reader.read(limit + 1))


def _with_head(record: WarcRecord) -> None:
    """Read the HTTP head of a response also where the record does not say of what type its content is."""
    if record.record_type == WarcRecordType.response and not record.is_http:
        record.is_http = True
        record.parse_http(max_header_len=HEAD_BYTES, strict_mode=False)


def _record_at(target: Target, limit: int) -> BinaryIO:
    """The file from the record on; if its length is known, only the record, which takes remote stores one request."""
    if target.length is None:
        file = open_address(target.path or "")
        file.seek(target.offset or 0)
        return file
    start, length = target.offset or 0, target.length
    if length > limit + 2 * HEAD_BYTES:
        raise RecordError(f"the record is larger than limits.page_bytes ({limit:,})")
    system, inner = fsspec.core.url_to_fs(target.path or "")
    return BytesIO(system.cat_file(inner, start=start, end=start + length))


def _capture(record: WarcRecord, url: str, body: bytes) -> Capture:
    at = _time(record)
    if not record.is_http:
        return Capture(url, body, at, content_type=record.headers.get("Content-Type"))
    head = record.http_headers
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.items_bytes())
    protocol, _, status = (head.status_line or "").partition(" ")
    return Capture(
        url=url,
        body=body,
        at=at,
        content_type=head.get("Content-Type"),
        status=head.status_code,
        reason=status.partition(" ")[2],
        protocol=protocol,
        headers=headers,
    )


def _time(record: WarcRecord) -> datetime:
    date: datetime | None = record.record_date
    try:
        if date is not None:
            return date.astimezone(UTC)
    except OverflowError:
        pass
    raise RecordError(f"its WARC-Date is no time: {one_line(record.headers.get('WARC-Date') or 'there is none')}")


def expand(name: str, path: str) -> list[str]:
    """The files at a path, glob or fsspec address of the source, sorted. Raises SitoError if there is none."""
    try:
        system, inner = fsspec.core.url_to_fs(path)
        if not any(sign in inner for sign in "*?["):
            found = [inner] if system.isfile(inner) else []
        else:
            found = sorted(inner for inner in system.glob(inner) if system.isfile(inner))
    except (OSError, ValueError, ImportError) as error:
        raise SitoError(f"source '{name}': {path} cannot be read: {one_line(str(error))}; fix paths") from error
    if not found:
        raise SitoError(f"source '{name}': no file lies at {path}; fix paths in the sources file")
    return [str(system.unstrip_protocol(inner)) for inner in found]


def open_address(address: str) -> BinaryIO:
    """A local path or an fsspec address, for reading; errors are those of its file system."""
    file: Any = fsspec.open(address, "rb").open()
    return file  # type: ignore[no-any-return]


def _target(record: WarcRecord, address: str, filters: Filters) -> Target | None:
    """The page in a record; None: no page, or a filtered one. Raises ValueError if the record is incomplete."""
    if not (record.headers.get("Content-Length") or "").isdigit():  # the last header, lost if the record is truncated
        raise ValueError(_CUT)
    url = _url(record)
    if record.record_type not in _CAPTURES or url is None:
        return None
    if record.record_type == WarcRecordType.response:
        _with_head(record)
        if not record.is_http_parsed:
            raise ValueError(_CUT)
        status = record.http_headers.status_code
        kind = record.http_content_type
        if status is None or not 200 <= status < 300:
            return None
    else:
        kind = record.headers.get("Content-Type")
    if (kind and not filters.kind(kind)) or not filters.host(url) or not _in_time(record, filters):
        return None
    length = record.content_length
    head = record.reader.read(_HANDED + 1 if length <= _HANDED else _HEAD)
    if len(head) + record.reader.consume() < length:
        raise ValueError(_CUT)
    if not kind and not filters.kind(guessed_kind(_unpacked(record, head))):
        return None
    if filters.languages and not filters.speaks(_languages(record, head)):
        return None
    capture = None
    if length <= _HANDED and not (record.is_http and record.http_headers.get("Transfer-Encoding")):
        with suppress(RecordError):  # raised again when the page is captured
            capture = _capture(record, url, head)
    return Target(url, path=address, offset=record.stream_pos, record=capture)


def _url(record: WarcRecord) -> str | None:
    """The page's canonical address; None: it is not the address of a page."""
    url = (record.headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
    if not url.lower().startswith(("http://", "https://", "file:")) or url.lower().endswith("/robots.txt"):
        return None
    try:
        return url if url.lower().startswith("file:") else page_address(url)
    except ValueError:  # it was fetched once, whatever it is
        return url


def _in_time(record: WarcRecord, filters: Filters) -> bool:
    """Whether its date passes the filters; undated records pass, and fail with that reason when they are captured."""
    try:
        return not filters.dated or filters.day(_time(record))
    except RecordError:
        return True


def _languages(record: WarcRecord, head: bytes) -> frozenset[str]:
    """What the record says of its languages: its HTTP header, its WARC header, else the page itself."""
    http = record.http_headers.get("Content-Language") if record.is_http else None
    if stated := spoken(http or record.headers.get("WARC-Identified-Content-Language") or ""):
        return stated
    return html_language(_unpacked(record, head))


def _unpacked(record: WarcRecord, head: bytes) -> bytes:
    """The beginning of the page in a record; nothing where it cannot be unpacked."""
    coding = (record.http_headers.get("Content-Encoding") or "") if record.is_http else ""
    head = head[:_HEAD]
    if "gzip" in coding.lower() or head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _HEAD)
        except zlib.error:
            return b""
    return head


def _damage(address: str, offset: int, what: str) -> Target:
    return Target(f"{address}#{offset}", problem=f"{Path(address).name}: damaged at offset {offset}: {what}")
