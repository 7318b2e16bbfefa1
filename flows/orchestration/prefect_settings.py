"""What sito asks of Prefect: no telemetry, old runs deleted, killed runs noticed.

These are environment variables, and one that the user has set has precedence. The terminal and `sito serve` have them
in their own environment while Prefect runs; the server is started with them; workers get `FLOW_RUN_SETTINGS` from the
deployments in prefect.yaml. A program that imports our flows by itself sets Prefect up by itself.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TAG = "sito"
"""What deployments and flow runs of sito are tagged with."""

KEEP_RUNS = timedelta(days=60)
"""How long the server keeps a finished run with its tasks, logs and artifacts. The figures are kept for good in runs/
of the data folder, so alarms are not affected."""

HEARTBEAT_SECONDS = 30
"""How often a run reports that it is alive; 30 is the least that Prefect allows."""

FLOW_RUN_SETTINGS = {
    "DO_NOT_TRACK": "1",  # the client's telemetry
    # kill -9 leaves a run in Running; the automation in flows/serve.py listens for this.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
}
"""What a process that executes a flow needs."""

SETTINGS = FLOW_RUN_SETTINGS | {
    # Nothing leaves the machine: the server's telemetry, the second UI and the UI's advertisements.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Retention: by default only events are deleted (after 7 days), and a server that runs for a year slows down.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(int(KEEP_RUNS.total_seconds())),
}


@contextmanager
def prefect_environment(defaults: Mapping[str, str] = SETTINGS, **values: str) -> Iterator[None]:
    """Have variables in this process's environment for the block: `values`, and `defaults` that the user has not set.

    Enter it before Prefect is imported. Prefect reads DO_NOT_TRACK and its log levels from os.environ alone, the former
    when it is imported, and its runner gives its flow runs os.environ and nothing else of ours.
    """
    wanted = {name: value for name, value in defaults.items() if name not in os.environ} | values
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def child_environment(**values: str) -> dict[str, str]:
    """The whole environment of a Prefect process to be started."""
    return {**SETTINGS, **os.environ, **values}
