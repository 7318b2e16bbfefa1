"""What the flows have in common: choices of their forms, tags, listeners, and the end of a run."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from prefect import get_client, runtime
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows.common.errors import SitoError
from flows.config.contact import without_contact
from flows.config.settings import current_settings
from flows.config.sources import load_sources
from flows.orchestration.artifacts import ProgressArtifact
from flows.report.markdown_report import headline
from flows.report.progress import Progress
from flows.report.run_record import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prefect.client.schemas.objects import State
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from flows.config.source import Source
    from flows.report.run_record import RunRecord, RunResult
    from flows.tables.changes import Changes

LISTENERS: ContextVar[tuple[Callable[[Progress], None], ...]] = ContextVar("LISTENERS", default=())
"""Who else follows the progress of the flows that are called in this context: the terminal."""


class _Choices:
    """Shows the names of the sources file in a form. The flow itself checks the name, with a better message."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        try:
            schema["enum"] = list(load_sources(current_settings().sources))
        except SitoError:
            return schema  # a form without choices; the run reports what is wrong with the file
        return schema


SOME_FAILED = "Some pages failed"
"""Name of the completed state of a run in which pages failed."""


class _Optional:
    """Shows what may be left out as one field; the form would ask for its type first, date or null."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        given: dict[str, Any] = schema.pop("anyOf")[0]
        return schema | given


def empty_is_null(schema: dict[str, Any]) -> None:
    """For a form's model: the form sends null for what is left empty; Prefect takes it where no default is stated."""
    for field in schema["properties"].values():
        if "default" in field and field["default"] is None:
            del field["default"]


SourceName = Annotated[str, _Choices()]
SourceNames = tuple[SourceName, ...]
Day = Annotated[date | None, _Optional()]


@contextmanager
def follow(source: str) -> Iterator[Progress]:
    """The progress of a run of this source, shown as an artifact and to `LISTENERS`."""
    artifact = ProgressArtifact(source)
    progress = Progress(source, artifact, *LISTENERS.get())
    try:
        yield progress
    except Exception:
        artifact.close(progress)
        raise
    artifact.close(progress)


def tag_run(source: str) -> str:
    """Tag the current flow run with its source, and give the tag for what the run starts."""
    tag = f"source:{source}"
    tags = set(runtime.flow_run.get_tags())
    if tag not in tags:
        with get_client(sync_client=True) as client:
            client.update_flow_run(UUID(flow_run_id()), tags=tags | {tag})
    return tag


def flow_run_id() -> str:
    """The id of the current flow run, which its record has as its name."""
    return str(runtime.flow_run.get_id())


def warn_without_contact(sources: Iterable[Source]) -> None:
    """Say in the run's log that no contact is set, if need be; a flow that another called leaves it to that."""
    said = without_contact(sources)
    if said and not runtime.flow_run.get_parent_flow_run_id():
        get_run_logger().warning(said)


def completed(result: RunResult) -> State[RunResult]:
    """The state for a run that came to its end; its name says so if pages failed."""
    record = result.record
    name = SOME_FAILED if record.outcomes["failed"] else None
    return Completed(name=name, message=headline(record), data=result)


def completed_all(records: list[RunRecord]) -> State[list[RunRecord]]:
    """The state for a run over several sources, none of which failed as a whole."""
    counts = {status: sum(record.outcomes[status] for record in records) for status in STATUSES}
    some = [f"{n:,} {status}" for status, n in counts.items() if n]
    alarms = sum(len(record.alarms) for record in records)
    said = [f"{len(records)} sources pulled", *some, *([f"{alarms} alarms"] if alarms else [])]
    return Completed(name=SOME_FAILED if counts["failed"] else None, message=", ".join(said), data=records)


def would_change(changes: Changes) -> State[Changes]:
    """The state for a dry run."""
    return Completed(name="Dry run", message=changes.summary(), data=changes)


def failed(error: SitoError) -> State[Any]:
    """The state for what a user can fix: the message, without traceback. Calling the flow raises the error."""
    return Failed(message=str(error), data=error)
