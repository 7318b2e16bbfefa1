"""The version of the cleaners: it changes whenever the same page could come out otherwise."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("charset-normalizer", "dateparser", "ftfy", "langdetect", "lxml", "trafilatura")
"""Libraries whose release can change what a page gives."""


@cache
def cleaners_version() -> str:
    """The project's version and twelve hex digits over the cleaners' code, their data and `LIBRARIES`' releases."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    # Not what Python leaves in __pycache__: other processes may write there at this moment, under passing names too.
    for path in sorted(p for p in here.rglob("*") if p.parent.name != "__pycache__" and p.is_file()):
        digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in LIBRARIES:
        digest.update(f"{name}={version(name)}\n".encode())
    return f"{version('sito')}+{digest.hexdigest()[:12]}"
