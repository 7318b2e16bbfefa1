"""What sito asks of Prefect, set before Prefect is imported: no telemetry, old runs deleted, killed runs noticed.

Call `apply()` first in every process that imports Prefect. A variable that the user has set is left alone.
"""

from __future__ import annotations

import os
from datetime import timedelta

KEEP_RUNS = timedelta(days=60)
"""How long the server keeps a finished run with its tasks, logs and artifacts. The figures stay for good in the
data folder's runs/, so alarms lose nothing by it."""

HEARTBEAT_SECONDS = 30
"""How often a run says that it lives; 30 is the least that Prefect allows."""

SETTINGS = {
    # Nothing leaves the machine: the client's and the server's reports, the second UI and the UI's advertisements.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Retention: by default only events are deleted (after 7 days), and a server that runs for a year slows down.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(int(KEEP_RUNS.total_seconds())),
    # kill -9 leaves a run in Running; the automation in flows/serve.py listens for this.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
}


def apply() -> None:
    """Set what is not set yet in this process's environment, which its children inherit."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
