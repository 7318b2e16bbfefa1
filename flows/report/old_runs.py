"""Records of runs that nobody looks back on any more."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KEPT", "old_runs"]

KEPT = 50
"""The last records of a source always stay: alarms compare with 30 runs, and `sito serve` shows 50."""


def old_runs(data: Path, source: str, before: datetime) -> list[Path]:
    """The records of the source's runs that began before that time, and of what such runs changed."""
    folder = data / "runs" / source
    records = [(began, path) for path in sorted(folder.glob("[!.]*.json")) if (began := _began(path))][:-KEPT]
    changes = [(began, path) for path in sorted((folder / "changes").glob("[!.]*.json")) if (began := _began(path))]
    return [path for began, path in [*records, *changes] if began < before]


def _began(path: Path) -> datetime | None:
    """When the run of a record began; None: the file is no record of ours."""
    with suppress(ValueError):
        return datetime.strptime(path.name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return None
