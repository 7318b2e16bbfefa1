"""One page: the bytes of a file, a record of a WARC file, or the answer from the web."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.archive.payload import PayloadError, open_payload
from flows.common.errors import SitoError, page_reason
from flows.common.escape import one_line
from flows.common.page_files import content_type
from flows.common.page_types import NOT_MODIFIED, Capture
from flows.common.usage_rights import usage_rights
from flows.config.limits import WebLimits
from flows.discover.folder import open_inside

if TYPE_CHECKING:
    from flows.common.page_types import Target
    from flows.config.kinds import Source
    from flows.fetch.fetcher import Fetcher

__all__ = ["CaptureError", "attempt", "capture"]

_PAGES = ("text/", "application/xhtml+xml", "application/xml")


class CaptureError(SitoError):
    """A page is not available; the message is the reason, suitable for a report."""


def capture(source: Source, target: Target, fetcher: Fetcher | None) -> Capture:
    """The page as it is now: the file's bytes, the WARC's record, the answer of the web.

    `fetcher` is needed for the kinds of the web. Raises CaptureError (FetchError for pages of the web).
    """
    if target.problem is not None:
        raise CaptureError(target.problem)
    limit = source.limits.page_bytes
    if target.path is None:
        if fetcher is None:
            raise TypeError("pages of the web need a fetcher")
        return _fetch(source, target, fetcher)
    if source.root is not None:
        return _read_file(source.root, Path(target.path), target.url, limit)
    from flows.discover.warc_files import read_record

    return read_record(target, limit)


def attempt(source: Source, target: Target, fetcher: Fetcher | None) -> Capture | SitoError:
    """`capture`, but errors are returned: one page never ends a run."""
    try:
        return capture(source, target, fetcher)
    except SitoError as error:
        return error
    except Exception as error:
        return CaptureError(page_reason(error))


def _fetch(source: Source, target: Target, fetcher: Fetcher) -> Capture:
    # Here, as files need none of it, and it takes as long to import as they to be read.
    from flows.fetch.fetch_errors import FetchError
    from flows.urls.canonical import stated_address
    from flows.urls.onward import onward
    from flows.urls.page_address import page_address
    from flows.urls.variants import is_variant

    got = fetcher.get(target.url, validators=target.validators)
    if got.status == NOT_MODIFIED:
        return got
    kind = (got.content_type or "text/html").split(";")[0].strip().lower()
    if not kind.startswith(_PAGES):
        raise CaptureError(f"is {one_line(kind, 60)}, no page")
    # Here, as pages are fetched in threads; later work on an answer delays all others.
    limits = source.limits
    page = open_payload(got.body, got.header("content-encoding"), limits.page_bytes)
    if isinstance(limits, WebLimits) and limits.obey_noindex and (reserved := usage_rights(got.headers, page)):
        reason = f"its rights are reserved: {', '.join(reserved)} (limits.obey_noindex)"
        raise FetchError(reason, status=got.status, outcome="refused")
    stated = stated_address(page, got.headers, got.url)
    # A redirect may have added trackers, hence page_address.
    variant_of = stated if stated and stated != got.url and is_variant(page_address(got.url), stated) else None
    there = None if target.followed else onward(page, got.headers, got.url)
    return replace(
        got,
        evidence=target.evidence,
        variant_of=variant_of,
        canonical=stated,
        onward=there.url if there and not there.is_front else None,
    )


def _read_file(root: Path, path: Path, url: str, limit: int) -> Capture:
    try:
        with os.fdopen(open_inside(root, path), "rb") as file:
            body = file.read(limit + 1)
            at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
        kind = content_type(path)
    except OSError as error:
        raise CaptureError(f"the file cannot be read: {error.strerror or error}") from None
    except (ValueError, OverflowError):
        raise CaptureError("the file's modification time is out of all bounds") from None
    if len(body) > limit:
        raise CaptureError(f"the file is larger than limits.page_bytes ({limit:,})")
    try:
        open_payload(body, limit=limit)
    except PayloadError as error:
        raise CaptureError(f"the file is no whole page: {error}") from None
    return Capture(url, body, at, content_type=kind)
