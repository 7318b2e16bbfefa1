"""What a correction that comes or goes would change, before it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.config.corrections import corrections_path, load_entries, to_value
from flows.corrections.in_place import find_entry
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
    entry: Entry | None,
    *,
    instead: str = "",
    language: str | None = None,
    last: int = LAST,
    run: Callable[[Trial], Tried] | None = None,
) -> Tried:
    """What the entry changes beside those of the file, on the last pages and on the one that it came from.

    `instead` is the name of the entry that goes for it; with None as entry, that one goes and none comes. Raises
    SitoError where there is none of that name, the file is faulty, or a page ends the trial.
    """
    path = corrections_path(sources_file, source)
    entries = load_entries(path)
    gone = find_entry(path, entries, instead) if instead else None
    before, after = to_value(entries), to_value([each for each in entries if each.correction.name != instead])
    pages = trial_pages(data, source, last, {each.page for each in (entry, gone) if each})
    after = with_correction(after, entry.correction) if entry else after
    return (run or try_corrections)(Trial(data, source, language, pages, before, after))
