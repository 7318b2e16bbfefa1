"""Names of sources. They become names of folders and parts of keys, where dots, slashes and capitals cause trouble."""

from __future__ import annotations

import re

__all__ = ["is_source"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def is_source(name: str) -> bool:
    """Whether a source may have this name."""
    return _NAME.fullmatch(name) is not None
