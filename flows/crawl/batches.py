"""A batch of pages into the archive: each target has one outcome, whatever happens."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.archive.payload import payload_digest
from flows.common.errors import SitoError
from flows.common.page_types import NOT_MODIFIED, Outcome
from flows.crawl.capture import attempt
from flows.fetch.fetch_errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.archive.captured_index import CapturedIndex
    from flows.archive.shard_writer import ShardWriter
    from flows.archive.source_archive import Archive
    from flows.common.page_types import Capture, Status, Target
    from flows.config.kinds import Source
    from flows.crawl.frontier import Frontier

__all__ = ["BatchResult", "Unanswered", "capture_answers", "capture_records"]

SECONDS = 300
"""After which a batch ends even if it is small: pages of a slow site are cleaned before all of them are fetched."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A page whose request left nothing in raw/. `canonical` is the held page of which it is a variant."""

    url: str
    outcome: Status
    reason: str
    status: int | None = None
    canonical: str | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of a batch: the outcome of each page, and the shards written.

    A page reached by redirects is listed under its final address, as in the archive.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    shards: list[str] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)


def capture_records(
    source: Source,
    targets: Sequence[Target],
    archive: Archive,
    captured: CapturedIndex,
    progress: Callable[[Outcome, int], None] = lambda outcome, size: None,
) -> BatchResult:
    """Capture files, or records of WARC files, into the archive, whose lock the caller holds.

    A page that is not available has the outcome failed; one that is held with the same bytes, unchanged. `progress` is
    called with every outcome and the page's size in bytes. Raises SitoError if the archive cannot be written.
    """
    result = BatchResult()
    with archive.writer(captured) as writer:
        for target in targets:
            got = attempt(source, target, None)
            if not isinstance(got, SitoError) and _is_known(target, got, captured):
                outcome = Outcome(got.url, "unchanged")
            else:
                outcome = _keep(target, got, writer)
            result.outcomes.append(outcome)
            progress(outcome, 0 if isinstance(got, SitoError) else len(got.body))
    result.shards.extend(writer.shards)
    return result


def capture_answers(
    frontier: Frontier[Capture | SitoError],
    archive: Archive,
    captured: CapturedIndex,
    size: int,
    progress: Callable[[Outcome, int], None] = lambda outcome, size: None,
) -> BatchResult:
    """Capture the next `size` answers of the web, or those of the next `SECONDS`; no outcomes: none are left.

    Otherwise like `capture_records`.
    """
    result = BatchResult()
    ends = time.monotonic() + SECONDS
    with archive.writer(captured) as writer:
        for target, got in frontier:
            outcome, unanswered = _answer(target, got, writer)
            result.outcomes.append(outcome)
            if unanswered is not None:
                result.unanswered.append(unanswered)
            progress(outcome, 0 if isinstance(got, SitoError) else len(got.body))
            if len(result.outcomes) >= size or time.monotonic() >= ends:
                break
    result.shards.extend(writer.shards)
    return result


def _answer(target: Target, got: Capture | SitoError, writer: ShardWriter) -> tuple[Outcome, Unanswered | None]:
    if isinstance(got, SitoError):
        ending: Status = got.outcome if isinstance(got, FetchError) else "failed"
        status = got.status if isinstance(got, FetchError) else None
        return Outcome(target.url, ending, str(got)), Unanswered(target.url, ending, str(got), status)
    if got.variant_of and writer.captured(got.variant_of) and not writer.captured(got.url):
        reason = f"is another form of a page that is held: {got.variant_of}"
        left = Unanswered(target.url, "unchanged", reason, got.status, got.variant_of)
        return Outcome(target.url, "unchanged", reason), left
    outcome = _keep(target, got, writer)
    return outcome, None if outcome.status != "failed" else Unanswered(target.url, "failed", outcome.reason, got.status)


def _keep(target: Target, got: Capture | SitoError, writer: ShardWriter) -> Outcome:
    if isinstance(got, SitoError):
        return Outcome(target.url, "failed", str(got))
    try:
        new = writer.add(got)
        for redirect in got.redirects:
            writer.add(redirect)
    except ValueError as error:  # an address that a WARC record cannot contain
        return Outcome(target.url, "failed", str(error))
    if got.status == NOT_MODIFIED:
        return Outcome(got.url, "unchanged", "answered 304 Not Modified")
    return Outcome(got.url, "new") if new else Outcome(got.url, "unchanged", "the same bytes as before")


def _is_known(target: Target, got: Capture, captured: CapturedIndex) -> bool:
    """Whether a file is held unchanged, or a record was captured by an earlier run."""
    known = captured.get(got.url)
    if known is None:
        return False
    digest = payload_digest(got.body)
    return digest in known.digests if target.offset is not None else (known.at, known.digest) == (got.at, digest)
