"""Where the data lies and with what runs work: settings from the environment, read anew for every run."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefect.task_runners import TaskRunner


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` holds raw/, clean/ and runs/; `workers` is the number of cleaning processes; `runner` an import path.

    `state` is the address of the database for `State.open`, and may hold a password.
    """

    data: Path
    sources: Path
    workers: int
    runner: str | None
    state: str = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """SITO_DATA, SITO_SOURCES, SITO_WORKERS, SITO_RUNNER and SITO_STATE; SitoError names the one that is wrong."""
        data = Path(environment.get("SITO_DATA") or ".").absolute()
        return cls(
            data=data,
            sources=Path(environment.get("SITO_SOURCES") or "sources.toml").absolute(),
            workers=_workers(environment.get("SITO_WORKERS")),
            runner=environment.get("SITO_RUNNER") or None,
            state=environment.get("SITO_STATE") or default_state(data),
        )

    def task_runner(self) -> TaskRunner[Any]:
        """Prefect's runner of the cleaning tasks: threads that wait for our processes, or what SITO_RUNNER names.

        SITO_RUNNER is `module:name` of a `TaskRunner`, class or instance: `prefect_dask:DaskTaskRunner`.
        """
        from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

        if self.runner is None:
            return ThreadPoolTaskRunner(max_workers=self.workers)
        module, _, name = self.runner.partition(":")
        try:
            found = getattr(import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise SitoError(
                f"SITO_RUNNER={self.runner}: {error}; write module:name of a Prefect task runner"
            ) from error
        runner = found() if isinstance(found, type) else found
        if not isinstance(runner, TaskRunner):
            raise SitoError(f"SITO_RUNNER={self.runner}: this is no Prefect task runner")
        return runner


def default_state(data: Path) -> str:
    """The address of the state where no other is set: a SQLite file beside raw/ and clean/."""
    return f"sqlite:///{data.absolute()}/state.sqlite"


def _workers(text: str | None) -> int:
    if not text:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1024):
        raise SitoError(
            f"SITO_WORKERS={text}: write a number of processes from 1 to 1024, or leave it out for all cores"
        )
    return int(text)
