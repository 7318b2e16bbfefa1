"""Files that are about to be opened: where only a stand-in is here, its bytes are fetched first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flows.common.source_names import is_source
from flows.store.address import store_of
from flows.store.mirror import Mirror
from flows.store.scope import is_lazy, scope_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["beginning", "is_present", "present"]


def present(path: Path) -> Path:
    """The same path, whose bytes are here. Whoever opens a shard or a table asks this first.

    Raises SitoError where they cannot be fetched.
    """
    found = _place(path.parent)
    if found is not None and is_lazy(name := f"{found[1]}/{path.name}"):
        found[0].present(name)
    return path


def is_present(path: Path) -> bool:
    """Whether the bytes of a file are here, so that reading it costs no request."""
    found = _place(path.parent)
    return found is None or not found[0].is_absent(f"{found[1]}/{path.name}")


def beginning(path: Path, most: int) -> bytes | None:
    """The first bytes of a file of which only a stand-in is here; None: open it, it is here or as small as that."""
    found = _place(path.parent)
    return None if found is None else found[0].beginning(f"{found[1]}/{path.name}", most)


@lru_cache(maxsize=1024)
def _place(folder: Path) -> tuple[Mirror, str] | None:
    """The scope of a store in whose working folder this one lies, and its name below that; None: in none."""
    for data in folder.parents:
        parts = folder.relative_to(data).parts  # raw/S, runs/S, runs/S/changes, clean/documents/source=S
        at = store_of(data) if parts[0] in ("raw", "clean", "runs") else None
        if at is not None:
            source = (
                parts[2].removeprefix("source=") if parts[:1] == ("clean",) and len(parts) > 2 else "".join(parts[1:2])
            )
            return (Mirror(at, data, scope_of(source)), "/".join(parts)) if is_source(source) else None
    return None
