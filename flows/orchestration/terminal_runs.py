"""`sito ingest`, `sito reprocess`, `sito serve`: the flows from the terminal."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from flows.common.errors import SitoError
from flows.config.sources import find_source, load_sources
from flows.orchestration import prefect_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from prefect.client.schemas.objects import State

    from flows.pipeline.cleaning_job import Origin
    from flows.report.run_record import RunResult
    from flows.tables.changes import Changes


def ingest(sources: Path, data: Path, names: Sequence[str]) -> int:
    """Pull the named sources (none: all) one after the other; a source that fails leaves the others alone."""
    known = load_sources(sources)
    for name in names:
        find_source(known, name)
    code = 0
    with _prefect(sources, data):
        from flows.ingest import ingest as flow

        for name in names or known:
            try:
                code = max(code, _show(flow(name, return_state=True)))
            except SitoError as error:
                print(f"sito: {error}", file=sys.stderr)
                code = 2
    return code


def reprocess(
    sources: Path, data: Path, name: str, *, since: date | None, until: date | None, origin: Origin, dry_run: bool
) -> int:
    """Clean what is kept of a source again."""
    find_source(load_sources(sources), name)
    with _prefect(sources, data):
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

    serve_forever(sources, data)
    return 0


@contextmanager
def _prefect(sources: Path, data: Path) -> Iterator[None]:
    """Settings for the flows, Prefect's own talk off the terminal, and our progress on it."""
    os.environ["SITO_SOURCES"], os.environ["SITO_DATA"] = str(sources.absolute()), str(data.absolute())
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")  # the UI still gets every line
    prefect_settings.apply()  # its telemetry looks at them when it is imported
    print("sito: starting Prefect ...", file=sys.stderr, flush=True)
    from prefect.exceptions import TerminationSignal

    from flows.orchestration.flow_runs import LISTENERS
    from flows.orchestration.server import free_port, prefect_api
    from flows.report.terminal import terminal_progress

    # SIGTERM goes the way of Ctrl-C, in a run by Prefect's own signal. Our server lives until the run has said that it
    # ended; the one that Prefect would start gets the signal, too, and the run waits long for its answers.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with prefect_api(free_port()), terminal_progress(_say) as listener:
        token = LISTENERS.set((listener,))
        try:
            yield
        except TerminationSignal:
            raise KeyboardInterrupt from None
        finally:
            LISTENERS.reset(token)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _show(state: State[Any]) -> int:
    from flows.report.terminal import print_run

    result: RunResult = state.result()  # raises the SitoError of a run that failed
    print_run(result.record, result.tally)
    return 1 if result.record.outcomes["failed"] else 0
