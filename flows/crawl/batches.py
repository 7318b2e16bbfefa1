"""A batch of pages into the archive: each target has one outcome, whatever happens."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.archive.payload import payload_digest
from flows.common.errors import SitoError
from flows.common.page_types import GONE, NOT_MODIFIED, Outcome, Target
from flows.crawl.capture import attempt
from flows.fetch.fetch_errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flows.archive.captured_index import CapturedIndex
    from flows.archive.shard_writer import ShardWriter
    from flows.archive.source_archive import Archive
    from flows.common.page_types import Capture, Status
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
    follow: Callable[[Target], Iterable[Target]] = lambda target: (),
) -> BatchResult:
    """Capture the next `size` answers of the web, or those of the next `SECONDS`; no outcomes: none are left.

    `follow` is asked about the page to which another one sends its readers, and gives it to be fetched, or nothing.
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
            if not isinstance(got, SitoError) and got.onward is not None:
                for page in follow(Target(got.onward, evidence=target.evidence, followed=True)):
                    frontier.add(page)
            if len(result.outcomes) >= size or time.monotonic() >= ends:
                break
    result.shards.extend(writer.shards)
    return result


def _answer(target: Target, got: Capture | SitoError, writer: ShardWriter) -> tuple[Outcome, Unanswered | None]:
    if isinstance(got, SitoError):
        ending: Status = got.outcome if isinstance(got, FetchError) else "failed"
        status = got.status if isinstance(got, FetchError) else None
        if ending == "failed" and status in GONE and writer.captured(target.url):
            ending = "gone"
        return Outcome(target.url, ending, str(got)), Unanswered(target.url, ending, str(got), status)
    if not writer.captured(got.url) and (held := _held_as(got, writer)):
        reason = f"is another form of a page that is held: {held}"
        left = Unanswered(target.url, "unchanged", reason, got.status, held)
        return Outcome(target.url, "unchanged", reason), left
    outcome = _keep(target, got, writer)
    return outcome, None if outcome.status != "failed" else Unanswered(target.url, "failed", outcome.reason, got.status)


def _held_as(got: Capture, writer: ShardWriter) -> str | None:
    """The address under which the page is held, if this is only another address of it; None: it is not.

    That is so if it is a variant of it, or the same bytes under another query that state one canonical address: what
    a parameter means only the site knows, and this is how it says that it means nothing.
    """
    if got.variant_of and writer.captured(got.variant_of):
        return got.variant_of
    if got.canonical is None or (got.canonical == got.url and "?" in got.url):
        return None
    digest = payload_digest(got.body)
    held = writer.captured(got.canonical)
    return got.canonical if held is not None and held.digest == digest else writer.twin(got.url, digest)


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
    if target.offset is None:
        return (known.at, known.digest) == (got.at, digest)
    return digest in known.digests or captured.was_pruned(got.url, digest)
