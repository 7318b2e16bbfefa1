"""Prefect's runner of the cleaning tasks, as the settings name it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.common.errors import SitoError
from flows.config.settings import current_settings

if TYPE_CHECKING:
    from flows.config.settings import Settings


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """Threads that wait for our cleaning processes, or what SITO_RUNNER names.

    SITO_RUNNER is `module:name` of a `TaskRunner`, class or instance: `prefect_dask:DaskTaskRunner`. Raises SitoError
    for anything else.
    """
    name = settings.runner
    if name is None:
        return ThreadPoolTaskRunner(max_workers=settings.workers)
    module, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SitoError(f"SITO_RUNNER={name}: {error}; write module:name of a Prefect task runner") from error
    runner = found() if isinstance(found, type) else found
    if not isinstance(runner, TaskRunner):
        raise SitoError(f"SITO_RUNNER={name}: this is no Prefect task runner")
    # One that ran keeps the client of its cluster, closed: each run has a runner of its own.
    return runner.duplicate() if runner is found else runner


class _ConfiguredTaskRunner(ThreadPoolTaskRunner[Any]):
    """Becomes the task runner of the current settings when a run starts, not when its flow is imported.

    Prefect duplicates the runner of a flow for every run.
    """

    def duplicate(self) -> TaskRunner[Any]:  # type: ignore[override]
        """The runner for one run."""
        return task_runner(current_settings())


CONFIGURED_TASK_RUNNER: TaskRunner[Any] = _ConfiguredTaskRunner()
"""For the flows."""
