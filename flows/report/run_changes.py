"""What cleaning again changed, or would change: kept in runs/<source>/changes/, a file a run, for people to look at."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError
from flows.report.run_record import write_whole
from flows.store.present import present
from flows.tables.changes import most_first

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flows.tables.changes import Changes, Examples

__all__ = ["changes_of", "changes_record", "load_changes", "save_changes"]

KEPT = 10
"""Files of a source; older ones are removed."""
_RUN = re.compile(r"[\w-]+", re.ASCII)


def save_changes(data: Path, changes: Changes, started: datetime, *, dry_run: bool) -> None:
    """Write what a run changed; SitoError if the folder cannot be written."""
    told = {"started": started.isoformat(), "dry_run": dry_run, **changes_record(changes)}
    folder = data / "runs" / changes.source / "changes"
    write_whole(folder / f"{started:%Y%m%dT%H%M%S.%fZ}-{changes.run}.json", json.dumps(told), "what the run changed")
    try:
        for old in sorted(folder.glob("[!.]*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise SitoError(f"{folder}: what earlier runs changed cannot be removed ({error.strerror})") from error


def changes_record(changes: Changes) -> dict[str, Any]:
    """The changes as people look at them: a summary, what each rule did, fields, and the pages that changed most."""
    return {
        "run": changes.run,
        "source": changes.source,
        "summary": changes.summary(),
        "rules": [
            *(_rule("dropped", key, examples) for key, examples in most_first(changes.dropped)),
            *(_rule("kept", key, examples) for key, examples in most_first(changes.kept)),
            *(
                _rule(what, ("", ""), each)
                for what, each in (("found", changes.found), ("lost", changes.lost))
                if each.times
            ),
        ],
        "fields": dict(changes.fields.most_common()),
        "by_page": [asdict(page) for page in sorted(changes.by_page, key=lambda page: page.weight, reverse=True)],
    }


def _rule(what: str, key: tuple[str, str], examples: Examples) -> dict[str, Any]:
    shown = [{"text": text, "url": url} for text, url in examples.of_page.items()]
    return {"what": what, "category": key[0], "rule": key[1], "times": examples.times, "examples": shown}


def changes_of(data: Path, source: str) -> list[str]:
    """The runs of the source whose changes are kept, oldest first."""
    return [path.stem.partition("-")[2] for path in sorted((data / "runs" / source / "changes").glob("[!.]*.json"))]


def load_changes(data: Path, source: str, run: str) -> dict[str, Any]:
    """What `save_changes` wrote for a run. Raises SitoError where that is not there, or cannot be read."""
    found = (data / "runs" / source / "changes").glob(f"[!.]*-{run}.json") if _RUN.fullmatch(run) else ()
    try:
        told: dict[str, Any] = json.loads(present(next(iter(found))).read_text())
    except StopIteration:
        raise SitoError(f"what the run '{run}' changed is not kept") from None
    except (OSError, ValueError) as error:
        raise SitoError(f"what the run '{run}' changed cannot be read ({error})") from error
    return told
