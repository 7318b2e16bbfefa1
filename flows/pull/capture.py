"""From targets to captures in the archive: one page by its kind, or a batch with the outcome of each page."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.errors import SitoError, page_reason
from flows.pagefiles import content_type
from flows.pages import Capture, Outcome
from flows.pull.discover.folder import open_inside
from flows.raw.payload import PayloadError, open_payload
from flows.raw.records import payload_digest
from flows.sources import FolderSource, WarcSource

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from flows.pages import Target
    from flows.pull.fetch import Fetcher
    from flows.raw.archive import Archive
    from flows.raw.held import Held
    from flows.raw.writer import ShardWriter
    from flows.sources import Source

__all__ = ["BatchResult", "CaptureError", "capture", "capture_batch", "is_held"]

CONNECTIONS = 4
"""How many hosts are asked at once; of each host never more than one page at a time."""

_PAGES = ("text/", "application/xhtml+xml", "application/xml")


class CaptureError(SitoError):
    """A page could not be had; the message is the reason, fit for a report."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: an outcome for every target, in their order, and the shards put in place.

    A page that a redirect led to stands under the address that gave it, as in the archive.
    """

    outcomes: list[Outcome]
    shards: list[str]


def capture(source: Source, target: Target, fetcher: Fetcher | None) -> Capture:
    """The page as it is now: the file's bytes, the WARC's record, the answer of the web.

    `fetcher` is needed for the kinds of the web. Raises CaptureError (FetchError where the web gave no page).
    """
    if target.problem is not None:
        raise CaptureError(target.problem)
    match source:
        case FolderSource():
            return _read_file(source, target)
        case WarcSource():
            from flows.pull.discover.warc import read_record

            return read_record(target, source.limits.page_bytes)
        case _:
            if fetcher is None:
                raise TypeError("pages of the web need a fetcher")
            return _fetch(target, fetcher)


def capture_batch(
    source: Source,
    targets: Sequence[Target],
    archive: Archive,
    held: Held,
    progress: Callable[[Outcome], None] = lambda outcome: None,
    fetcher: Fetcher | None = None,
) -> BatchResult:
    """Capture the targets into the archive, whose lock the caller holds.

    A page that cannot be had is a failed outcome. Pages that are held are unchanged: of the web they are not asked for
    again until `refresh_hours` have passed; files and records are read, and written only where something is new.
    `progress` is told every outcome as it comes, in this thread. Without a fetcher, the batch opens its own where it
    needs one. Raises SitoError where the archive cannot be written: nothing more can be kept then.
    """
    outcomes: dict[int, Outcome] = {}

    def settle(place: int, outcome: Outcome) -> None:
        outcomes[place] = outcome
        progress(outcome)

    with ExitStack() as stack:
        if isinstance(source, (FolderSource, WarcSource)):
            writer = stack.enter_context(archive.writer(held))
            for place, target in enumerate(targets):
                settle(place, _keep(target, _attempt(source, target, None), writer, held))
        else:
            fresh = [place for place, target in enumerate(targets) if not is_held(source, target, held)]
            for place in sorted(set(range(len(targets))).difference(fresh)):
                settle(place, Outcome(targets[place].url, "unchanged"))
            if fetcher is None and fresh:
                from flows.pull.fetch import Fetcher

                fetcher = stack.enter_context(Fetcher(source.limits))
            writer = stack.enter_context(archive.writer(held))
            answers = stack.enter_context(closing(_by_host(source, targets, fresh, fetcher)))
            for place, got in answers:
                settle(place, _keep(targets[place], got, writer, held))
    return BatchResult([outcomes[place] for place in range(len(targets))], list(writer.shards))


def is_held(source: Source, target: Target, held: Held) -> bool:
    """Whether a page of the web need not be asked for: it is held, and no refresh is due."""
    if target.problem is not None:
        return False
    known = held.get(target.url)
    if known is None:
        return False
    return source.refresh_hours is None or datetime.now(UTC) - known.at < timedelta(hours=source.refresh_hours)


def _by_host(
    source: Source, targets: Sequence[Target], places: Sequence[int], fetcher: Fetcher | None
) -> Generator[tuple[int, Capture | SitoError]]:
    """The answers as they come: several hosts at once, the pages of one host one after another."""
    waiting: dict[str, deque[int]] = {}
    for place in places:
        waiting.setdefault(urlsplit(targets[place].url).netloc, deque()).append(place)
    running: dict[Future[Capture | SitoError], tuple[int, str]] = {}
    idle = deque(waiting)
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="fetch") as pool:
        try:
            while idle or running:
                while idle and len(running) < CONNECTIONS:
                    host = idle.popleft()
                    place = waiting[host].popleft()
                    running[pool.submit(_attempt, source, targets[place], fetcher)] = (place, host)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    place, host = running.pop(future)
                    if waiting[host]:
                        idle.append(host)
                    yield place, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _attempt(source: Source, target: Target, fetcher: Fetcher | None) -> Capture | SitoError:
    try:
        return capture(source, target, fetcher)
    except SitoError as error:
        return error
    except Exception as error:  # one page never ends a run
        return CaptureError(page_reason(error))


def _keep(target: Target, got: Capture | SitoError, writer: ShardWriter, held: Held) -> Outcome:
    if isinstance(got, SitoError):
        return Outcome(target.url, "failed", str(got))
    if _adds_nothing(target, got, held):
        return Outcome(got.url, "unchanged")
    try:
        new = writer.add(got)
        for redirect in got.redirects:
            writer.add(redirect)
    except ValueError as error:  # an address that no WARC can carry
        return Outcome(target.url, "failed", str(error))
    return Outcome(got.url, "new" if new else "unchanged")


def _adds_nothing(target: Target, got: Capture, held: Held) -> bool:
    """Whether a file stands as it was held, or a record was taken over by an earlier run."""
    if target.path is None:
        return False
    known = held.get(got.url)
    digest = payload_digest(got.body)
    if target.offset is None:
        return known is not None and known.at == got.at and known.digest == digest
    return known is not None and digest in known.digests


def _fetch(target: Target, fetcher: Fetcher) -> Capture:
    got = fetcher.get(target.url)
    kind = (got.content_type or "text/html").split(";")[0].strip().lower()
    if not kind.startswith(_PAGES):
        raise CaptureError(f"is {kind[:60]}, no page")
    return replace(got, evidence=target.evidence)


def _read_file(source: FolderSource, target: Target) -> Capture:
    limit = source.limits.page_bytes
    path = Path(target.path or "")
    try:
        with os.fdopen(open_inside(source.path, path), "rb") as file:
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
    return Capture(target.url, body, at, content_type=kind)
