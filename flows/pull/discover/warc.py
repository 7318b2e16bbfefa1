"""The pages of WARC files that exist already: local files, globs, or whatever fsspec reads."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import fsspec  # type: ignore[import-untyped]
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.errors import SitoError
from flows.pages import Capture, Target
from flows.raw.index import HEAD_BYTES
from flows.raw.members import first_damage
from flows.raw.payload import PayloadError, open_payload
from flows.runs.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flows.pull.discover.documents import Log
    from flows.sources import WarcSource

__all__ = ["RecordError", "find_records", "read_record"]

_CAPTURES = (WarcRecordType.response, WarcRecordType.resource)
_GZIP = b"\x1f\x8b"
_CUT = "a record is cut short, or there is none"
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


class RecordError(SitoError):
    """A record that cannot be had; the message is the reason."""


def find_records(source: WarcSource, log: Log) -> Iterator[Target]:
    """Every HTML or text record with status 2xx, file by file, streamed; a record cut short or damaged ends its file.

    The damage is a target with a problem that names file and offset. Every capture of an address counts, since a page's
    versions are kept. Raises SitoError where nothing lies at one of the paths.
    """
    for address in [found for path in source.paths for found in _expand(source.name, path)]:
        other = 0
        offset: int | None = None
        try:
            with _open(address) as file:
                packed = file.read(2) == _GZIP
                file.seek(0)
                for record in ArchiveIterator(file, max_header_len=HEAD_BYTES):
                    offset = record.stream_pos
                    target = _target(record, address)
                    if target is None:
                        other += record.record_type in _CAPTURES
                    elif record.reader.consume() < record.content_length:
                        raise ValueError(_CUT)
                    else:
                        yield target
                damaged = first_damage(file, offset or 0) if packed else (0 if offset is None else None)
                if damaged is not None:
                    yield _damage(address, damaged, _CUT)
        except Exception as error:  # each fsspec file system has errors of its own
            yield _damage(address, offset or 0, one_line(str(error) or type(error).__name__))
        if other:
            log.info("source %s: %d captures in %s are no pages", source.name, other, address)


def read_record(target: Target, limit: int) -> Capture:
    """The record that lies at the target's path and offset, with its own headers and date. Raises RecordError."""
    try:
        with _open(target.path or "") as file:
            file.seek(target.offset or 0)
            record = next(iter(ArchiveIterator(file, max_header_len=HEAD_BYTES, auto_decode="transfer")))
            found = _target(record, target.path or "")
            if found is None or found.url != target.url:
                raise RecordError(
                    f"{target.path} has another record at offset {target.offset}: it has changed, or was packed as a "
                    "whole in place of record by record (`warcio recompress` mends that)"
                )
            return _capture(record, target.url, limit)
    except RecordError:
        raise
    except StopIteration:
        raise RecordError(f"no record lies at {target.path}, offset {target.offset}") from None
    except Exception as error:  # as above
        reason = one_line(str(error) or type(error).__name__)
        raise RecordError(f"{target.path}, offset {target.offset}: {reason}") from error


def _capture(record: WarcRecord, url: str, limit: int) -> Capture:
    at = _time(record)
    body = record.reader.read(limit + 1)
    if len(body) > limit:
        raise RecordError(f"the record is larger than limits.page_bytes ({limit:,})")
    if not record.is_http:
        return Capture(url, body, at, content_type=record.headers.get("Content-Type"))
    head = record.http_headers
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.items_bytes())
    protocol, _, status = (head.status_line or "").partition(" ")
    capture = Capture(
        url=url,
        body=body,
        at=at,
        content_type=head.get("Content-Type"),
        status=head.status_code,
        reason=status.partition(" ")[2],
        protocol=protocol,
        headers=headers,
    )
    try:
        open_payload(body, capture.header("content-encoding"), limit)
    except PayloadError as error:
        raise RecordError(str(error)) from None
    return capture


def _time(record: WarcRecord) -> datetime:
    date: datetime | None = record.record_date
    try:
        if date is not None:
            return date.astimezone(UTC)
    except OverflowError:
        pass
    raise RecordError(f"its WARC-Date is no time: {one_line(record.headers.get('WARC-Date') or 'there is none')}")


def _expand(name: str, path: str) -> list[str]:
    try:
        system, inner = fsspec.core.url_to_fs(path)
        if not any(sign in inner for sign in "*?["):
            found = [inner] if system.isfile(inner) else []
        else:
            found = sorted(inner for inner in system.glob(inner) if system.isfile(inner))
    except (OSError, ValueError, ImportError) as error:
        raise SitoError(f"source '{name}': {path} cannot be read: {one_line(str(error))}; mend paths") from error
    if not found:
        raise SitoError(f"source '{name}': no file lies at {path}; mend paths in the sources file")
    return [str(system.unstrip_protocol(inner)) for inner in found]


def _open(address: str) -> BinaryIO:
    file: Any = fsspec.open(address, "rb").open()
    return file  # type: ignore[no-any-return]


def _target(record: WarcRecord, address: str) -> Target | None:
    """The page in a record; None: no page. Raises ValueError where the record's own head is not whole."""
    if not (record.headers.get("Content-Length") or "").isdigit():  # it stands last: a cut took it
        raise ValueError(_CUT)
    if record.record_type not in _CAPTURES:
        return None
    url = (record.headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
    if not url.lower().startswith(("http://", "https://", "file:")) or url.lower().endswith("/robots.txt"):
        return None
    if record.record_type == WarcRecordType.response:
        if not record.is_http_parsed:
            raise ValueError(_CUT)
        status = record.http_headers.status_code
        kind = record.http_content_type
        if status is None or not 200 <= status < 300:
            return None
    else:
        kind = record.headers.get("Content-Type")
    if (kind or "").split(";")[0].strip().lower() not in _PAGES:
        return None
    return Target(url, path=address, offset=record.stream_pos)


def _damage(address: str, offset: int, what: str) -> Target:
    return Target(f"{address}#{offset}", problem=f"{Path(address).name}: damaged at offset {offset}: {what}")
