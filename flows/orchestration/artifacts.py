"""A run in the Prefect UI: artifacts under keys that stay the same for a source, so that the UI keeps their history."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from uuid import UUID

from prefect import get_client
from prefect.artifacts import (
    Artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate

from flows.config.settings import current_settings
from flows.orchestration.alarm_targets import emit_alarm
from flows.report.markdown_report import headline, history, page_rows, report, summary
from flows.report.progress import DONE, FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.pipeline.source_run import Ended
    from flows.report.progress import Progress
    from flows.report.run_record import RunRecord

SECONDS_BETWEEN = 2.0
"""Least time between two updates of the progress artifact; each is a request to the server."""
SECONDS_BEFORE = 10.0
"""Before the first of a run that has found nothing yet."""


def artifact_key(source: str, what: str) -> str:
    """`<source>-<what>`; Prefect allows lower-case letters, digits and dashes, so an underscore becomes a dash."""
    return re.sub(r"[^a-z0-9]+", "-", f"{source}-{what}".lower()).strip("-")


def publish(ended: Ended) -> None:
    """Create `<source>-report` and `<source>-pages` for the flow run that this is called in.

    A run with alarms emits them. A pull that found nothing renews `<source>-heartbeat` instead: a feed that is asked
    twice an hour has no news in most runs, and what says nothing hides what does.
    """
    record, look = ended.result.record, current_settings().look
    if record.is_quiet and ended.problem is None:
        _beat(record)
        return
    if record.alarms:
        emit_alarm(record, look)
    create_markdown_artifact(
        key=artifact_key(record.source, "report"),
        markdown=report(record, ended.outcomes, ended.result.tally, look),
        description=headline(record),
    )
    create_table_artifact(
        key=artifact_key(record.source, "pages"),
        table=page_rows(ended.outcomes, record.source, look),
        description=headline(record),
    )


def _beat(record: RunRecord) -> None:
    """Say in the one heartbeat of the source that it was pulled, and had nothing new."""
    key = artifact_key(record.source, "heartbeat")
    said = f"{record.finished:%Y-%m-%d %H:%M} UTC: nothing new, {summary(record)}"
    known: UUID | None = getattr(Artifact.get(key), "id", None)
    with get_client(sync_client=True) as client:
        if known is not None:
            client.update_artifact(known, ArtifactUpdate(data=said, description=said))
        else:
            client.create_artifact(ArtifactCreate(key=key, type="markdown", data=said, description=said))


def publish_history(source: str, records: Sequence[RunRecord]) -> None:
    """Create `<source>-runs`, which has the runs in terminals too, unless the last one said the same.

    Call it outside a flow run: the artifact is of none, and stands in the list of all artifacts.
    """
    key, text = artifact_key(source, "runs"), history(records)
    if getattr(Artifact.get(key), "data", None) != text:
        said = f"the last {len(records)} runs of {source}"
        with get_client(sync_client=True) as client:
            client.create_artifact(ArtifactCreate(key=key, type="markdown", data=text, description=said))


class ProgressArtifact:
    """Shows a `Progress` as `<source>-progress`: give it to `Progress` as a listener, and `close` it at the end.

    It is made when there is something to show: a page that is not as it was, a failure, or a wait of some seconds.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._id: UUID | None = None
        self._next = time.monotonic() + SECONDS_BEFORE

    def __call__(self, progress: Progress) -> None:
        """Send the state on, unless the last one was sent just now."""
        if time.monotonic() >= self._next or (self._id is None and progress.has_news):
            self._send(progress.share if progress.complete else min(progress.share, 0.99), progress)
            self._next = time.monotonic() + SECONDS_BETWEEN

    def close(self, progress: Progress) -> None:
        """Show how it ended, however little time has passed."""
        if self._id is not None or progress.has_news or progress.activity == FAILED:
            self._send(1.0 if progress.activity == DONE else progress.share, progress)

    def _send(self, share: float, progress: Progress) -> None:
        percent, said = round(100 * share, 1), progress.state()
        if self._id is not None:
            update_progress_artifact(artifact_id=self._id, progress=percent, description=said)
            return
        key = artifact_key(self._source, "progress")
        created = create_progress_artifact(progress=percent, key=key, description=said)
        if not isinstance(created, UUID):  # the same function answers a coroutine inside async code
            raise TypeError("the progress artifact belongs in a synchronous flow")
        self._id = created
