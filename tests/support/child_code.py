"""Code that Python processes run when they start, to play what goes wrong in them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def child_code(folder: Path, code: str, **environment: str) -> Iterator[None]:
    """In the block, processes that are started run `code` first, with these variables in their environment."""
    (folder / "sitecustomize.py").write_text(code)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(ROOT)]))
        for name, value in environment.items():
            patch.setenv(name, value)
        yield
