"""The flows that pull sources: `ingest` pulls one, `ingest_all` several.

Annotations here are objects and not strings (no `from __future__ import annotations`): `sito serve` hands the flows
themselves to the processes of their runs, where the names in strings would be unknown.
"""

from typing import cast

from prefect import flow, tags
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from flows.common.errors import SitoError
from flows.config.settings import current_settings
from flows.config.sources import find_source, load_sources
from flows.orchestration.artifacts import publish
from flows.orchestration.flow_runs import (
    SourceName,
    SourceNames,
    completed,
    completed_all,
    failed,
    flow_run_id,
    follow,
    tag_run,
    warn_without_contact,
)
from flows.orchestration.prefect_settings import TAG
from flows.orchestration.task_runner import CONFIGURED_TASK_RUNNER
from flows.orchestration.tasks import TaskSteps
from flows.pipeline.source_run import run_ingest
from flows.report.run_record import RunRecord, RunResult


class SourcesFailed(SitoError):  # noqa: N818 - what happened in the run
    """Some sources of `ingest_all` failed; `records` are those of the others."""

    def __init__(self, message: str, records: list[RunRecord]) -> None:
        super().__init__(message)
        self.records = records


@flow(
    flow_run_name="ingest {source}",
    description="Pull the new pages of a source, keep them, clean them, report.",
    task_runner=CONFIGURED_TASK_RUNNER,
)
def ingest(source: SourceName, refetch: tuple[str, ...] = ()) -> State[RunResult]:
    """Pull one source.

    Args:
        source: name of the source, as in the sources file
        refetch: addresses of its pages to ask for again now, and nothing else; without it what is new or due

    """
    try:
        settings = current_settings()
        found = find_source(load_sources(settings.sources), source)
        warn_without_contact([found])
        with follow(source) as progress, tags(tag_run(source)):
            ended = run_ingest(found, settings, flow_run_id(), TaskSteps(), progress, get_run_logger(), refetch)
        publish(ended)
    except SitoError as error:
        return failed(error)
    return failed(ended.problem) if ended.problem else completed(ended.result)


@flow(flow_run_name="ingest all", description="Pull every source of the sources file, one after the other.")
def ingest_all(sources: SourceNames = ()) -> State[list[RunRecord]]:
    """Pull several sources; one that fails leaves the others alone.

    Args:
        sources: names of the sources, as in the sources file; without it all

    """
    try:
        known = load_sources(current_settings().sources)
        chosen = [find_source(known, name) for name in sources or known]
    except SitoError as error:
        return failed(error)
    warn_without_contact(chosen)
    records: list[RunRecord] = []
    problems: list[str] = []
    for name in (source.name for source in chosen):
        with tags(TAG):
            state = cast("State[RunResult]", ingest(name, return_state=True))
        if state.is_completed():
            records.append(state.result().record)
        else:
            problems.append(f"{name}: {state.message}")
    if problems:
        message = "\n".join([f"{len(problems)} of {len(chosen)} sources failed", *problems])
        return failed(SourcesFailed(message, records))
    return completed_all(records)
