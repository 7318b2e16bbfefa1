"""Where an export is written: beside its place first, then renamed, so that what is there is whole."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["new_file", "new_folder", "refuse_existing"]

_MARK = ".sito-export"
"""In a folder that an export wrote: only such a one is ever replaced."""


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise SitoError where something is there that must not be replaced."""
    if not (path.exists() or path.is_symlink()):
        return
    if not force:
        raise SitoError(f"{path} exists; name another place, or replace it with --force")
    if path.is_dir() and not (path / _MARK).is_file() and any(path.iterdir()):
        raise SitoError(f"{path} is a folder that sito did not write; remove it yourself, or name another place")


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A place to write the file; it gets its name at the end of a block that raised nothing."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise SitoError(f"{path} cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write in, likewise; one that an earlier export wrote there is replaced."""
    part = path.with_name(f".{path.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        (part / _MARK).touch()
        yield part
        if path.exists():
            shutil.rmtree(path)
        part.replace(path)
    except OSError as error:
        raise SitoError(f"{path} cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
