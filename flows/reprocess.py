"""The flow that cleans a source again from what is kept, with a form of its own in the Prefect UI.

Annotations here are objects and not strings (no `from __future__ import annotations`): `sito serve` hands the flows
themselves to the processes of their runs, where the names in strings would be unknown.
"""

from typing import Any, Self

from prefect import flow, tags
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.common.errors import SitoError
from flows.config.settings import current_settings
from flows.config.sources import find_source, load_sources
from flows.orchestration.artifacts import artifact_key, publish
from flows.orchestration.flow_runs import (
    Day,
    SourceName,
    completed,
    empty_is_null,
    failed,
    flow_run_id,
    follow,
    tag_run,
    would_change,
)
from flows.orchestration.task_runner import CONFIGURED_TASK_RUNNER
from flows.orchestration.tasks import TaskSteps
from flows.pipeline.cleaning_job import Origin, Period, Scope
from flows.pipeline.source_run import run_reprocess
from flows.report.markdown_report import changes_report


class ReprocessRequest(BaseModel):
    """What to clean again."""

    model_config = ConfigDict(extra="forbid", title="Reprocess", json_schema_extra=empty_is_null)

    source: SourceName = Field(title="Source", description="whose kept pages are cleaned again; nothing is fetched")
    since: Day = Field(None, title="Since", description="only pages captured on or after this day (UTC)")
    until: Day = Field(None, title="Until", description="only pages captured on or before this day (UTC)")
    origin: Origin = Field(
        "raw",
        title="From",
        description="raw: read the raw pages again; ledger: judge the ledger's lines again, quicker, for changed rules",
    )
    dry_run: bool = Field(False, title="Dry run", description="say what would change, and write nothing")

    @model_validator(mode="after")
    def _check_period(self) -> Self:
        try:
            self.scope()
        except SitoError as error:
            raise ValueError(error) from error
        return self

    def scope(self) -> Scope:
        """What of the source is cleaned again."""
        return Scope(Period(self.since, self.until), self.origin, self.dry_run)


@flow(
    flow_run_name="reprocess {request.source}",
    description="Clean the kept pages of a source again with today's rules. Nothing is fetched.",
    task_runner=CONFIGURED_TASK_RUNNER,
)
def reprocess(request: ReprocessRequest) -> State[Any]:
    """Clean a source again; gives the record of the run, or for a dry run the changes that it would make.

    Args:
        request: what to clean again

    """
    try:
        settings = current_settings()
        source = find_source(load_sources(settings.sources), request.source)
        with follow(source.name) as progress, tags(tag_run(source.name)):
            changes, ended = run_reprocess(
                source, settings, flow_run_id(), request.scope(), TaskSteps(), progress, get_run_logger()
            )
        create_markdown_artifact(
            key=artifact_key(source.name, "changes"),
            markdown=changes_report(changes, settings.look),
            description=("Dry run: " if request.dry_run else "") + changes.summary(),
        )
        if ended is None:
            return would_change(changes)
        publish(ended)
    except SitoError as error:
        return failed(error)
    return completed(ended.result)
