"""One source cleaned again from what is kept; nothing is fetched. Plain Python; Prefect comes around it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.clean.changes import Changes
from flows.clean.twins import Twins, sweep
from flows.errors import SitoError
from flows.intake import Cleaning
from flows.outcomes import Outcomes
from flows.raw.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.clean.shards import Origin, Period
    from flows.intake import Log, Pending
    from flows.pages import Outcome
    from flows.runs.progress import Progress


@dataclass(frozen=True, slots=True)
class Replay:
    """An outcome for every page of the period, each once; the shards they lie in; and what changed, or would change."""

    outcomes: list[Outcome]
    shards: list[str]
    changes: Changes


def run_reprocess(
    source: str,
    data: Path,
    period: Period,
    origin: Origin,
    clean: Callable[[Path], Pending],
    progress: Progress,
    log: Log,
    *,
    stop: Callable[[], None] = lambda: None,
    dry_run: bool = False,
    in_flight: int = 8,
) -> Replay:
    """Clean the pages of one source that were captured in the period once more, under the source's lock.

    `clean` begins one shard by its path in raw/, `stop` ends what was begun when the run is interrupted. From the
    `ledger`, shards that are no longer in raw/ take part by their twins. Raises SitoError where there is nothing to
    clean, another run holds the source, or clean/ cannot be written.
    """
    archive = Archive(data, source)
    tally = Outcomes()
    changes = Changes()
    done: list[str] = []
    if not _shards(archive, data, source, origin):
        raise SitoError(f"source '{source}' holds no pages in {archive.folder}; `sito ingest {source}` pulls some")
    with archive.lock(), ExitStack() as stack:
        if not dry_run:
            for what in archive.recover() + [f"{name}: half-written, removed" for name in sweep(data, source)]:
                log.warning(what)
        shards = [
            shard
            for shard in _shards(archive, data, source, origin)
            if Twins.of(data, source, shard).may_hold(period.__contains__)
        ]
        cleaning = Cleaning(in_flight, clean, stop)
        stack.push(cleaning.abandon)
        progress.doing("cleaning")
        for result in cleaning.each(archive.folder / shard for shard in shards):
            done.append(result.shard)
            changes.add(result.changes)
            tally.enter(result.outcomes)
            progress.find(len(result.outcomes), all_found=len(done) == len(shards))
            progress.finish(result.outcomes)
    return Replay(tally.settled(), done, changes)


def _shards(archive: Archive, data: Path, source: str, origin: Origin) -> list[str]:
    names = {shard.name for shard in archive.shards()}
    if origin == "ledger":
        names |= set(Twins.shards(data, source))
    return sorted(names)
