"""What a cleaning process does with a job; see `flows.common.fork_server`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.pipeline.clean_shard import clean_shard

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.shard_result import ShardResult


def work(job: CleaningJob, say: Callable[[int], None]) -> ShardResult:
    """Clean a shard; says the offset of each page before work on it begins."""
    return clean_shard(job, on_page=say)
