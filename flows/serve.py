"""`sito serve`: schedules, forms and the UI, with a server of our own where none is configured."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.config.settings import use_settings
from flows.deployments import jobs
from flows.look.server import looking
from flows.orchestration.prefect_settings import HEARTBEAT_SECONDS, TAG, prefect_environment
from flows.orchestration.served_folder import announced
from flows.orchestration.server import own_or_configured_api
from flows.orchestration.server_access import login_url
from flows.report.run_record import load_runs
from flows.served_jobs import ServedJobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from prefect.events.schemas.automations import AutomationCore

    from flows.config.kinds import Source
    from flows.config.settings import Settings
    from flows.deployments import Job

MISSED = 4
"""Signs of life that a run may miss before it counts as crashed."""
GUARD = "sito: a run without sign of life has crashed"


def serve(settings: Settings, sources: Mapping[str, Source]) -> None:
    """Register the jobs of the sources and run them when they are due, until Ctrl-C or SIGTERM.

    Uses the Prefect API that PREFECT_API_URL or the profile names; without one, starts a server on this machine at
    PREFECT_SERVER_API_PORT (4200) and ends it at the end. Raises SitoError for a taken port, or an API that does
    not answer.
    """
    # Runs are processes of their own, and Prefect's runner starts them with its own environment: it has no parameter
    # for another one, and job variables of a deployment reach only the runs of workers.
    ours = prefect_environment(SITO_SOURCES=str(settings.sources), SITO_DATA=str(settings.data))
    with use_settings(settings), ours:
        _serve(jobs(sources), list(sources), settings)


def _serve(planned: Iterable[Job], sources: Iterable[str], settings: Settings) -> None:
    from prefect.runner import Runner
    from prefect.settings import PREFECT_HOME, get_current_settings

    from flows.orchestration.alarm_targets import send_alarms_to
    from flows.orchestration.artifacts import publish_history
    from flows.orchestration.task_runner import task_runner

    task_runner(settings)  # a wrong one is reported now, and not by every run
    with own_or_configured_api() as api, looking(settings.data) as pages:
        ours = api.secret is not None
        runner = Runner(name="sito", pause_on_shutdown=False)
        served = ServedJobs(runner, settings.data)
        registered = served.begin(planned, ours)
        if ours:
            _end_dead_runs(registered)
        guard()
        send_alarms_to(settings.alarms)
        # Runs that begin in terminals from now on are flow runs.
        for source in sources:
            if runs := load_runs(settings.data, source):
                publish_history(source, runs)
        ui = login_url(api.ui, api.secret) if api.secret else api.ui
        print(f"sito: runs, schedules and the reprocess form: {ui}  (Ctrl-C ends)", file=sys.stderr, flush=True)
        if pages:
            print(f"sito: sources over time, pages and their lines: {pages}", file=sys.stderr, flush=True)
        # Prefect's own handler of SIGTERM leaves without stopping what runs; one way out is enough.
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` has it ignored
        runner.handle_sigterm = lambda *_: signal.raise_signal(signal.SIGINT)  # type: ignore[method-assign]
        try:
            home = None if get_current_settings().server.api.auth_string else PREFECT_HOME.value()
            with announced(api, home, settings.data) if ours else nullcontext(), served.watching(settings.sources):
                asyncio.run(runner.start())
        except KeyboardInterrupt:
            served.end()
            print("sito: ended; schedules are paused until the next `sito serve`", file=sys.stderr)


# `kill -9` leaves a run in Running for ever, and the place that it holds taken. While we live, the runner sees its
# processes die. If we were killed with them, what still runs on a server of our own at our next start is dead. Nobody
# can say so of runs in terminals and those of workers but the runs themselves, by their heartbeats.


def _end_dead_runs(deployments: list[UUID]) -> None:
    """Mark what the last `sito serve` left in Running as Crashed: nobody but us executes these deployments."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterDeploymentId,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    begun = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    ours = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=deployments),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=begun)),
    )
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=ours):
            client.set_flow_run_state(run.id, Crashed(message="The process was killed or cut off."), force=True)


def guard() -> None:
    """Have the server mark runs of sito as Crashed when they fall silent; paused by a person, this stays paused."""
    from prefect.client.orchestration import get_client

    wanted = _automation()
    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(GUARD)
        if not known:
            client.create_automation(wanted)
        for each in known:
            if each.description != wanted.description:  # of another release, or for another frequency
                client.update_automation(each.id, wanted.model_copy(update={"enabled": each.enabled}))


def _automation() -> AutomationCore:
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
    from prefect.events.schemas.events import ResourceSpecification
    from prefect.settings import get_current_settings

    # Prefect takes no frequency below ours.
    every = max(get_current_settings().flows.heartbeat_frequency or 0, HEARTBEAT_SECONDS)
    return AutomationCore(
        name=GUARD,
        description=(
            f"Runs with the tag {TAG} say every {every} s that they live; "
            f"one that is silent for {MISSED * every} s has crashed. Made by `sito serve`."
        ),
        trigger=EventTrigger(
            posture=Posture.Proactive,
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": ["tag"], "prefect.resource.id": [f"prefect.tag.{TAG}"]}
            ),
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},  # another heartbeat or an end, whatever the name of its state
            for_each={"prefect.resource.id"},
            threshold=1,
            within=timedelta(seconds=MISSED * every),
        ),
        actions=[
            ChangeFlowRunState(
                name="Crashed",
                state=StateType.CRASHED,
                message="No sign of life: the process was killed or cut off.",
                force=False,
            )
        ],
    )
