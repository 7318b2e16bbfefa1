"""The jobs of a sources file as Prefect deployments: one plan, for `sito serve` and for prefect.yaml alike.

`python -m flows.deployments > prefect.yaml` writes the plan of sources.toml for `prefect deploy`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from flows.config.kinds import Schedule
from flows.orchestration.prefect_settings import FLOW_RUN_SETTINGS, TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from prefect.runner import Runner

    from flows.config.kinds import Source

POOL = "sito"
_STORIES = "50 * * * *"


@dataclass(frozen=True, slots=True)
class Job:
    """A deployment: which flow, with what, when; never two runs of it at once.

    `busy` says what becomes of a run that meets another. A pull is cancelled: the next one takes all that is new, and a
    queue behind a slow source would only grow. A reprocess waits: a person asked for it. Runs of different deployments
    on one source are kept apart by the lock of its archive.
    """

    name: str
    flow: str
    description: str
    busy: Literal["CANCEL_NEW", "ENQUEUE"] = "CANCEL_NEW"
    parameters: dict[str, Any] = field(default_factory=dict)
    schedule: Schedule | None = None
    tags: tuple[str, ...] = (TAG,)


def jobs(sources: Mapping[str, Source]) -> list[Job]:
    """`ingest-<source>` for every source (on its schedule, if it has one), `ingest-all`, `reprocess` and `stories`.

    Stories are looked for every hour where any source is pulled on schedule; a run that finds nothing new does nothing.
    """
    return [
        *(
            Job(
                f"ingest-{name}",
                "flows.ingest.ingest",
                f"Pull the new pages of {name}, keep them, clean them, report.",
                parameters={"source": name},
                schedule=source.schedule,
                tags=(TAG, f"source:{name}"),
            )
            for name, source in sources.items()
        ),
        Job("ingest-all", "flows.ingest.ingest_all", "Pull every source, one after the other."),
        Job(
            "reprocess",
            "flows.reprocess.reprocess",
            "Clean kept pages again with today's rules. Nothing is fetched.",
            busy="ENQUEUE",
        ),
        Job(
            "stories",
            "flows.link_stories.stories",
            "Find which documents tell the same story, across sources and days.",
            schedule=Schedule(cron=_STORIES) if any(source.schedule for source in sources.values()) else None,
        ),
    ]


def register(runner: Runner, job: Job, *, paused: bool = False, active: bool = True) -> UUID:
    """Register the job with the runner of `sito serve`; gives the id of its deployment.

    `paused` is of the deployment, `active` of its schedule.

    The runner gets the flow itself. So it runs that, and not what the database says of how to get the flow: whoever
    can write there could put a step with a command of theirs into our deployment.
    """
    from prefect import Flow
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    module, _, name = job.flow.rpartition(".")
    flow: Flow[..., Any] = getattr(import_module(module), name)
    made = runner.add_flow(
        flow,
        job.name,
        schedule=Cron(job.schedule.cron, timezone=job.schedule.timezone, active=active) if job.schedule else None,
        parameters=job.parameters,
        description=job.description,
        tags=list(job.tags),
        paused=paused,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy(job.busy)),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return made  # type: ignore[return-value]  # a coroutine only inside async code


def prefect_yaml(planned: Iterable[Job]) -> str:
    """The jobs as a prefect.yaml for workers of the work pool `sito`."""
    return "\n".join([*_HEAD, *(line for job in planned for line in _entry(job))]) + "\n"


_HEAD = (
    "# Written by `python -m flows.deployments > prefect.yaml` from sources.toml: after a change run it again.",
    "# For work pools; workers need sito installed, SITO_SOURCES and SITO_DATA. How: docs/running.md.",
    "name: sito",
    "pull: []  # the flows are imported from the installed package",
    "deployments:",
)


def _entry(job: Job) -> Iterator[str]:
    # JSON is YAML, and quotes what must be quoted.
    yield f"  - name: {json.dumps(job.name)}"
    yield f"    entrypoint: {job.flow}"
    yield f"    description: {json.dumps(job.description)}"
    yield f"    tags: {json.dumps(job.tags)}"
    yield f"    parameters: {json.dumps(job.parameters)}"
    if job.schedule:
        yield f"    schedules: [{json.dumps({'cron': job.schedule.cron, 'timezone': job.schedule.timezone})}]"
    yield f"    concurrency_limit: {json.dumps({'limit': 1, 'collision_strategy': job.busy})}"
    yield f"    work_pool: {json.dumps({'name': POOL, 'job_variables': {'env': FLOW_RUN_SETTINGS}})}"


if __name__ == "__main__":
    from flows.config.settings import load_settings
    from flows.config.sources import load_sources

    sys.stdout.write(prefect_yaml(jobs(load_sources(load_settings().sources))))
