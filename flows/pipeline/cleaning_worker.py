"""What a cleaning process does with a job; see `flows.common.child_main`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cleaners.extract.article  # noqa: F401 - now, so that no page is charged for it
from flows.pipeline.clean_shard import clean_shard

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.shard_result import ShardResult


def work(job: CleaningJob, say: Callable[[int], None]) -> ShardResult:
    """Clean a shard; says the offset of each page before work on it begins."""
    return clean_shard(job, on_page=say)
