"""The flow that finds stories in what the pulls have brought, with a form of its own in the Prefect UI.

Annotations here are objects and not strings (no `from __future__ import annotations`): `sito serve` hands the flows
themselves to the processes of their runs, where the names in strings would be unknown.
"""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed

from flows.common.errors import SitoError
from flows.config.settings import current_settings
from flows.orchestration.flow_runs import Day, failed
from flows.orchestration.task_runner import CONFIGURED_TASK_RUNNER
from flows.orchestration.tasks import spread_stories
from flows.store.held import bring_tables
from flows.stories.find_stories import cleaned_sources, find_stories


@flow(
    flow_run_name="stories",
    description="Find which documents tell the same story, across sources and days.",
    task_runner=CONFIGURED_TASK_RUNNER,
)
def stories(since: Day = None, until: Day = None) -> State[Any]:
    """Bring clean/stories/ up to date with all sources.

    Args:
        since: take in only documents of this day or later
        until: take in only documents of this day or earlier

    """
    settings, log = current_settings(), get_run_logger()
    last = ""

    def tell(what: str, done: int, of: int) -> None:
        nonlocal last
        if what != last:
            last = what
            log.info("%s: %d", what, of)

    try:
        spread = spread_stories(settings)
        bring_tables(settings.data)
        found = find_stories(settings.data, cleaned_sources(settings.data), since, until, tell, spread)
    except SitoError as error:
        return failed(error)
    except OSError as error:
        return failed(SitoError(f"clean/stories: cannot be written: {error.strerror or error}"))
    for shard in found.damaged:
        log.warning("%s: its tables are damaged and were left out; `sito check` says more", shard)
    return Completed(message=str(found), data=found)
