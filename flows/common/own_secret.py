"""Secrets in files that only this user can read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["own_secret"]


def own_secret(path: Path, what: str, make: Callable[[], str]) -> str:
    """The secret in the file at `path`, which `make` gives at the first call; `what` names it in errors.

    Raises SitoError where it cannot be written, or others can read it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            # Linked when it is complete: of two first starts at once, neither reads half a secret of the other.
            with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # readable by this user alone
                file.write(make())
                file.flush()
                with suppress(FileExistsError):
                    os.link(file.name, path)
        if path.stat().st_mode & 0o077:
            raise SitoError(f"{path}: others can read {what}; remove it, and a new one is made")
        return path.read_text().strip()
    except OSError as error:
        raise SitoError(f"{path}: {what} cannot be kept there ({error.strerror})") from error
