"""Stand-ins: files of the right size and time that hold nothing yet. Their bytes are fetched when they are opened.

The inode stays when the bytes come, so that nobody who knows the file by its state has to look at it again.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from flows.manifest.file_states import state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from flows.store.listing import Published

__all__ = ["fill", "is_same_file", "part_of", "stand_in"]


def stand_in(path: Path, of: Published) -> None:
    """Put a stand-in in place. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    with part.open("wb") as file:
        os.truncate(file.fileno(), of.size)  # sparse: takes no space
        os.utime(file.fileno(), ns=(of.mtime, of.mtime))
    part.replace(path)


def fill(
    path: Path,
    of: Published,
    is_absent: Callable[[str], bool],
    get: Callable[[BinaryIO], None],
    done: Callable[[str], None],
) -> None:
    """Write the bytes that `get` gives into the stand-in, unless another process just did. Raises OSError.

    `is_absent` is asked with the state of the file that is open, and `done` is told the state in the end.
    """
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # ends with the process
        if not is_absent(state_of(os.fstat(file.fileno()))):
            return
        try:
            get(file)
            file.truncate(of.size)
            file.flush()
            os.fsync(file.fileno())
        finally:
            os.utime(file.fileno(), ns=(of.mtime, of.mtime))
        done(state_of(os.fstat(file.fileno())))


def part_of(path: Path) -> Path:
    """The name of a file while it is made, which no reader looks at."""
    return path.with_name(f".{path.name.removeprefix('.')}.{os.getpid()}.part")


def is_same_file(state: str | None, other: str | None) -> bool:
    """Whether two states are of one inode: what was put in place of a file has another."""
    return state is not None and other is not None and state.rpartition(".")[2] == other.rpartition(".")[2]
