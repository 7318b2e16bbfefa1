"""What judged the pages of the tables, by the version that stands in their rows: clean/cleaners/VERSION.json.gz.

Written once for each version of the cleaners. Where one is missing, its pages are judged anew as a whole.
"""

from __future__ import annotations

import gzip
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaners.parts import Parts, parts
from cleaners.version import cleaners_version
from flows.common.errors import SitoError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["judge_of", "save_judge"]

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,80}")
_LONGEST = 2**24


def save_judge(data: Path) -> None:
    """Keep the parts of today's cleaners, unless they are there. Raises SitoError where they cannot be written."""
    path = _path(data, cleaners_version())
    if path.exists():
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(_packed(parts()))
        part.replace(path)
    except OSError as error:
        raise SitoError(
            f"{data / 'clean'}: cannot be written ({error.strerror or error}); "
            "free space or fix the permissions, then run again: nothing is lost"
        ) from error


@lru_cache(maxsize=16)
def judge_of(data: Path, version: str) -> Parts | None:
    """The parts of the cleaners of that version; None: not known."""
    if version == cleaners_version():
        return parts()
    if not _VERSION.fullmatch(version):
        return None
    try:
        with gzip.open(_path(data, version)) as file:
            return Parts.from_json(file.read(_LONGEST).decode())
    except (OSError, EOFError, ValueError, TypeError):
        return None


@lru_cache(maxsize=1)
def _packed(of: Parts) -> bytes:
    """The file: kept, as one process may write it into many folders."""
    return gzip.compress(of.to_json().encode(), 6, mtime=0)


def _path(data: Path, version: str) -> Path:
    return data / "clean" / "cleaners" / f"{version}.json.gz"
