"""One source cleaned again from what is kept; nothing is fetched. Plain Python; Prefect comes around it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.memory.source_memory import Memories
from flows.pipeline.cleaning_queue import Cleaning
from flows.pipeline.outcomes import Outcomes
from flows.tables.changes import Changes
from flows.tables.shard_tables import ShardTables, sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.common.page_types import Outcome
    from flows.pipeline.clean_shard import Origin, Period, ShardResult
    from flows.pipeline.steps import Log, Pending
    from flows.report.progress import Progress


@dataclass(frozen=True, slots=True)
class ReprocessResult:
    """An outcome for every page of the period, each once; the shards they lie in; and what changed, or would change."""

    outcomes: list[Outcome]
    shards: list[str]
    changes: Changes


def reprocess_source(
    source: str,
    data: Path,
    period: Period,
    origin: Origin,
    clean: Callable[[Path, dict[str, Any]], Pending],
    progress: Progress,
    log: Log,
    *,
    stop: Callable[[], None] = lambda: None,
    dry_run: bool = False,
    in_flight: int = 8,
) -> ReprocessResult:
    """Clean the pages of one source that were captured in the period once more, under the source's lock.

    `clean` begins one shard by its path in raw/ and options of `clean_shard`; `stop` ends what was begun when the run
    is interrupted. From the `ledger`, shards that are no longer in raw/ take part by their twins. Where reading raw
    pages again changes what site memory is made of, pages of later days are judged twice; a dry run judges by the
    memory of the lines as they stand. Raises SitoError where there is nothing to clean, another run holds the source,
    or clean/ cannot be written.
    """
    archive = Archive(data, source)
    if not _shards(archive, data, source, origin):
        raise SitoError(f"source '{source}' holds no pages in {archive.folder}; `sito ingest {source}` pulls some")
    options = {"origin": origin, "period": period, "write": not dry_run}
    results: dict[str, ShardResult] = {}
    with archive.lock(), ExitStack() as stack:
        if not dry_run:
            stack.callback(sweep, data, source)
            for what in archive.recover() + [f"{name}: half-written, removed" for name in sweep(data, source)]:
                log.warning(what)
        memories = Memories(data, source)
        for shard in sorted({*_shards(archive, data, source, origin), *ShardTables.shards(data, source)}):
            memories.look(shard)
        shards = [
            shard
            for shard in _shards(archive, data, source, origin)
            if ShardTables.of(data, source, shard).may_hold(period.__contains__)
        ]
        cleaning = Cleaning(in_flight, clean, memories, stop)
        stack.push(cleaning.abandon)
        progress.doing("cleaning")
        if not dry_run:
            for shard in shards:
                ShardTables.of(data, source, shard).set_aside()
        for result in cleaning.each((archive.folder / shard for shard in shards), options):
            results[result.shard] = result
            progress.find(len(result.outcomes), all_found=len(results) == len(shards))
            progress.finish(result.outcomes)
        if not dry_run:
            for shard in results:
                memories.look(shard)
            for again in cleaning.settle(memories.stale(results, period.has_day), archive.folder, options):
                results[again.shard] = results[again.shard].settled(again)
            memories.sweep()
    tally = Outcomes()
    changes = Changes()
    for result in results.values():
        changes.add(result.changes)
        tally.enter(result.outcomes)
    return ReprocessResult(tally.settled(), list(results), changes)


def _shards(archive: Archive, data: Path, source: str, origin: Origin) -> list[str]:
    names = {shard.name for shard in archive.shards()}
    if origin == "ledger":
        names |= set(ShardTables.shards(data, source))
    return sorted(names)
