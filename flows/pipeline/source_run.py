"""A run of one source, from its settings to its record in runs/: the same in Prefect's flows and without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.config.corrections import load_corrections
from flows.gold.figures import kept_scores, said
from flows.gold.gold_set import gold_folder
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.reprocess_source import reprocess_source
from flows.report.alarms import HISTORY, alarms
from flows.report.progress import FAILED
from flows.report.run_changes import save_changes
from flows.report.run_record import RunResult, load_runs, record_run, save_run
from flows.store.held import bring_up_to_date, held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.common.errors import SitoError
    from flows.common.page_types import Outcome
    from flows.config.kinds import Source
    from flows.config.settings import Settings
    from flows.pipeline.cleaning_job import Scope
    from flows.pipeline.steps import CleaningSteps, Log, Steps
    from flows.report.progress import Progress
    from flows.tables.changes import Changes


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its record and counts, an outcome for every page, each once, and what ended it early."""

    result: RunResult
    outcomes: list[Outcome]
    problem: SitoError | None = None


def run_ingest(
    source: Source,
    settings: Settings,
    run: str,
    steps: Steps,
    progress: Progress,
    log: Log,
    refetch: Sequence[str] = (),
) -> Ended:
    """Pull a source, compare the run with earlier ones, and keep its record under the name `run`.

    With `refetch`, ask for these pages of it again, and for nothing else.

    Raises SitoError where the run could not begin, or its record cannot be written; see `ingest_source`.
    """
    started = datetime.now(UTC)
    corrections = load_corrections(settings.sources, source.name)
    with held(settings.data, source.name), progress.to_the_end():
        pulled = ingest_source(
            *(source, settings.data, steps, progress, log),
            state=settings.state,
            in_flight=2 * settings.workers,
            corrections=corrections,
            refetch=refetch,
        )
        record = record_run(source.name, "ingest", run, started, pulled.outcomes, pulled.shards)
        early = [f"ended early: {pulled.problem}"] if pulled.problem else []
        record = replace(record, notes=[*pulled.notes, *early])
        record = replace(record, alarms=alarms(record, load_runs(settings.data, source.name, HISTORY)))
        save_run(settings.data, record)
        for alarm in record.alarms:
            log.warning(alarm)
        if pulled.problem:
            progress.doing(FAILED)
    return Ended(RunResult(record, pulled.tally), pulled.outcomes, pulled.problem)


def run_reprocess(
    source: Source, settings: Settings, run: str, scope: Scope, steps: CleaningSteps, progress: Progress, log: Log
) -> tuple[Changes, Ended | None]:
    """Clean a source again; gives what changed, and how the run ended. A dry run writes no more, and has no end.

    Where the source has gold, its record says how far the kept text is from it, before and now. Raises SitoError; see
    `reprocess_source`.
    """
    started = datetime.now(UTC)
    corrections = load_corrections(settings.sources, source.name)
    gold = gold_folder(settings.sources, source.name)
    with held(settings.data, source.name), progress.to_the_end():
        bring_up_to_date(settings.data, source.name, lambda name: name.startswith("clean/"))
        before = {} if scope.dry_run else kept_scores(gold, settings.data, source.name)
        done = reprocess_source(
            *(source, settings.data, scope, steps, progress, log),
            in_flight=2 * settings.workers,
            corrections=corrections,
        )
        log.info(done.changes.summary())
        done.changes.source, done.changes.run = source.name, run
        if done.changes.changed:
            save_changes(settings.data, done.changes, started, dry_run=scope.dry_run)
        if scope.dry_run:
            return done.changes, None
        record = record_run(source.name, "reprocess", run, started, done.outcomes, done.shards)
        if note := said(before, kept_scores(gold, settings.data, source.name)):
            record = replace(record, notes=[note])
        save_run(settings.data, record)
    return done.changes, Ended(RunResult(record, done.tally), done.outcomes)
