"""The flows that pull sources: `ingest` pulls one, `ingest_all` several."""

from datetime import UTC, datetime
from typing import cast

from flows.orchestration import prefect_settings

prefect_settings.apply()

from prefect import flow, tags  # noqa: E402 - only now
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402

from flows.common.errors import SitoError  # noqa: E402
from flows.config.settings import Settings  # noqa: E402
from flows.config.sources import find_source, load_sources  # noqa: E402
from flows.orchestration.flow_runs import (  # noqa: E402
    SourceName,
    SourceNames,
    completed,
    completed_all,
    conclude,
    failed,
    follow,
    tag_run,
)
from flows.orchestration.tasks import TaskSteps  # noqa: E402
from flows.pipeline.ingest_source import ingest_source  # noqa: E402
from flows.report.progress import FAILED  # noqa: E402
from flows.report.run_record import RunRecord  # noqa: E402


class SourcesFailed(SitoError):  # noqa: N818 - what happened in the run
    """Some sources of `ingest_all` failed; `records` are those of the others."""

    def __init__(self, message: str, records: list[RunRecord]) -> None:
        super().__init__(message)
        self.records = records


@flow(
    flow_run_name="ingest {source}",
    description="Pull the new pages of a source, keep them, clean them, report.",
    task_runner=Settings.from_environment().task_runner(),
)
def ingest(source: SourceName) -> State[RunRecord]:
    """Pull one source.

    Args:
        source: name of the source, as in the sources file

    """
    started = datetime.now(UTC)
    log = get_run_logger()
    try:
        settings = Settings.from_environment()
        found = find_source(load_sources(settings.sources), source)
        with follow(source) as progress, tags(tag_run(source)):
            intake = ingest_source(
                found, settings.data, TaskSteps(), progress, log, state=settings.state, in_flight=2 * settings.workers
            )
            if intake.problem:
                progress.doing(FAILED)
        notes = [*intake.notes, *([f"ended early: {intake.problem}"] if intake.problem else [])]
        record = conclude("ingest", source, settings.data, started, intake.outcomes, intake.shards, notes)
    except SitoError as error:
        return failed(error)
    return failed(intake.problem) if intake.problem else completed(record)


@flow(flow_run_name="ingest all", description="Pull every source of the sources file, one after the other.")
def ingest_all(sources: SourceNames = ()) -> State[list[RunRecord]]:
    """Pull several sources; one that fails leaves the others alone.

    Args:
        sources: names of the sources, as in the sources file; without it all

    """
    try:
        known = load_sources(Settings.from_environment().sources)
        names = [find_source(known, name).name for name in sources or known]
    except SitoError as error:
        return failed(error)
    records: list[RunRecord] = []
    problems: list[str] = []
    for name in names:
        state = cast("State[RunRecord]", ingest(name, return_state=True))
        if state.is_completed():
            records.append(state.result())
        else:
            problems.append(f"{name}: {state.message}")
    if problems:
        message = "\n".join([f"{len(problems)} of {len(names)} sources failed", *problems])
        return failed(SourcesFailed(message, records))
    return completed_all(records)
