"""One source cleaned again from its archive; nothing is fetched. Plain Python; Prefect comes around it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cleaners.corrections import NO_CORRECTIONS, Corrections
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.memory.source_memory import Memories
from flows.pipeline.cleaning_job import CleaningJob
from flows.pipeline.cleaning_queue import CleaningQueue
from flows.pipeline.outcomes import Outcomes
from flows.pipeline.rewrite_shards import finish_rewrites
from flows.report.tally import Tally, merged
from flows.tables.changes import Changes
from flows.tables.shard_tables import ShardTables, remove_partial
from flows.tables.versions import write_versions

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Outcome
    from flows.config.kinds import Source
    from flows.pipeline.cleaning_job import Origin, Scope
    from flows.pipeline.shard_result import ShardResult
    from flows.pipeline.steps import CleaningSteps, Log
    from flows.report.progress import Progress


@dataclass(frozen=True, slots=True)
class ReprocessResult:
    """An outcome for every page of the period, each once; the shards that hold them; and what changed, or would change.

    `tally` counts what these shards hold now, also outside the period.
    """

    outcomes: list[Outcome]
    shards: list[str]
    tally: Tally
    changes: Changes


def reprocess_source(
    of: Source,
    data: Path,
    scope: Scope,
    steps: CleaningSteps,
    progress: Progress,
    log: Log,
    *,
    in_flight: int = 8,
    corrections: Corrections = NO_CORRECTIONS,
) -> ReprocessResult:
    """Clean the pages of one source that are in the scope once more, by its corrections, under the source's lock.

    From the `ledger`, shards that are no longer in raw/ are judged by their tables. Where reading raw pages again
    changes what site memory is made of, pages of later days are judged twice; a dry run judges by the memory of the
    lines in today's tables. Raises SitoError where there is nothing to clean, another run holds the source, or clean/
    cannot be written.
    """
    source, period, origin, dry_run = of.name, scope.period, scope.origin, scope.dry_run
    archive = Archive(data, source)
    if not _shards(archive, data, source, origin):
        raise SitoError(f"source '{source}' holds no pages in {archive.folder}; `sito ingest {source}` pulls some")

    def job(shard: str) -> CleaningJob:
        path = archive.folder / shard
        return CleaningJob(
            *(path, data, source, of.language, origin, period),
            write=not dry_run,
            quotations=of.quotations,
            corrections=corrections,
        )

    results: dict[str, ShardResult] = {}
    with archive.lock(), ExitStack() as stack:
        if not dry_run:
            stack.callback(remove_partial, data, source)
            if unfinished := finish_rewrites(data, source, datetime.now(UTC)):
                log.warning(unfinished)
            for what in archive.recover() + [f"{name}: half-written, removed" for name in remove_partial(data, source)]:
                log.warning(what)
        memories = Memories(data, source)
        for shard in sorted({*_shards(archive, data, source, origin), *memories.tables.shards}):
            memories.summarize(shard)
        shards = [
            shard
            for shard in _shards(archive, data, source, origin)
            if ShardTables.of(data, source, shard).may_hold(period.__contains__)
        ]
        if not dry_run and origin == "raw":
            for path in archive.shards():
                for what in archive.mend(path) if path.name in shards else ():
                    log.warning(what)
        queue = CleaningQueue(steps, memories, in_flight)
        stack.push(queue.abandon)
        progress.doing("cleaning")
        if not dry_run:
            for shard in shards:
                ShardTables.of(data, source, shard).back_up()
        for result in queue.each(map(job, shards)):
            results[result.shard] = result
            progress.find(len(result.outcomes), all_found=len(results) == len(shards))
            progress.finish(result.outcomes)
        if not dry_run:
            for shard in results:
                memories.summarize(shard)
            for again in queue.rejudge(map(job, memories.stale(results, period.has_day))):
                results[again.shard] = results[again.shard].rejudged(again)
                memories.tables.read(again.shard)
            memories.remove_unused()
            write_versions(data, source, memories.tables)
            memories.tables.save()
    outcomes = Outcomes()
    changes = Changes()
    for result in results.values():
        changes.add(result.changes)
        outcomes.add(result.outcomes)
    return ReprocessResult(outcomes.final(), list(results), merged(each.tally for each in results.values()), changes)


def _shards(archive: Archive, data: Path, source: str, origin: Origin) -> list[str]:
    names = {shard.name for shard in archive.shards()}
    if origin == "ledger":
        names |= set(ShardTables.shards(data, source))
    return sorted(names)
