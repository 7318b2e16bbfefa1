"""`sito ingest` and `sito reprocess`: as flow runs of a Prefect server that is there, else without Prefect."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING, Protocol

from flows.common.errors import SitoError
from flows.common.escape import lines
from flows.config.settings import current_settings, use_settings
from flows.orchestration.served_folder import is_configured, served_api
from flows.pipeline.cleaning_pool import cleaning_pool
from flows.pipeline.source_run import run_ingest, run_reprocess
from flows.pipeline.steps import PlainSteps
from flows.report.progress import Progress
from flows.report.run_record import TERMINAL, RunResult
from flows.report.terminal import print_changes, print_run, terminal_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flows.config.kinds import Source
    from flows.config.settings import Settings
    from flows.pipeline.cleaning_job import Scope
    from flows.tables.changes import Changes

_LOG = logging.getLogger("sito")


def ingest(settings: Settings, sources: Iterable[Source], refetch: Sequence[str] = ()) -> int:
    """Pull the sources one after the other; one that fails leaves the others alone.

    With `refetch`, these pages alone are asked for again.
    """
    code = 0
    with _runs(settings) as runs:
        for source in sources:
            try:
                code = max(code, _show(runs.ingest(source, refetch)))
            except SitoError as error:
                print(f"sito: {lines(str(error))}", file=sys.stderr)
                code = 2
    return code


def reprocess(settings: Settings, source: Source, scope: Scope) -> int:
    """Clean the archived pages of a source again."""
    with _runs(settings) as runs:
        return _show(runs.reprocess(source, scope))


class _Runs(Protocol):
    def ingest(self, source: Source, refetch: Sequence[str]) -> RunResult: ...
    def reprocess(self, source: Source, scope: Scope) -> RunResult | Changes: ...


class _PlainRuns:
    """Runs without Prefect; each raises the SitoError that ended it."""

    def __init__(self, settings: Settings, threads: ThreadPoolExecutor, listener: Callable[[Progress], None]) -> None:
        self._settings = settings
        self._listener = listener
        self._steps = PlainSteps(cleaning_pool(), threads, _LOG)

    def ingest(self, source: Source, refetch: Sequence[str]) -> RunResult:
        ended = run_ingest(source, self._settings, _name(), self._steps, self._progress(source), _LOG, refetch)
        if ended.problem:
            raise ended.problem
        return ended.result

    def reprocess(self, source: Source, scope: Scope) -> RunResult | Changes:
        progress = self._progress(source)
        changes, ended = run_reprocess(source, self._settings, _name(), scope, self._steps, progress, _LOG)
        return ended.result if ended else changes

    def _progress(self, source: Source) -> Progress:
        return Progress(source.name, self._listener)


def _name() -> str:
    return f"{TERMINAL}{token_hex(4)}"


@contextmanager
def _runs(settings: Settings) -> Iterator[_Runs]:
    """Runs with these settings, and their progress on the terminal."""
    configured = is_configured()
    api = None if configured else served_api(settings.data)
    with use_settings(settings), terminal_progress(_print) as listener:
        if api or configured:
            from flows.cli.flow_runner import flow_runs

            with flow_runs(settings, api, listener) as runs:
                yield runs
        else:
            with _without_log(), ThreadPoolExecutor(settings.workers) as threads:
                yield _PlainRuns(settings, threads, listener)


@contextmanager
def _without_log() -> Iterator[None]:
    """Keep the log off the terminal: what people should know is in the table and in the record."""
    nowhere = logging.NullHandler()
    logging.getLogger().addHandler(nowhere)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(nowhere)


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _show(result: RunResult | Changes) -> int:
    """Print what a run did, or would change; 1 if pages failed."""
    if not isinstance(result, RunResult):
        print_changes(result, look=current_settings().look)
        return 0
    print_run(result.record, result.tally, look=current_settings().look)
    return 1 if result.record.outcomes["failed"] else 0
