"""Runs of a terminal as flow runs of a Prefect server that is there."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, cast

from flows.orchestration.prefect_settings import SETTINGS, TAG, prefect_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prefect.client.schemas.objects import State

    from flows.config.kinds import Source
    from flows.config.settings import Settings
    from flows.orchestration.server import PrefectApi
    from flows.pipeline.cleaning_job import Scope
    from flows.report.progress import Progress
    from flows.report.run_record import RunResult
    from flows.tables.changes import Changes


class FlowRuns:
    """Runs of sources as flows; each raises the SitoError of a run that failed."""

    def ingest(self, source: Source, refetch: Sequence[str] = ()) -> RunResult:
        """Pull the source, or ask again for these pages of it."""
        from flows.ingest import ingest

        return cast("State[RunResult]", ingest(source.name, tuple(refetch), return_state=True)).result()

    def reprocess(self, source: Source, scope: Scope) -> RunResult | Changes:
        """Clean the source again; the changes are those that a dry run would make."""
        from flows.reprocess import ReprocessRequest, reprocess

        since, until = scope.period.since, scope.period.until
        request = ReprocessRequest(
            source=source.name, since=since, until=until, origin=scope.origin, dry_run=scope.dry_run
        )
        return cast("State[RunResult | Changes]", reprocess(request, return_state=True)).result()


@contextmanager
def flow_runs(settings: Settings, api: PrefectApi | None, listener: Callable[[Progress], None]) -> Iterator[FlowRuns]:
    """Runs in this process, seen by the server at `api` (None: the configured one); these settings are in use.

    Prefect's own log is kept off the terminal; `listener` follows their progress. Raises SitoError where the server
    does not answer, or SITO_RUNNER is wrong.
    """
    quiet = SETTINGS | {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}  # the UI still gets every line
    with prefect_environment(quiet):
        print("sito: starting Prefect ...", file=sys.stderr, flush=True)
        from prefect import tags
        from prefect.exceptions import TerminationSignal

        from flows.orchestration.flow_runs import LISTENERS
        from flows.orchestration.server import configured_api, using
        from flows.orchestration.task_runner import task_runner

        task_runner(settings)  # a wrong one is reported before a run begins
        with using(api) if api else nullcontext(), tags(TAG):  # by it the server knows whose silence to notice
            ui = (api or configured_api()).ui
            print(f"sito: to be seen in the Prefect UI: {ui}", file=sys.stderr, flush=True)
            token = LISTENERS.set((listener,))
            try:
                yield FlowRuns()
            except TerminationSignal:
                raise KeyboardInterrupt from None
            finally:
                LISTENERS.reset(token)
