"""From targets to captures in the archive: one page by its kind, or a batch with the outcome of each page."""

from __future__ import annotations

import hashlib
import os
from base64 import b32encode
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.discover.folder import content_type, open_inside
from flows.errors import SitoError
from flows.pages import Capture, Outcome
from flows.sources import FolderSource, WarcSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flows.archive import Archive, ShardWriter
    from flows.fetch import Fetcher
    from flows.held import Held
    from flows.pages import Target
    from flows.sources import Source

__all__ = ["BatchResult", "CaptureError", "capture", "capture_batch"]

CONNECTIONS = 4
"""How many hosts are asked at once; of each host never more than one page at a time."""


class CaptureError(SitoError):
    """A page could not be had; the message is the reason, fit for a report."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: an outcome for every target, in their order, and the shards put in place."""

    outcomes: list[Outcome]
    shards: list[str]


def capture(source: Source, target: Target, fetcher: Fetcher | None) -> Capture:
    """The page as it is now: the file's bytes, the WARC's record, the answer of the web.

    `fetcher` is needed for web kinds only. Raises CaptureError with the reason.
    """
    if target.problem is not None:
        raise CaptureError(target.problem)
    if isinstance(source, FolderSource):
        return _read_file(source, target)
    raise CaptureError("not yet")


def capture_batch(
    source: Source,
    targets: Sequence[Target],
    archive: Archive,
    held: Held,
    progress: Callable[[Outcome], None] = lambda outcome: None,
    fetcher: Fetcher | None = None,
) -> BatchResult:
    """Capture the targets into the archive, whose lock the caller holds.

    A page that cannot be had is a failed outcome. `progress` is told every outcome as it comes, from this thread.
    Raises SitoError where the archive cannot be written: nothing more can be kept then.
    """
    outcomes: dict[int, Outcome] = {}

    def settle(place: int, outcome: Outcome) -> None:
        outcomes[place] = outcome
        progress(outcome)

    try:
        with archive.writer(held) as writer:
            for place, got in _captures(source, targets, held, fetcher):
                settle(place, _keep(targets[place], got, writer, held))
    except OSError as error:
        raise SitoError(f"{archive.folder} cannot be written: {error.strerror or error}") from error
    return BatchResult([outcomes[place] for place in range(len(targets))], list(writer.shards))


def _captures(
    source: Source, targets: Sequence[Target], held: Held, fetcher: Fetcher | None
) -> Iterator[tuple[int, Capture | SitoError]]:
    for place, target in enumerate(targets):
        yield place, _attempt(source, target, fetcher)


def _attempt(source: Source, target: Target, fetcher: Fetcher | None) -> Capture | SitoError:
    try:
        return capture(source, target, fetcher)
    except SitoError as error:
        return error


def _keep(target: Target, got: Capture | SitoError, writer: ShardWriter, held: Held) -> Outcome:
    if isinstance(got, SitoError):
        return Outcome(target.url, "failed", str(got))
    known = held.get(got.url)
    if known is not None and got.status is None and known.at == got.at and known.digest == _digest(got.body):
        return Outcome(got.url, "unchanged")  # the same file, untouched: not even a revisit is worth a record
    return Outcome(got.url, "new" if writer.add(got) else "unchanged")


def _digest(body: bytes) -> str:
    """As the archive writes it: `sha1:` and base32."""
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _read_file(source: FolderSource, target: Target) -> Capture:
    limit = source.limits.page_bytes
    path = Path(target.path or "")
    try:
        with os.fdopen(open_inside(source.path, path), "rb") as file:
            body = file.read(limit + 1)
            modified = os.fstat(file.fileno()).st_mtime
        kind = content_type(path)
        at = datetime.fromtimestamp(modified, UTC)
    except OSError as error:
        raise CaptureError(f"the file cannot be read: {error.strerror or error}") from None
    except (ValueError, OverflowError):
        raise CaptureError("the file's modification time is out of all bounds") from None
    if len(body) > limit:
        raise CaptureError(f"the file is larger than limits.page_bytes ({limit:,})")
    return Capture(target.url, body, at, content_type=kind, evidence=target.evidence)
