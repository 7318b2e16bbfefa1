"""Runs without Prefect and without processes of their own."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from cleaners.corrections import NO_CORRECTIONS, Corrections
from flows.common.errors import SitoError
from flows.config.kinds import FolderSource
from flows.config.limits import Limits
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import Scope
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.ingest_result import IngestResult
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.reprocess_source import ReprocessResult, reprocess_source
from flows.pipeline.shard_result import ShardResult
from flows.pipeline.steps import PlainSteps
from flows.report.progress import Progress
from support.newspaper import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.pipeline.cleaning_job import CleaningJob

LOG = logging.getLogger("test")


class HereSteps(PlainSteps):
    """Clean in this process, at once: quicker, and tests can change what cleaning does."""

    def __init__(self, waits: Sequence[float] = ()) -> None:
        super().__init__(CleaningPool(1), ThreadPoolExecutor(1), LOG, waits)

    def clean(self, job: CleaningJob) -> Future[ShardResult]:
        future: Future[ShardResult] = Future()
        try:
            future.set_result(clean_shard(job))
        except SitoError as error:
            future.set_exception(error)
        return future


def ingest_folder(
    folder: Path,
    data: Path,
    steps: PlainSteps | None = None,
    limits: Limits | None = None,
    batch: int = 2,
    corrections: Corrections = NO_CORRECTIONS,
) -> IngestResult:
    """Ingest a folder as the source of `newspaper`."""
    source = FolderSource(name=SOURCE, kind="folder", path=folder, limits=limits or Limits())
    progress = Progress(SOURCE)
    result = ingest_source(
        *(source, data, steps or HereSteps(), progress, LOG), in_flight=2, batch=batch, corrections=corrections
    )
    if result.problem is None:
        assert progress.done == progress.found
    return result


def reprocess_archived(
    data: Path,
    scope: Scope = Scope(),  # noqa: B008
    corrections: Corrections = NO_CORRECTIONS,
) -> ReprocessResult:
    """Clean again what the archive of `newspaper` holds, as that of a source in Ukrainian."""
    source = FolderSource(name=SOURCE, kind="folder", path=data, language="uk")
    return reprocess_source(source, data, scope, HereSteps(), Progress(SOURCE), LOG, corrections=corrections)
