"""What a new correction would change, before it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.config.corrections import corrections_path, load_entries, to_value
from flows.corrections.pages import trial_pages
from flows.corrections.trial import Trial, try_corrections, with_correction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.config.corrections import Entry
    from flows.corrections.trial import Tried

__all__ = ["LAST", "preview"]

LAST = 50
"""Pages of the source on which a correction is tried: some seconds of cleaning at most."""


def preview(
    sources_file: Path,
    data: Path,
    source: str,
    entry: Entry,
    *,
    language: str | None = None,
    last: int = LAST,
    run: Callable[[Trial], Tried] | None = None,
) -> Tried:
    """What the entry changes beside those of the file, on the last pages and on the one that it came from.

    Raises SitoError where the file is faulty, or a page ends the trial.
    """
    before = to_value(load_entries(corrections_path(sources_file, source)))
    pages = trial_pages(data, source, last, {entry.page})
    trial = Trial(data, source, language, pages, before, with_correction(before, entry.correction))
    return (run or try_corrections)(trial)
