"""The deployments of a `sito serve`: those of the sources file as it is now, and paused where a person has paused them.

`sito serve` pauses them all at its end, as nobody would run them. Which ones a person had paused before, and which
there are, is kept in the data folder, so that the next one leaves those paused, and removes those without a source.
"""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError
from flows.common.escape import lines
from flows.config.sources import load_sources
from flows.deployments import jobs, register
from flows.orchestration.prefect_settings import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse
    from prefect.runner import Runner

    from flows.deployments import Job

__all__ = ["ServedJobs"]

_FILE = "runs/.deployments.json"
SECONDS_BETWEEN = 2.0
"""Between two looks at the sources file."""


class ServedJobs:
    """What the runner of this `sito serve` has registered; `data` remembers it."""

    def __init__(self, runner: Runner, data: Path) -> None:
        self._runner, self._path = runner, data / _FILE
        self._known: dict[str, tuple[Job, UUID]] = {}

    def begin(self, planned: Iterable[Job], ours: bool) -> list[UUID]:
        """Register the jobs at the start, and remove what the last `sito serve` of this folder left without one.

        `ours`: nobody else uses the server, so that all deployments of sito without a work pool are ours. Gives their
        ids.
        """
        before = self._load()
        planned = list(planned)
        wanted = {job.name for job in planned}
        with _client() as client:
            found = {each.name: each for each in _deployments(client)}
            for name, each in found.items():
                if name not in wanted and (ours or name in before.get("names", ())):
                    client.delete_deployment(each.id)
        # Earlier releases, and one that was killed, left no list; the former paused all at its end.
        paused = set(before.get("paused", ()))
        if "paused" not in before and not all(each.paused for each in found.values()):
            paused = {name for name, each in found.items() if each.paused}
        for job in planned:
            self._register(job, found.get(job.name), job.name in paused)
        self._save({"names": sorted(wanted)})
        return [made for _, made in self._known.values()]

    def update(self, planned: Iterable[Job]) -> list[str]:
        """Register what is new or other, remove what is no longer planned; gives a sentence for each."""
        wanted = {job.name: job for job in planned}
        said: list[str] = []
        # The forms of all others offer the names of the sources.
        anew = wanted.keys() != self._known.keys()
        with _client() as client:
            found = {each.name: each for each in _deployments(client)}
            for name in self._known.keys() - wanted.keys():
                _, known = self._known.pop(name)
                with suppress(Exception):  # a person may have deleted it
                    client.delete_deployment(known)
                said.append(f"{name}: removed")
        for name, job in wanted.items():
            before = self._known.get(name)
            if before is None or before[0] != job:
                said.append(f"{name}: {'added' if before is None else 'changed'}")
            elif not anew:
                continue
            self._register(job, found.get(name), bool(found.get(name) and found[name].paused))
        self._save({"names": sorted(wanted)})
        return said

    def end(self) -> None:
        """Pause them all, and remember which were paused before."""
        with _client() as client:
            mine = [each for each in _deployments(client) if each.name in self._known]
            self._save({"names": sorted(self._known), "paused": sorted(each.name for each in mine if each.paused)})
            for each in mine:
                if not each.paused:
                    client.pause_deployment(each.id)

    @contextmanager
    def watching(self, sources: Path, say: Callable[[str], None] | None = None) -> Iterator[None]:
        """Follow the sources file while the block runs; one that is wrong is said, and changes nothing."""
        stop = threading.Event()
        watch = threading.Thread(
            target=copy_context().run, args=(self._watch, sources, stop, say or _say), name="watch", daemon=True
        )
        watch.start()
        try:
            yield
        finally:
            stop.set()
            watch.join(SECONDS_BETWEEN * 5)

    def _watch(self, sources: Path, stop: threading.Event, say: Callable[[str], None]) -> None:
        last = _content(sources)
        while not stop.wait(SECONDS_BETWEEN):
            now = _content(sources)
            if now == last:
                continue
            last = now
            try:
                for said in self.update(jobs(load_sources(sources))):
                    say(said)
            except SitoError as error:
                say(f"{error}; what was served goes on")
            except Exception as error:  # the server may be busy; the next look tries again
                last = None
                say(f"the changed sources file could not be taken in: {error}")

    def _register(self, job: Job, found: DeploymentResponse | None, paused: bool) -> None:
        stopped = bool(found and found.schedules and not any(schedule.active for schedule in found.schedules))
        self._known[job.name] = job, register(self._runner, job, paused=paused, active=not stopped)

    def _load(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_text())
            return found if isinstance(found, dict) else {}
        return {}

    def _save(self, told: dict[str, Any]) -> None:
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_name(f"{self._path.name}.part")
            part.write_text(json.dumps(told))
            part.replace(self._path)


def _client() -> SyncPrefectClient:
    from prefect.client.orchestration import get_client

    return get_client(sync_client=True)


def _deployments(client: SyncPrefectClient) -> list[DeploymentResponse]:
    """Those of sito that no work pool runs."""
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    found: list[DeploymentResponse] = []
    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    while part := client.read_deployments(deployment_filter=wanted, limit=200, offset=len(found)):
        found += part
    return [each for each in found if each.work_pool_name is None]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _say(said: str) -> None:
    print(f"sito: {lines(said)}", file=sys.stderr, flush=True)
