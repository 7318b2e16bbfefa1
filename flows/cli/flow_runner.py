"""`sito ingest`, `sito reprocess`, `sito serve`: the flows run from the terminal."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from flows.common.errors import SitoError
from flows.common.escape import lines
from flows.config.settings import load_settings, use_settings
from flows.config.sources import find_source, load_sources
from flows.orchestration.prefect_settings import SETTINGS, prefect_environment
from flows.pipeline.cleaning_job import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from prefect.client.schemas.objects import State

    from flows.config.settings import Settings
    from flows.pipeline.cleaning_job import Origin
    from flows.report.run_record import RunResult
    from flows.tables.changes import Changes


def ingest(sources: Path, data: Path, names: Sequence[str]) -> int:
    """Pull the named sources (none: all) one after the other; a source that fails leaves the others alone."""
    known = load_sources(sources)
    chosen = [find_source(known, name).name for name in names or known]
    code = 0
    with _prefect(load_settings(sources=sources, data=data)):
        from flows.ingest import ingest_each

        for _, state in ingest_each(chosen):
            try:
                code = max(code, _show(state))
            except SitoError as error:
                print(f"sito: {lines(str(error))}", file=sys.stderr)
                code = 2
    return code


def reprocess(
    sources: Path, data: Path, name: str, *, since: date | None, until: date | None, origin: Origin, dry_run: bool
) -> int:
    """Clean the archived pages of a source again."""
    Period(since, until)  # a wrong one is reported before Prefect starts
    find_source(load_sources(sources), name)
    with _prefect(load_settings(sources=sources, data=data)):
        from flows.reprocess import ReprocessRequest
        from flows.reprocess import reprocess as flow

        request = ReprocessRequest(source=name, since=since, until=until, origin=origin, dry_run=dry_run)
        state = flow(request, return_state=True)
        if not dry_run:
            return _show(state)
        changes = cast("State[Changes]", state).result()
        from flows.report.terminal import print_changes

        print_changes(changes)
        return 0


def serve(sources: Path, data: Path) -> int:
    """Run schedules and forms until Ctrl-C."""
    from flows.serve import serve as serve_forever

    serve_forever(load_settings(sources=sources, data=data))
    return 0


@contextmanager
def _prefect(settings: Settings) -> Iterator[None]:
    """Run flows in this process: with these settings, Prefect's own log off the terminal, and our progress on it."""
    quiet = SETTINGS | {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}  # the UI still gets every line
    with use_settings(settings), prefect_environment(quiet):
        print("sito: starting Prefect ...", file=sys.stderr, flush=True)
        from prefect.exceptions import TerminationSignal

        from flows.orchestration.flow_runs import LISTENERS
        from flows.orchestration.server import free_port, prefect_api
        from flows.orchestration.task_runner import task_runner
        from flows.report.terminal import terminal_progress

        task_runner(settings)  # a wrong one is reported before the server starts
        # SIGTERM goes the way of Ctrl-C, in a run by Prefect's own signal. Our server lives until the run has reported
        # its end; the one that Prefect would start gets the signal, too, and the run waits long for its answers.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        with prefect_api(free_port()), terminal_progress(_log) as listener:
            token = LISTENERS.set((listener,))
            try:
                yield
            except TerminationSignal:
                raise KeyboardInterrupt from None
            finally:
                LISTENERS.reset(token)


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _show(state: State[Any]) -> int:
    from flows.report.terminal import print_run

    result: RunResult = state.result()  # raises the SitoError of a run that failed
    print_run(result.record, result.tally)
    return 1 if result.record.outcomes["failed"] else 0
