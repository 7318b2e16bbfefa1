"""Runs without Prefect and without processes of their own."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from flows.clean.pool import CleaningPool
from flows.clean.shards import ShardResult, clean_shard
from flows.errors import SitoError
from flows.steps import PlainSteps

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger("test")


class HereSteps(PlainSteps):
    """Clean in this process, at once: quicker, and tests can change what cleaning does."""

    def __init__(self) -> None:
        super().__init__(CleaningPool(1), ThreadPoolExecutor(1), LOG)

    def clean(
        self, shard: Path, data: Path, source: str, language: str | None, options: dict[str, Any]
    ) -> Future[ShardResult]:
        future: Future[ShardResult] = Future()
        try:
            future.set_result(clean_shard(shard, data, source, language, **options))
        except SitoError as error:
            future.set_exception(error)
        return future
