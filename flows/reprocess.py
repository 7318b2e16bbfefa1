"""The flow that cleans a source again from what is kept, with a form of its own in the Prefect UI."""

from datetime import UTC, datetime
from typing import Any, Self

from flows.orchestration import prefect_settings

prefect_settings.apply()

from prefect import flow, tags  # noqa: E402 - only now
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from pydantic import BaseModel, ConfigDict, Field, model_validator  # noqa: E402

from flows.common.errors import SitoError  # noqa: E402
from flows.config.settings import Settings  # noqa: E402
from flows.config.sources import find_source, load_sources  # noqa: E402
from flows.orchestration.artifacts import artifact_key  # noqa: E402
from flows.orchestration.flow_runs import (  # noqa: E402
    Day,
    SourceName,
    completed,
    conclude,
    empty_is_null,
    failed,
    follow,
    tag_run,
    would_change,
)
from flows.orchestration.tasks import begin_cleaning, stop_cleaning  # noqa: E402
from flows.pipeline.clean_shard import Origin, Period  # noqa: E402
from flows.pipeline.reprocess_source import reprocess_source  # noqa: E402


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
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is after until ({self.until}); no page can be between them")
        return self


@flow(
    flow_run_name="reprocess {request.source}",
    description="Clean the kept pages of a source again with today's rules. Nothing is fetched.",
    task_runner=Settings.from_environment().task_runner(),
)
def reprocess(request: ReprocessRequest) -> State[Any]:
    """Clean a source again; gives the record of the run, or for a dry run the changes that it would make.

    Args:
        request: what to clean again

    """
    started = datetime.now(UTC)
    log = get_run_logger()
    try:
        settings = Settings.from_environment()
        source = find_source(load_sources(settings.sources), request.source)
        period = Period(request.since, request.until)
        with follow(source.name) as progress, tags(tag_run(source.name)):
            replay = reprocess_source(
                source.name,
                settings.data,
                period,
                request.origin,
                lambda shard, options: begin_cleaning(shard, settings.data, source.name, source.language, options),
                progress,
                log,
                stop=stop_cleaning,
                dry_run=request.dry_run,
                in_flight=2 * settings.workers,
            )
        log.info(replay.changes.summary())
        create_markdown_artifact(
            key=artifact_key(source.name, "changes"),
            markdown=replay.changes.report(),
            description=("Dry run: " if request.dry_run else "") + replay.changes.summary(),
        )
        if request.dry_run:
            return would_change(replay.changes)
        record = conclude("reprocess", source.name, settings.data, started, replay.outcomes, replay.shards)
    except SitoError as error:
        return failed(error)
    return completed(record)
