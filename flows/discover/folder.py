"""The pages of a folder, and the URL of each."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flows.common.errors import SitoError
from flows.common.page_files import FolderError, walk
from flows.common.page_types import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.config.kinds import FolderSource
    from flows.discover.context import Context

__all__ = ["find_files", "open_inside"]


def find_files(source: FolderSource, context: Context) -> Iterator[Target]:
    """The page files of the folder, as `page_files.walk` finds them, each identified by its path in the folder.

    Raises SitoError if the folder itself cannot be read.
    """
    root = source.path
    if not root.is_dir():
        what = "is no folder" if root.exists() else "does not exist"
        raise SitoError(f"source '{source.name}': the folder {root} {what}; fix path in the sources file")
    root = root.resolve()
    for found in walk(root):
        if not isinstance(found, FolderError):
            yield _target(root, found)
        elif found.folder == root:
            raise SitoError(f"source '{source.name}': the folder {root} cannot be read: {found}")
        else:
            yield Target(_url(root, found.folder) + "/", problem=f"the folder cannot be read: {found}")


def open_inside(root: Path, path: Path) -> int:
    """A descriptor to read the file from; raises OSError unless it is a regular file inside the folder now."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # opening a pipe must not block the run
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "no regular file")
        if not path.resolve().is_relative_to(root.resolve()):
            raise OSError(0, "a link that leads out of the folder")
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _target(root: Path, path: Path) -> Target:
    try:
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        modified = None
    return Target(_url(root, path), path=str(path), modified=modified)


def _url(root: Path, path: Path) -> str:
    """`file:///inner/name.html`, percent-encoded to plain ASCII: the same on every machine."""
    return "file:///" + quote(os.fsencode(path.relative_to(root)))
