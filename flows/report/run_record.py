"""What a run leaves on record: its figures as a small JSON file, the memory from which alarms are raised."""

from __future__ import annotations

import json
import logging
import os
import re
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Literal, get_args

from flows.common.errors import SitoError
from flows.common.page_types import Status
from flows.store.present import present

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.common.page_types import Outcome
    from flows.report.tally import Tally

_LOG = logging.getLogger(__name__)

Kind = Literal["ingest", "reprocess"]
TERMINAL = "terminal-"
"""Begins the name of a run without a Prefect server, which would give it an id."""
LISTED = 1000
"""Failed pages named in a record: a source that is down for a day must not leave records of many megabytes."""
GROUPS = 50
"""Different reasons that a record holds."""
# What tells two pages with the same fate apart: addresses, file names with offsets, times, sizes.
_VARYING = re.compile(r"https?://\S+|\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?|\d[\d,]{4,}")
_NUMBER = re.compile(r"\d[\d,.]*%?")
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The figures of one run of one source.

    `run` is the flow run's id, or begins with `TERMINAL`; `started` and `finished` are UTC. `outcomes` counts pages by
    status and holds every status; together they are `pages`. `failed` lists {"url", "reason"} of the first `LISTED`,
    `reasons` counts all that have one as {"status", "reason", "pages"}, most first, addresses and long numbers in them
    left out. Words are those of pages cleaned in this run. `kept_share` (0 to 1) and `median_words` (kept words of a
    page with text) are None where there was nothing to measure. `flags` counts what a person
    should look at as {"flag", "pages", "url"}, numbers left out, with the first page. `alarms` are sentences for
    people, and so are `notes`: what a person should know that is no alarm.
    """

    source: str
    kind: Kind
    run: str
    started: datetime
    finished: datetime
    pages: int
    outcomes: dict[Status, int]
    failed: list[dict[str, str]]
    words_kept: int
    words_dropped: int
    kept_share: float | None
    median_words: float | None
    shards: list[str]
    alarms: list[str]
    notes: list[str] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)

    @property
    def in_terminal(self) -> bool:
        """Whether the run had no Prefect server around it."""
        return self.run.startswith(TERMINAL)

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.finished - self.started).total_seconds()

    @property
    def is_quiet(self) -> bool:
        """Whether a pull found nothing that a person might want to read of."""
        quiet = self.outcomes["unchanged"] + self.outcomes["waiting"] == self.pages
        return self.kind == "ingest" and quiet and not self.alarms and not self.notes

    @property
    def handled(self) -> int:
        """Pages that this run had work with: neither unchanged or gone nor left alone."""
        return sum(self.outcomes[status] for status in ("new", "changed", "empty", "failed"))


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a flow gives to its caller: the record of the run, and the counts of what its shards hold."""

    record: RunRecord
    tally: Tally


def record_run(
    source: str, kind: Kind, run: str, started: datetime, outcomes: Sequence[Outcome], shards: Sequence[str]
) -> RunRecord:
    """Count the outcomes of a run that ends now; every page must be in `outcomes` exactly once."""
    counts = Counter(outcome.status for outcome in outcomes)
    kept = sum(outcome.words_kept for outcome in outcomes)
    dropped = sum(outcome.words_dropped for outcome in outcomes)
    lengths = [outcome.words_kept for outcome in outcomes if outcome.status in ("new", "changed")]
    return RunRecord(
        source=source,
        kind=kind,
        run=run,
        started=started.astimezone(UTC),
        finished=datetime.now(UTC),
        pages=len(outcomes),
        outcomes={status: counts[status] for status in STATUSES},
        failed=[{"url": o.url, "reason": o.reason} for o in outcomes if o.status == "failed"][:LISTED],
        words_kept=kept,
        words_dropped=dropped,
        kept_share=kept / (kept + dropped) if kept + dropped else None,
        median_words=float(median(lengths)) if lengths else None,
        shards=list(shards),
        alarms=[],
        reasons=_grouped(outcomes),
        flags=_flags(outcomes),
    )


def _grouped(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    reasons = Counter((o.status, _VARYING.sub("…", o.reason)) for o in outcomes if o.reason)
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:GROUPS]
    return [{"status": status, "reason": reason, "pages": pages} for (status, reason), pages in ordered]


def _flags(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for outcome in outcomes:
        for flag in dict.fromkeys(_NUMBER.sub("…", flag) for flag in outcome.flags):
            found.setdefault(flag, {"flag": flag, "pages": 0, "url": outcome.url})["pages"] += 1
    return sorted(found.values(), key=lambda row: (-row["pages"], row["flag"]))[:GROUPS]


def save_run(data: Path, record: RunRecord) -> Path:
    """Write the record to runs/<source>/ in whole or not at all; SitoError if the folder cannot be written."""
    path = data / "runs" / record.source / f"{record.started:%Y%m%dT%H%M%S.%fZ}-{record.run}.json"
    told = json.dumps(asdict(record), default=datetime.isoformat, ensure_ascii=True, indent=1)
    write_whole(path, told + "\n", "the record of the run")
    return path


def write_whole(path: Path, text: str, what: str) -> None:
    """Write a file, `what` it is, and its folder, in whole or not at all; SitoError if the folder cannot be written."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text)
        os.replace(beside, path)  # noqa: PTH105 - the one call that says: atomically, over what is there
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise SitoError(f"{path.parent}: {what} cannot be written ({error.strerror})") from error


def load_runs(data: Path, source: str, last: int = 50) -> list[RunRecord]:
    """The last records of a source, oldest first; a file that is no record is left out with a warning in the log."""
    folder = data / "runs" / source
    try:
        names = os.listdir(folder)  # noqa: PTH208 - there may be thousands
    except (FileNotFoundError, NotADirectoryError):
        return []
    wanted = sorted(name for name in names if name.endswith(".json") and not name.startswith("."))[-last:]
    return [record for name in wanted if (record := _load(folder / name)) is not None]


def _load(path: Path) -> RunRecord | None:
    try:
        found: dict[str, Any] = json.loads(present(path).read_text())
        # A record of a later release may hold more than we know.
        known = {name: found[name] for name in RunRecord.__dataclass_fields__ if name in found}
        times = {name: datetime.fromisoformat(known[name]) for name in ("started", "finished")}
        outcomes = dict.fromkeys(STATUSES, 0) | known["outcomes"]  # an earlier release knew fewer
        return RunRecord(**{**known, **times, "outcomes": outcomes})
    except (OSError, ValueError, TypeError, KeyError) as error:
        _LOG.warning("%s: not a record of a run (%s); left out of the source's history", path, error)
        return None
