"""The sources of which something is stored, whether they are still in the sources file or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.config.sources import find_source, load_sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.config.kinds import Source

__all__ = ["stored_sources"]


def stored_sources(sources_file: Path, data: Path, names: Sequence[str]) -> list[tuple[str, Source | None]]:
    """The sources that hold something: those named, else those of the sources file and all others in raw/ and clean/.

    Raises SitoError for a name that is neither stored nor in the sources file.
    """
    known = load_sources(sources_file)
    stored = {path.name for path in (data / "raw").glob("[!.]*") if path.is_dir()}
    stored |= {path.name.removeprefix("source=") for path in (data / "clean" / "documents").glob("source=*")}
    for name in names:
        if name not in stored:
            find_source(known, name)
    wanted = list(dict.fromkeys(names)) or sorted({*known, *stored})
    return [(name, known.get(name)) for name in wanted if name in stored]
