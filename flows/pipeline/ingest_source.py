"""One source pulled: discover, capture in batches, clean the new shards meanwhile; plain Python."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from cleaners.corrections import NO_CORRECTIONS, Corrections
from flows.common.errors import SitoError
from flows.config.limits import WebLimits
from flows.config.settings import default_state
from flows.crawl.batches import capture_records
from flows.pipeline.ingest_result import IngestResult
from flows.pipeline.ingest_run import IngestRun
from flows.report.progress import CAPTURING
from flows.report.tally import merged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.archive.captured_index import CapturedIndex
    from flows.config.kinds import Source
    from flows.pipeline.steps import Log, Steps
    from flows.report.progress import Progress


BATCH = 256
"""Pages that a batch looks at, and so those of most shards: five to ten seconds of cleaning."""


def ingest_source(
    source: Source,
    data: Path,
    steps: Steps,
    progress: Progress,
    log: Log,
    *,
    state: str | None = None,
    in_flight: int = 8,
    batch: int = BATCH,
    refetch: Sequence[str] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> IngestResult:
    """Pull one source into raw/ and clean/ under `data`, by its corrections, under the source's lock.

    What a killed run left is recovered first: half-written files are completed or removed, shards without whole tables
    are cleaned. `state` is the SQLAlchemy address of the state (None: SQLite under `data`), which only sources of the
    web need. With `refetch` these pages, which the source has named, are asked for again, and nothing else. At most
    `in_flight` shards wait for their cleaning; capturing then waits too. Raises SitoError where another run holds the
    source or the folders cannot be written; when the source itself fails, what was kept until then is cleaned and the
    error is in the result.
    """
    if refetch and not source.is_of_web:
        raise SitoError(
            f"source {source.name}: only pages of the web are fetched again; {source.kind} is read anew each time"
        )
    address = state or default_state(data)
    run = IngestRun(source, data, steps, progress, log, address, in_flight, batch, refetch, corrections)
    with run.archive.lock(), ExitStack() as stack:
        stack.push(run.queue.abandon)
        run.recover()
        _pull(run, stack)
        progress.doing("cleaning")
        run.add(run.queue.rest())
        run.rejudge()
        run.end()
    shards = sorted(run.results)
    return IngestResult(
        run.outcomes.final(), shards, merged(run.results[s].tally for s in shards), run.notes, run.problem
    )


def _pull(run: IngestRun, stack: ExitStack) -> None:
    """Capture batch after batch; each shard goes on to its cleaning. What ends that early is `run.problem`."""
    run.progress.doing(CAPTURING)
    captured = run.begin()
    limits = run.source.limits
    room = limits.pages_per_run
    try:
        if run.source.is_of_web and isinstance(limits, WebLimits):
            from flows.pipeline.pull_web import pull_web  # here: it brings the database and HTTP

            left = pull_web(run, limits, captured, stack)
        else:
            left = _pull_records(run, captured, room)
    except SitoError as error:
        run.problem = error
    else:
        if left == 0:
            run.note(f"limits.pages_per_run is reached ({room}); more may wait")
    run.progress.find(0, all_found=True)


def _pull_records(run: IngestRun, captured: CapturedIndex, room: int | None) -> int | None:
    """Files and records; gives what is left of the room for new and failed pages."""
    targets = iter(run.steps.discover(run.source, None, None, run.warned))
    while part := list(islice(targets, run.batch if room is None else min(run.batch, room))):
        run.progress.find(len(part))
        done = run.steps.capture(partial(capture_records, run.source, part, run.archive, captured, run.answered))
        run.captured(done)
        if room is not None:
            room -= sum(outcome.status != "unchanged" for outcome in done.outcomes)
    return room
